import type pg from "pg";
import type { RefreshWindow } from "./refresh-tally.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";

/** A read model whose lag is sampled, and the table of what is stale of it, quoted. */
export interface Sampled {
  readonly name: string;
  readonly stale: string;
}

/**
 * Stores one sample of lag a read model: the worst of what refreshes saw since the last sample and
 * of the oldest change still waiting; of that one no stage is over yet, so the sample has none. A
 * time without samples is a time in which lag was unknown.
 */
export async function sampleLag(
  db: Pick<pg.Pool, "query">,
  schemas: Schemas,
  sampled: readonly Sampled[],
  windows: readonly RefreshWindow[],
): Promise<void> {
  if (sampled.length === 0) return;
  const seen = windows.flatMap(({ refreshes, tookMsMax, readModels }) =>
    [...readModels].map(([name, { keys, worst }]) => ({
      ...{ read_model: name, keys, refreshes, lag_ms: worst?.lagMs, took_ms: tookMsMax },
      to_noticed_ms: worst?.stages.toNoticedMs,
      to_started_ms: worst?.stages.toStartedMs,
      to_visible_ms: worst?.stages.toVisibleMs,
    })),
  );
  const waiting = sampled.map(
    ({ name, stale }) => `select ${literal(name)} as read_model, count(*)::int as pending,
      extract(epoch from clock_timestamp() - min(noted_at))::float8 * 1000 as lag_ms from ${stale}`,
  );
  const stage = (name: string) =>
    `case when seen.lag_ms >= coalesce(waiting.lag_ms, 0) then seen.${name} end`;
  await db.query(
    `insert into ${identifier(schemas.write)}.lag_sample (read_model, lag_ms, pending,
       to_noticed_ms, to_started_ms, to_visible_ms, refreshes, keys, took_ms)
     select read_model, greatest(0, seen.lag_ms, waiting.lag_ms), pending,
       ${["to_noticed_ms", "to_started_ms", "to_visible_ms"].map(stage).join(", ")},
       coalesce(refreshes, 0), coalesce(keys, 0), took_ms
     from (${waiting.join(" union all ")}) as waiting
     left join jsonb_to_recordset($1::jsonb) as seen (read_model text, lag_ms float8,
       to_noticed_ms float8, to_started_ms float8, to_visible_ms float8, refreshes int,
       keys bigint, took_ms float8) using (read_model)`,
    [JSON.stringify(seen)],
  );
}
