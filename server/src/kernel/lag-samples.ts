import type pg from "pg";
import { type Generation, partsOf } from "./generation.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";

/** How long samples are kept. */
export const samplesKept = "2 hours";

/**
 * Stores one sample of lag a read model: the worst of what refreshes saw since the last sample and
 * of the oldest change still waiting. A time without samples is a time in which lag was unknown.
 */
export async function sampleLag(
  pool: pg.Pool,
  schemas: Schemas,
  models: readonly Generation[],
  worstLagMs: ReadonlyMap<string, number>,
): Promise<void> {
  if (models.length === 0) return;
  const table = `${identifier(schemas.write)}.lag_sample`;
  const perModel = models.map(
    (model) => `select ${literal(model.name)} as read_model,
      ${worstLagMs.get(model.name) ?? 0}::float8 as seen_ms, count(*)::int as pending,
      extract(epoch from clock_timestamp() - min(noted_at)) * 1000 as waiting_ms
      from ${partsOf(model, schemas).stale}`,
  );
  await pool.query(
    `insert into ${table} (read_model, lag_ms, pending)
     select read_model, greatest(0, seen_ms, waiting_ms), pending
     from (${perModel.join(" union all ")}) as seen`,
  );
  await pool.query(`delete from ${table} where at < now() - interval '${samplesKept}'`);
}
