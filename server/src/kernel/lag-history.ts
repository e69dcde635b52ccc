import type pg from "pg";
import { identifier, type Schemas } from "./schemas.ts";

/** How long samples of lag are kept. */
export const samplesKept = "2 hours";

/** What samples are rolled up to and costs are added up by, and how long that is kept. */
export const resolutions = [
  { seconds: 60, kept: "26 hours" },
  { seconds: 900, kept: "32 days" },
] as const;

/** How long it is kept what refreshes did. */
export const refreshLogKept = "24 hours";

// A sample may be a little late; a row once made never changes.
const lateSeconds = 10;
// Small steps: no long lock, no burst of WAL, and a pause of weeks is caught up with all the same.
const deletedAtOnce = 1_000;

/**
 * Rolls samples up and deletes what is too old, in this order: what waits to be rolled up is never
 * deleted. Safe to run often, late, and from many processes at once; each statement stands alone.
 */
export async function keepLagHistory(
  db: Pick<pg.ClientBase, "query">,
  schemas: Schemas,
): Promise<void> {
  for (const { seconds } of resolutions) await db.query(rollUpSql(schemas, seconds));
  const old = (kept: string, column = "at") =>
    `${column} < statement_timestamp() - '${kept}'::interval`;
  await deleteWhere(db, schemas, "lag_sample", old(samplesKept));
  for (const { seconds, kept } of resolutions) {
    const where = `resolution_s = ${seconds} and ${old(kept)}`;
    await deleteWhere(db, schemas, "lag_rollup", where);
    await deleteWhere(db, schemas, "read_model_cost", where);
  }
  await deleteWhere(db, schemas, "refresh_log", old(refreshLogKept, "started_at"));
}

/** The SQL for the start of the step of so many seconds in which an instant lies. */
export function stepOf(seconds: number, instant: string): string {
  return `date_bin('${seconds} s', ${instant}, timestamptz '2000-01-01 00:00:00+00')`;
}

/** The columns of a row of history. */
const columns = `read_model, at, samples, lag_max_ms, lag_p50_ms, lag_p95_ms, pending_max,
  to_noticed_ms, to_started_ms, to_visible_ms, refreshes, keys, took_max_ms`;

/**
 * The SQL that makes rows of history of the samples that satisfy `where`. Their stages are those of
 * the slowest change: an array compares by its first element, so its greatest holds them together.
 */
export function rowsOfSamples(schemas: Schemas, seconds: number, where: string): string {
  return `select read_model, at, samples, lag_max_ms, lag_p50_ms, lag_p95_ms, pending_max,
      slowest[2] as to_noticed_ms, slowest[3] as to_started_ms, slowest[4] as to_visible_ms,
      refreshes, keys, took_max_ms
    from (select read_model, ${stepOf(seconds, "at")} as at, count(*)::int as samples,
        max(lag_ms) as lag_max_ms,
        percentile_disc(0.5) within group (order by lag_ms) as lag_p50_ms,
        percentile_disc(0.95) within group (order by lag_ms) as lag_p95_ms,
        max(pending) as pending_max, ${slowestOf} as slowest,
        sum(refreshes)::bigint as refreshes, sum(keys)::bigint as keys,
        max(took_ms) as took_max_ms
      from ${identifier(schemas.write)}.lag_sample where ${where} group by 1, 2) as step`;
}

/** The SQL for the total and the three stages of the slowest of some rows. */
export const slowestOf = `max(array[to_noticed_ms + to_started_ms + to_visible_ms,
  to_noticed_ms, to_started_ms, to_visible_ms]) filter (where to_noticed_ms is not null)`;

/**
 * The SQL for the rows of history that satisfy `where`, with those that are not rolled up yet:
 * without them the newest step would look like a gap.
 */
export function rowsOfHistory(schemas: Schemas, seconds: number, where: string): string {
  return `select ${columns} from ${identifier(schemas.write)}.lag_rollup
    where resolution_s = ${seconds} and ${where}
    union all
    ${rowsOfSamples(schemas, seconds, `at >= ${openSince(schemas, seconds)} and ${where}`)}`;
}

/** Rows are made of all read models at once, so the newest row says how far it has come. */
function openSince(schemas: Schemas, seconds: number): string {
  return `(select coalesce(max(at) + interval '${seconds} s', '-infinity')
    from ${identifier(schemas.write)}.lag_rollup where resolution_s = ${seconds})`;
}

function rollUpSql(schemas: Schemas, seconds: number): string {
  const closed = stepOf(seconds, `statement_timestamp() - interval '${lateSeconds} s'`);
  const open = `at >= ${openSince(schemas, seconds)} and at < ${closed}`;
  // In order, so that two processes never wait for each other in a circle.
  return `insert into ${identifier(schemas.write)}.lag_rollup (${columns}, resolution_s)
    select ${columns}, ${seconds} from (${rowsOfSamples(schemas, seconds, open)}) as made
    order by at, read_model
    on conflict do nothing`;
}

async function deleteWhere(
  db: Pick<pg.ClientBase, "query">,
  schemas: Schemas,
  name: string,
  where: string,
): Promise<void> {
  const table = `${identifier(schemas.write)}.${name}`;
  for (;;) {
    const { rowCount } = await db.query(
      `delete from ${table} where ctid = any (array(
         select ctid from ${table} where ${where} limit ${deletedAtOnce}))`,
    );
    if ((rowCount ?? 0) < deletedAtOnce) return;
  }
}
