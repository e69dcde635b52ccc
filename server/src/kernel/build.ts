import type { ClientBase } from "pg";
import { type Comparison, changesRows } from "./compare.ts";
import { compareGenerations, compareThoroughly, isComparable } from "./compare-generations.ts";
import { codeOf, isOfTheRows, messageOf } from "./database-errors.ts";
import { fill } from "./fill.ts";
import { comingStates, type Generation, isToAdvance, loadGenerations } from "./generation.ts";
import { createGeneration } from "./install-read-models.ts";
import { columnsLacking } from "./reader-fit.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";
import { holdGenerations, lockMs } from "./swap.ts";
import { inTransaction } from "./transaction.ts";

const lockSpace = "hashtext('selvedge build')";

/**
 * Brings generations that are to come a step further: fills them, compares them with what is read,
 * and declares them ready; the next refresh of their group then puts them in their place. One that
 * needs acceptance and would change what is read waits instead. One process at a time works on
 * each. Answers the groups in which something was done.
 */
export async function advanceBuilds(
  client: ClientBase,
  schemas: Schemas,
  signal?: AbortSignal,
): Promise<string[]> {
  const done: string[] = [];
  const failures: unknown[] = [];
  const coming = await loadGenerations(client, schemas);
  for (const { id, group } of coming.filter(isToAdvance)) {
    if (signal?.aborted) break;
    try {
      const isDone = await exclusively(client, id, () => advance(client, schemas, id, signal));
      if (isDone) done.push(group);
    } catch (error) {
      // It stands with its generation; the others are built none the less.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return done;
}

/**
 * Makes, in the caller's transaction, a new generation of what is read now; it is filled beside it
 * and takes its place.
 */
export async function beginRebuild(
  client: ClientBase,
  schemas: Schemas,
  current: Generation,
): Promise<Generation> {
  await client.query(`set local lock_timeout = ${lockMs}`);
  return createGeneration(client, schemas, current);
}

/** The same in a transaction of its own. */
export function rebuild(
  client: ClientBase,
  schemas: Schemas,
  current: Generation,
): Promise<Generation> {
  return inTransaction(client, "begin", () => beginRebuild(client, schemas, current));
}

/**
 * Rebuilds a generation of which so much is stale that merging would take longer. Its group waits
 * for it, so that all of the group go on showing one instant. Answers its read model's name;
 * undefined where it is read no more, or another declaration is on its way already.
 */
export async function rebuildAtOnce(
  client: ClientBase,
  schemas: Schemas,
  id: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [current] = await loadGenerations(client, schemas, `id = ${id} and state = 'current'`);
  if (!current) return undefined;
  const named = await loadGenerations(client, schemas, `name = ${literal(current.name)}`);
  const coming = named.find(({ state }) => comingStates.includes(state));
  const isRebuild = coming?.hash === current.hash && coming.group === current.group;
  if (coming && !isRebuild) return undefined;
  const next = coming ?? (await rebuild(client, schemas, current));
  await exclusively(client, next.id, async () => {
    while (!signal.aborted && !(await advance(client, schemas, next.id, signal)));
    return true;
  });
  return current.name;
}

/** Answers whether nothing more is to be done for the generation. */
async function advance(
  client: ClientBase,
  schemas: Schemas,
  id: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const registry = `${identifier(schemas.write)}.generation`;
  const [generation] = await loadGenerations(client, schemas, `id = ${id}`);
  if (!generation || !isToAdvance(generation)) return true;
  try {
    if (generation.state === "building") {
      if (!(await fill(client, schemas, generation, signal))) return false;
    }
    const [current] = await loadGenerations(
      client,
      schemas,
      `name = ${literal(generation.name)} and state = 'current' and hash <> ${literal(generation.hash)}`,
    );
    const comparison = current ? await comparisonOf(client, schemas, current, generation) : null;
    // One that was cut short says nothing.
    if (signal?.aborted) return false;
    const waits =
      generation.needsAcceptance &&
      current !== undefined &&
      (changesRows(comparison) ||
        (await columnsLacking(client, schemas, current, generation)).length > 0);
    // One that waits goes on waiting while another of its read model is on its way; and what was
    // compared with something that is read no more is compared again.
    const { rowCount } = await inTransaction(client, "begin", async () => {
      await holdGenerations(client, schemas, generation.name);
      return client.query(
        `update ${registry} as g set comparison = $2, error = null,
           compared_at = clock_timestamp(), state = next.state,
           waiting_since = case when next.state = 'waiting'
             then coalesce(waiting_since, clock_timestamp()) end
         from (select case when $3 or exists (select from ${registry} as o
             where o.name = $4 and o.id <> $1 and o.state = any ($5))
           then 'waiting' else 'ready' end as state) as next
         where id = $1 and g.state in ('filled', 'waiting') and ($6::int is null
           or exists (select from ${registry} as c where c.id = $6 and c.state = 'current'))`,
        [
          ...[id, comparison === null ? null : JSON.stringify(comparison), waits],
          ...[generation.name, comingStates, current?.id ?? null],
        ],
      );
    });
    if (rowCount === 0) return false;
    return true;
  } catch (error) {
    await client
      .query(`update ${registry} set error = $2 where id = $1`, [id, messageOf(error)])
      .catch(() => undefined);
    throw error;
  }
}

/** How it differs from what is read; null where that cannot be said. */
async function comparisonOf(
  client: ClientBase,
  schemas: Schemas,
  current: Generation,
  generation: Generation,
): Promise<Comparison | null> {
  if (!isComparable(current, generation)) return null;
  const compare = generation.needsAcceptance ? compareThoroughly : compareGenerations;
  try {
    return await compare(client, schemas, current, generation);
  } catch (error) {
    // Rows that cannot be computed may be what it mends.
    if (!isOfTheRows(codeOf(error))) throw error;
    return null;
  }
}

async function exclusively(
  client: ClientBase,
  id: number,
  work: () => Promise<boolean>,
): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>(
    `select pg_try_advisory_lock(${lockSpace}, ${id}) as mine`,
  );
  if (!rows[0]?.mine) return false;
  try {
    return await work();
  } finally {
    await client.query(`select pg_advisory_unlock(${lockSpace}, ${id})`).catch(() => undefined);
  }
}
