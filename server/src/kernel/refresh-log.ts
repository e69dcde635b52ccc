import type pg from "pg";
import type { FailedRefresh, RefreshWindow } from "./refresh-tally.ts";
import { identifier, type Schemas } from "./schemas.ts";

/**
 * Stores what refreshes did: a row for all that went well in a window, one for each read model of
 * which keys had to be held in it, one for each refresh that failed. Times are told as ages, since
 * only the database's clock counts.
 */
export async function logRefreshes(
  db: Pick<pg.Pool, "query">,
  schemas: Schemas,
  windows: readonly RefreshWindow[],
  failures: readonly FailedRefresh[],
): Promise<void> {
  const now = performance.now();
  const rows = [
    ...windows.flatMap(({ group, startedAt, refreshes, tookMsMax, readModels }) => {
      const window = { refresh_group: group, age_ms: now - startedAt, took_ms: tookMsMax };
      const models = [...readModels];
      const keysOf = (of: typeof models) =>
        Object.fromEntries(of.map(([n, { keys }]) => [n, keys]));
      const holding = models.flatMap(([name, tally]) =>
        tally.held
          ? [{ ...window, outcome: "held", ...tally.held, keys: keysOf([[name, tally]]) }]
          : [],
      );
      return [{ ...window, outcome: "refreshed", refreshes, keys: keysOf(models) }, ...holding];
    }),
    ...failures.map(({ group, startedAt, tookMs, error }) => ({
      ...{ refresh_group: group, outcome: "failed", refreshes: 1, keys: {}, error },
      age_ms: now - startedAt,
      took_ms: tookMs,
    })),
  ];
  if (rows.length === 0) return;
  await db.query(
    `insert into ${identifier(schemas.write)}.refresh_log
       (refresh_group, started_at, outcome, refreshes, took_max_ms, keys, error)
     select refresh_group, statement_timestamp() - make_interval(secs => age_ms / 1000),
       outcome, refreshes, took_ms, keys, error
     from jsonb_to_recordset($1::jsonb) as done (refresh_group text, outcome text,
       refreshes int, age_ms float8, took_ms float8, keys jsonb, error text)`,
    [JSON.stringify(rows)],
  );
}
