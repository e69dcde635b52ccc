import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import { refresherSilentMs } from "../kernel/freshness.ts";
import { type Generation, loadGenerations, partsOf } from "../kernel/generation.ts";
import { operation } from "../kernel/procedure.ts";
import { isKept } from "../kernel/read-model.ts";
import { camelCase, identifier, isoTime, literal, snakeCase } from "../kernel/schemas.ts";
import { lagTrend, trendOf } from "./lag-trend.ts";
import { sentenceOf } from "./sentence.ts";
import { ageMs, countedMax, findOldest, waitingSql } from "./waiting.ts";

/** How a read model stands. */
export const readModelStatus = z.enum([
  "fresh",
  "refreshing",
  "behind",
  "stalled",
  "failing",
  "paused",
  "unknown",
]);

/** How a read model stands. */
export type ReadModelStatus = z.infer<typeof readModelStatus>;

/**
 * One read model's lag, in the terms of the docs' page on lag. Unknown numbers are null, never 0.
 */
export const readModelLag = z.strictObject({
  name: z.string(),
  group: z.string(),
  maintain: z.enum(["byKey", "whole"]),
  status: readModelStatus,
  lagMs: z.number().nullable(),
  /** Where the lag is going; null where that is not known. */
  trend: lagTrend.nullable(),
  pending: z.int(),
  pendingIsAtLeast: z
    .boolean()
    .describe(
      "There may be more: changes are counted up to 100,000. Then `lagMs` goes by the oldest " +
        "that was found in the last ten seconds, as long as it waits.",
    ),
  /** Keys that are set aside because computing their rows fails. */
  held: z.int(),
  /** What the caller's tenant is promised. */
  promiseMs: z.int(),
  asOf: z.string().nullable(),
  rows: z.int().nullable(),
  lastRefresh: z.strictObject({ at: z.string(), tookMs: z.number(), keys: z.int() }).nullable(),
  lastError: z.string().nullable(),
  /** A generation that is being built to take this one's place, and how many rows it has. */
  building: z.strictObject({ state: z.string(), rows: z.int() }).nullable(),
  /** Why its group is paused; null if it is not. */
  paused: z.string().nullable(),
  p95LagMs: z.number().nullable(),
  spark: z.array(z.strictObject({ at: z.string(), lagMs: z.number().nullable() })).max(60),
});

/** One read model's lag. */
export type ReadModelLag = z.infer<typeof readModelLag>;

/** The lag of all read models that are kept, at one moment of the database's clock. */
export const lagReport = z.strictObject({
  at: z.string(),
  sentence: z.string(),
  refresherHeardAt: z.string().nullable(),
  readModels: z.array(readModelLag).max(500),
});

/** The lag of all read models. */
export type LagReport = z.infer<typeof lagReport>;

/** What the lag report says of itself. */
export const lagMeta = {
  kind: "operation",
  scope: "operations:read",
  live: true,
  doc: "How far each read model is behind, by the database's clock, with its recent history.",
} as const;

/** Operations ask how far behind read models are. */
export const lag = operation
  .meta(lagMeta)
  .input(z.strictObject({}).optional())
  .output(lagReport)
  .query(({ ctx }) => readLag(ctx.engine, ctx.identity.tenant));

// Stalled: something waits and the last refresh is this far back.
const stalledMsMin = 30_000;

/** What is measured of one read model. */
export interface MeasuredLag {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly pending: number;
  readonly held: number;
  readonly held_error: string | null;
  readonly building: { readonly state: string; readonly rows: number } | null;
  readonly paused_reason: string | null;
  readonly waiting_ms: number | null;
  readonly as_of: string | null;
  readonly as_of_age_ms: number | null;
  readonly refreshed_at: string | null;
  readonly took_ms: number | null;
  readonly keys: number | null;
  readonly last_error: string | null;
  readonly rows: number | null;
  readonly p95: number | null;
  readonly spark: { at: string; lagMs: number }[] | null;
  readonly at: string;
  readonly heard_at: string | null;
  readonly silent_ms: number | null;
}

/**
 * Measures lag, by the database's clock, of what is read now, and holds it against what a tenant is
 * promised; without a tenant, against what is declared.
 */
export async function readLag(engine: Engine, tenant?: string): Promise<LagReport> {
  return reportOf(engine, await measureLag(engine), tenant);
}

/** Measures lag, whoever asks: one row a read model. */
export async function measureLag(engine: Engine): Promise<readonly MeasuredLag[]> {
  const generations = await currentGenerations(engine);
  const { rows } = await engine.operationsPool.query<MeasuredLag>(lagSql(engine, generations));
  const byId = new Map(generations.map((generation) => [generation.id, generation]));
  const measured: MeasuredLag[] = [];
  for (const row of rows) {
    const generation = row.pending > 0 && row.waiting_ms === null && byId.get(row.id);
    const waiting_ms = generation ? await findOldest(engine, generation) : row.waiting_ms;
    measured.push({ ...row, waiting_ms });
  }
  return measured;
}

