import type { ClientBase } from "pg";
import { type Comparison, compareSql, inOneSnapshot } from "./compare.ts";
import { messageOf } from "./database-errors.ts";
import { type Generation, loadGenerations, partsOf } from "./generation.ts";
import { identifier, literal, type Schemas, sameKey } from "./schemas.ts";

/** Asked of a read model: does it equal its defining query? */
export interface Verification {
  readonly id: number;
  readonly readModel: string;
  /** How many rows are looked at, picked at random; null for all. */
  readonly sample: number | null;
}

// Keys of differences that are kept, to be shown and repaired; where more differ, rebuild.
const keysMax = 1_000;
const scheduleEvery = "1 hour";
const scheduledSample = 1_000;
// A whole read model can be compared only in a moment in which nothing of it is noted.
const momentsMax = 50;

/** Asks for a verification; a refresher takes it up. Answers its number. */
export async function askVerification(
  client: Pick<ClientBase, "query">,
  schemas: Schemas,
  { readModel, sample, askedBy }: { readModel: string; sample: number | null; askedBy: string },
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `insert into ${identifier(schemas.write)}.verification (read_model, sample, asked_by)
     values ($1, $2, $3) returning id`,
    [readModel, sample, askedBy],
  );
  return rows[0]?.id ?? 0;
}

/** Does what was asked for and not begun, one after the other, each by one process. */
export async function runVerifications(
  client: ClientBase,
  schemas: Schemas,
  signal?: AbortSignal,
): Promise<number> {
  let done = 0;
  while (!signal?.aborted) {
    const [next] = await takeNext(client, schemas);
    if (!next) return done;
    await runOne(client, schemas, next);
    done += 1;
  }
  return done;
}

/** Notes the keys of a verification's differences as stale, so that the next refresh mends them. */
export async function repair(
  client: Pick<ClientBase, "query">,
  schemas: Schemas,
  generation: Generation,
  keys: readonly Record<string, unknown>[],
): Promise<void> {
  const { stale, key } = partsOf(generation, schemas);
  if (generation.definition.maintain === "whole") {
    await client.query(`insert into ${stale} default values`);
    return;
  }
  await client.query(
    `insert into ${stale} (${key}) select ${key} from jsonb_populate_recordset(null::${stale}, $1)`,
    [JSON.stringify(keys)],
  );
}

/**
 * Asks for a look at a sample of every read model each hour, by its own schedule. Answers whether
 * anything waits to be done.
 */
export async function scheduleVerifications(
  client: Pick<ClientBase, "query">,
  schemas: Schemas,
): Promise<boolean> {
  const write = identifier(schemas.write);
  await client.query(
    `insert into ${write}.verification (read_model, sample, asked_by)
     select g.name, ${scheduledSample}, 'schedule' from ${write}.generation as g
     where g.state = 'current' and g.current_since < now() - interval '${scheduleEvery}'
     and not exists (select from ${write}.verification as v
       where v.read_model = g.name and v.asked_at > now() - interval '${scheduleEvery}')`,
  );
  const { rowCount } = await client.query(
    `select from ${write}.verification where finished_at is null limit 1`,
  );
  return rowCount !== 0;
}

async function takeNext(client: ClientBase, schemas: Schemas): Promise<Verification[]> {
  const table = `${identifier(schemas.write)}.verification`;
  // One that was begun long ago was begun by a process that is gone.
  const { rows } = await client.query<Verification>(
    `update ${table} set started_at = clock_timestamp() where id = (
       select id from ${table} where finished_at is null
       and (started_at is null or started_at < clock_timestamp() - interval '1 hour')
       order by id limit 1 for update skip locked)
     returning id, read_model as "readModel", sample`,
  );
  return rows;
}

async function runOne(client: ClientBase, schemas: Schemas, asked: Verification): Promise<void> {
  const table = `${identifier(schemas.write)}.verification`;
  try {
    const [generation] = await loadGenerations(
      client,
      schemas,
      `name = ${literal(asked.readModel)} and state = 'current'`,
    );
    if (!generation) throw new Error(`${asked.readModel} has no rows to verify.`);
    const found = await compare(client, schemas, generation, asked.sample);
    await client.query(
      `update ${table} set finished_at = clock_timestamp(), generation = $2, rows_checked = $3,
         missing = $4, extra = $5, different = $6, keys = $7 where id = $1`,
      [
        ...[asked.id, generation.id, Math.max(found.before, found.after), found.added],
        ...[found.removed, found.different],
        JSON.stringify(found.samples.map(({ key }) => key)),
      ],
    );
  } catch (error) {
    await client.query(
      `update ${table} set finished_at = clock_timestamp(), error = $2 where id = $1`,
      [asked.id, messageOf(error)],
    );
  }
}

async function compare(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
  sample: number | null,
): Promise<Comparison> {
  const isWhole = generation.definition.maintain === "whole";
  const { stale } = partsOf(generation, schemas);
  for (let moment = 1; ; moment += 1) {
    const found = await inOneSnapshot(client, async () => {
      if (isWhole && (await client.query(`select from ${stale} limit 1`)).rowCount !== 0) return;
      const { rows } = await client.query<{ comparison: Comparison }>(
        verifySql(schemas, generation, sample),
      );
      return rows[0]?.comparison;
    });
    if (found) return found;
    if (moment === momentsMax) throw new Error("It never stood still; pause its writers, or wait.");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Rows as they are kept, before; as the defining query has them, after. */
function verifySql(schemas: Schemas, generation: Generation, sample: number | null): string {
  const { definition, stale, rows, key, columns } = partsOf(generation, schemas);
  const { maintain } = generation.definition;
  const match = (left: string, right: string) => sameKey(generation.definition.key, left, right);
  const compared = {
    key: generation.definition.key,
    columns: generation.definition.columns,
    stale: maintain === "byKey" ? [stale] : [],
    samplesMax: keysMax,
  };
  if (sample === null || maintain === "whole") {
    return compareSql({ ...compared, before: rows, after: definition });
  }
  return `with sampled as materialized (
      select ${key} from ${rows} order by random() limit ${sample}
    ) ${compareSql({
      ...compared,
      before: `(select ${columns} from ${rows} as r
        where exists (select from sampled as k where ${match("k", "r")}))`,
      after: `(select computed.* from sampled as k cross join lateral
        (select ${columns} from ${definition} as d where ${match("d", "k")} offset 0) as computed)`,
    }).replace(/^with /, ", ")}`;
}
