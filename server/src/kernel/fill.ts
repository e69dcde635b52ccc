import type { ClientBase } from "pg";
import { type Generation, partsOf, setState } from "./generation.ts";
import { readerStatements } from "./read-model-ddl.ts";
import { identifier, type Schemas } from "./schemas.ts";
import { runAll } from "./transaction.ts";

// Where a chunk computes the whole defining query to get at its rows, few large chunks cost less;
// so chunks grow for as long as that makes rows come faster.
const chunkRowsMin = 10_000;
const chunkRowsMax = 1_000_000;
const chunkGrowth = 4;
const fasterShare = 1.5;

/**
 * Fills a generation in the caller's transaction, in which its tables are locked, and serves it.
 */
export async function fillAtOnce(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<void> {
  const { definition, rows, columns } = partsOf(generation, schemas);
  await namingClash(generation, () =>
    client.query(
      generation.definition.maintain === "whole"
        ? `refresh materialized view ${rows}`
        : `insert into ${rows} (${columns}) select ${columns} from ${definition}`,
    ),
  );
  await runAll(client, readerStatements(generation, generation, schemas, "rows"));
  await setState(client, schemas, generation, "current");
}

/**
 * Fills a generation beside the one that is read, in chunks by key, each in its own transaction:
 * after a crash it goes on where it was. What changes meanwhile is noted by the generation's
 * triggers and taken in by the refresh that first includes it. Answers whether it is filled;
 * `signal` ends it after a chunk.
 */
export async function fill(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
  signal?: AbortSignal,
): Promise<boolean> {
  const registry = `${identifier(schemas.write)}.generation`;
  const { rows } = partsOf(generation, schemas);
  if (generation.definition.maintain === "whole") {
    await namingClash(generation, () => client.query(`refresh materialized view ${rows}`));
  } else if (!(await fillChunks(client, schemas, generation, signal))) return false;
  await client.query(`analyze ${rows}`);
  await client.query(
    `update ${registry} set state = 'filled', error = null
     where id = ${generation.id} and state = 'building'`,
  );
  return true;
}

async function fillChunks(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  let limit = chunkRowsMin;
  let lastRate = 0;
  for (;;) {
    if (signal?.aborted) return false;
    const started = performance.now();
    const statement = chunkStatement(generation, schemas, limit);
    const { rows } = await namingClash(generation, () => client.query<{ n: number }>(statement));
    const filled = rows[0]?.n ?? 0;
    if (filled < limit) return true;
    const rate = filled / (performance.now() - started);
    if (rate > lastRate * fasterShare) limit = Math.min(chunkRowsMax, limit * chunkGrowth);
    lastRate = rate;
  }
}

/** Two rows of one key are the declaration's fault; says so in its words. */
async function namingClash<T>({ name, definition }: Generation, work: () => Promise<T>) {
  try {
    return await work();
  } catch (cause) {
    const { code, detail } = cause as { code?: string; detail?: string };
    if (code !== "23505") throw cause;
    const key = definition.key.join(", ");
    throw new Error(`Read model ${name}: its key (${key}) is not unique. ${detail ?? ""}`, {
      cause,
    });
  }
}

function chunkStatement(generation: Generation, schemas: Schemas, limit: number): string {
  const { definition, stale, rows, columns, key } = partsOf(generation, schemas);
  const registry = `${identifier(schemas.write)}.generation`;
  const keys = generation.definition.key.map(identifier);
  const last = keys.map((column) => `last.${column}`).join(", ");
  const asJson = keys.map((column, i) => `'${generation.definition.key[i]}', ${column}`).join(", ");
  return `with at as materialized (
      select filled_to, filled_to is null as first from ${registry} where id = ${generation.id}
    ), chunk as materialized (
      select ${columns} from ${definition} as d
      where (select first from at) or (${keys.map((column) => `d.${column}`).join(", ")}) >
        (select ${last} from at, jsonb_populate_record(null::${stale}, at.filled_to) as last)
      order by ${key} limit ${limit}
    ), added as (
      insert into ${rows} (${columns}) select ${columns} from chunk
    ), counted as (
      select count(*)::int as n from chunk
    )
    update ${registry} set filled_rows = filled_rows + n, filled_to = coalesce(
        (select jsonb_build_object(${asJson}) from chunk order by ${keys
          .map((column) => `${column} desc`)
          .join(", ")} limit 1), filled_to)
    from counted where id = ${generation.id} returning n`;
}