/** Holds what was measured against what a tenant is promised. */
export function reportOf(
  engine: Pick<Engine, "readModels" | "promises">,
  rows: readonly MeasuredLag[],
  tenant: string | undefined,
): LagReport {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const [first] = rows;
  const heard = first?.silent_ms != null && first.silent_ms < refresherSilentMs;
  // What is always computed live is never behind.
  const readModels = engine.readModels.filter(isKept).flatMap((model): ReadModelLag[] => {
    const row = byName.get(model.name);
    if (!row) return [];
    const { took_ms: tookMs, keys, refreshed_at: at } = row;
    const promiseMs = engine.promises.ofMs(tenant, model);
    const lagMs = heard && row.as_of !== null ? round(row.waiting_ms ?? 0) : null;
    return [
      {
        name: camelCase(model.name),
        group: model.group,
        maintain: model.maintain,
        status: statusOf(row, heard, promiseMs),
        lagMs,
        trend: trendOf({ lagMs, promiseMs, at: row.at }, row.spark ?? []),
        ...{ pending: row.pending, pendingIsAtLeast: row.pending >= countedMax },
        held: row.held,
        promiseMs,
        asOf: row.as_of,
        rows: row.rows,
        lastRefresh: at === null ? null : { at, tookMs: round(tookMs ?? 0), keys: keys ?? 0 },
        lastError: row.held_error ?? row.last_error,
        building: row.building,
        paused: row.paused_reason,
        p95LagMs: row.p95 === null ? null : round(row.p95),
        spark: (row.spark ?? []).map(({ at, lagMs }) => ({ at, lagMs: round(lagMs) })),
      },
    ];
  });
  const at = first?.at ?? new Date().toISOString();
  const refresherHeardAt = first?.heard_at ?? null;
  const sentence = sentenceOf({ readModels, refresherHeardAt, heard });
  return { at, sentence, refresherHeardAt, readModels };
}

/** What is read now, and what is read for the first time once it is filled. */
export async function currentGenerations({
  operationsPool,
  schemas,
}: Pick<Engine, "operationsPool" | "schemas">): Promise<Generation[]> {
  const all = await loadGenerations(operationsPool, schemas, "state <> 'previous'");
  const current = all.filter(({ state }) => state === "current");
  const names = new Set(current.map(({ name }) => name));
  return [...current, ...all.filter(({ name }) => !names.has(name))];
}

/** The generation of a read model, by its name in the SDK; a fault where there is none. */
export async function generationOf(
  engine: Pick<Engine, "operationsPool" | "schemas">,
  readModel: string,
): Promise<Generation> {
  const generations = await currentGenerations(engine);
  const generation = generations.find(({ name }) => name === snakeCase(readModel));
  if (!generation) throw new Fault("NOT_FOUND", `There is no read model ${readModel}.`);
  return generation;
}

function statusOf(row: MeasuredLag, heard: boolean, promiseMs: number): ReadModelStatus {
  if (!heard) return "unknown";
  if (row.paused_reason !== null) return "paused";
  if (row.held > 0 || row.last_error !== null) return "failing";
  if (row.state !== "current") return "refreshing";
  if (row.pending === 0 || row.waiting_ms === null) return "fresh";
  const stalledMs = Math.max(3 * promiseMs, stalledMsMin);
  if (row.waiting_ms > stalledMs && (row.as_of_age_ms ?? stalledMs + 1) > stalledMs) {
    return "stalled";
  }
  return row.waiting_ms > promiseMs ? "behind" : "fresh";
}

function round(ms: number): number {
  return Math.max(0, Math.round(ms * 10) / 10);
}

function lagSql(engine: Engine, generations: readonly Generation[]): string {
  const { schemas } = engine;
  const write = identifier(schemas.write);
  const waiting = generations.map((generation) => {
    const { rows } = partsOf(generation, schemas);
    return `select *, (select nullif(reltuples, -1)::int from pg_class
        where oid = to_regclass(${literal(rows)})) as rows
      from (${waitingSql(engine, generation)}) as waiting`;
  });
  const none = "select 0 as id, 0 as pending, null::float8 as waiting_ms, null::int as rows";
  return `with waiting as (${waiting.join(" union all ") || none}),
    heard as (select max(heard_at) as at from ${write}.refresher)
    select m.id, m.name, m.state, w.pending, w.waiting_ms, w.rows,
      (select count(*)::int from ${write}.held_key as h where h.generation = m.id) as held,
      (select h.error from ${write}.held_key as h where h.generation = m.id
        order by h.since limit 1) as held_error,
      (select json_build_object('state', b.state, 'rows', b.filled_rows)
        from ${write}.generation as b where b.name = m.name
        and b.state in ('building', 'filled', 'ready')) as building,
      case when g.paused_at is not null then coalesce(g.paused_reason, '') end as paused_reason,
      ${isoTime("g.as_of")} as as_of, ${ageMs("g.as_of")} as as_of_age_ms,
      ${isoTime("g.refreshed_at")} as refreshed_at, g.took_ms, g.keys, g.last_error,
      (select percentile_disc(0.95) within group (order by lag_ms) from ${write}.lag_sample
        where read_model = m.name and at > now() - interval '1 hour') as p95,
      (select json_agg(json_build_object('at', ${isoTime("s.at")}, 'lagMs', s.lag_ms) order by s.at)
        from (select at, lag_ms from ${write}.lag_sample where read_model = m.name
          order by at desc limit 60) as s) as spark,
      ${isoTime("clock_timestamp()")} as at, ${isoTime("heard.at")} as heard_at,
      ${ageMs("heard.at")} as silent_ms
    from waiting as w join ${write}.generation as m using (id)
    join ${write}.refresh_group as g on g.name = m.refresh_group cross join heard`;
}
