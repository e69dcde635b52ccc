import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import { rowsOfHistory, rowsOfSamples, slowestOf, stepOf } from "../kernel/lag-history.ts";
import { operation } from "../kernel/procedure.ts";
import { isKept } from "../kernel/read-model.ts";
import { camelCase, identifier } from "../kernel/schemas.ts";
import { groupName, readModelName } from "./names.ts";

const quarterS = 900;
// A sample comes every five seconds; a step that has just begun must not look like a gap.
const settledS = 10;

/** A span's steps, and which rows they are made of; an hour is made of the samples themselves. */
const spans = {
  "1h": { seconds: 3_600, stepS: 10, rowsS: null },
  "24h": { seconds: 86_400, stepS: 300, rowsS: 60 },
  "7d": { seconds: 7 * 86_400, stepS: 1_800, rowsS: quarterS },
  "30d": { seconds: 30 * 86_400, stepS: 7_200, rowsS: quarterS },
} as const;

/** How far back a history of lag goes. */
export const lagSpan = z.enum(["1h", "24h", "7d", "30d"]);

/** Lag in one step of time; all is null where lag was unknown. */
const lagPoint = z.strictObject({
  at: z.string(),
  lagMs: z.number().nullable(),
  p50LagMs: z.number().nullable(),
  p95LagMs: z.number().nullable(),
  pending: z.int().nullable(),
  refreshes: z.int().nullable(),
  keys: z.int().nullable(),
  tookMs: z.number().nullable(),
  stages: z
    .strictObject({ toNoticedMs: z.number(), toStartedMs: z.number(), toVisibleMs: z.number() })
    .nullable(),
});

/** A read model's lag over time. */
export const lagHistoryAnswer = z.strictObject({
  readModel: z.string(),
  stepMs: z.int(),
  points: z.array(lagPoint).max(500),
});

/** A read model's lag over time. */
export type LagHistory = z.infer<typeof lagHistoryAnswer>;

/** `held`: the refresh came about, but keys of a read model had to be set aside. */
const refreshOutcome = z.enum(["refreshed", "held", "failed"]);

/** What refreshes of a group did, the newest first. */
export const refreshHistoryAnswer = z.strictObject({
  group: z.string(),
  entries: z
    .array(
      z.strictObject({
        startedAt: z.string(),
        outcome: refreshOutcome,
        refreshes: z.int(),
        tookMs: z.number(),
        readModels: z.array(z.strictObject({ name: z.string(), keys: z.int() })).max(500),
        error: z.string().nullable(),
      }),
    )
    .max(200),
});

/** What refreshes of a group did. */
export type RefreshHistory = z.infer<typeof refreshHistoryAnswer>;

type Source = Pick<Engine, "operationsPool" | "readModels" | "schemas">;

interface Point extends Omit<z.infer<typeof lagPoint>, "at" | "stages"> {
  readonly at: Date;
  readonly slowest: readonly [total: number, number, number, number] | null;
}

/** Reads a read model's lag over a span, in steps; a step without samples is a gap. */
export async function readLagHistory(
  { operationsPool, readModels, schemas }: Source,
  { readModel, span }: { readModel: string; span: z.infer<typeof lagSpan> },
): Promise<LagHistory> {
  const model = readModels.filter(isKept).find(({ name }) => camelCase(name) === readModel);
  if (!model) throw new Fault("NOT_FOUND", `There is no read model ${readModel} with rows.`);
  const { rows } = await operationsPool.query<Point>(lagHistorySql(schemas, span), [model.name]);
  const points = rows.map(({ at, slowest, ...point }) => ({
    ...point,
    at: at.toISOString(),
    lagMs: tenths(point.lagMs),
    p50LagMs: tenths(point.p50LagMs),
    p95LagMs: tenths(point.p95LagMs),
    tookMs: tenths(point.tookMs),
    stages: slowest && {
      toNoticedMs: tenths(slowest[1]),
      toStartedMs: tenths(slowest[2]),
      toVisibleMs: tenths(slowest[3]),
    },
  }));
  return { readModel, stepMs: spans[span].stepS * 1_000, points };
}

/** Reads what refreshes of a group did, the newest first. */
export async function readRefreshHistory(
  { operationsPool, readModels, schemas }: Source,
  wanted: { group: string; limit: number; outcome?: z.infer<typeof refreshOutcome> | undefined },
): Promise<RefreshHistory> {
  const { group, limit, outcome = null } = wanted;
  if (!readModels.some((model) => isKept(model) && model.group === group)) {
    throw new Fault("NOT_FOUND", `There is no group ${group}.`);
  }
  const { rows } = await operationsPool.query<
    Omit<RefreshHistory["entries"][number], "startedAt" | "readModels"> & {
      startedAt: Date;
      keys: Readonly<Record<string, number>>;
    }
  >(
    `select started_at as "startedAt", outcome, refreshes, took_max_ms as "tookMs", keys, error
     from ${identifier(schemas.write)}.refresh_log
     where refresh_group = $1 and ($3::text is null or outcome = $3)
     order by started_at desc, id desc limit $2`,
    [group, limit, outcome],
  );
  const entries = rows.map(({ startedAt, keys, tookMs, ...entry }) => ({
    ...entry,
    startedAt: startedAt.toISOString(),
    tookMs: tenths(tookMs),
    readModels: Object.entries(keys).map(([name, n]) => ({ name: camelCase(name), keys: n })),
  }));
  return { group, entries };
}

function lagHistorySql(schemas: Engine["schemas"], span: z.infer<typeof lagSpan>): string {
  const { seconds, stepS, rowsS } = spans[span];
  const last = stepOf(stepS, `statement_timestamp() - interval '${settledS} s'`);
  const first = `${last} - interval '${seconds} s'`;
  const wideS = Math.max(stepS, quarterS);
  const since = (instant: string) => `read_model = $1 and at >= ${instant}`;
  const fine =
    rowsS === null
      ? rowsOfSamples(schemas, stepS, since(first))
      : rowsOfHistory(schemas, rowsS, since(first));
  const quarters = rowsOfHistory(schemas, quarterS, since(stepOf(quarterS, first)));
  return `with step as (
      select ${stepOf(stepS, "at")} as at, max(lag_max_ms) as lag_ms, max(pending_max) as pending,
        sum(refreshes)::float8 as refreshes, sum(keys)::float8 as keys,
        max(took_max_ms) as took_ms, ${slowestOf} as slowest
      from (${fine}) as fine group by 1
    ), wide as (
      select ${stepOf(wideS, "at")} as at, max(lag_p50_ms) as p50, max(lag_p95_ms) as p95
      from (${quarters}) as quarters group by 1
    )
    select timeline.at, lag_ms as "lagMs", pending, refreshes, keys, took_ms as "tookMs", slowest,
      case when lag_ms is not null then p50 end as "p50LagMs",
      case when lag_ms is not null then p95 end as "p95LagMs"
    from generate_series(${first}, ${last}, interval '${stepS} s') as timeline (at)
    left join step using (at)
    left join wide on wide.at = ${stepOf(wideS, "timeline.at")}
    order by timeline.at`;
}

function tenths<Ms extends number | null>(ms: Ms): Ms {
  return (ms === null ? null : Math.round(ms * 10) / 10) as Ms;
}

/** Answers a read model's lag over time. */
export const lagHistory = operation
  .meta({
    scope: "operations:read",
    doc: "One read model's lag over an hour, a day, a week or a month; null where it was unknown.",
  })
  .input(z.strictObject({ readModel: readModelName(), span: lagSpan.default("1h") }))
  .output(lagHistoryAnswer)
  .query(({ ctx, input }) => readLagHistory(ctx.engine, input));

/** Answers what refreshes of a group did in the last day. */
export const refreshHistory = operation
  .meta({
    scope: "operations:read",
    doc: "What the refreshes of one group did in the last day, failures with their whole error.",
  })
  .input(
    z.strictObject({
      group: groupName(),
      outcome: refreshOutcome.optional(),
      limit: z.int().min(1).max(200).default(50),
    }),
  )
  .output(refreshHistoryAnswer)
  .query(({ ctx, input }) => readRefreshHistory(ctx.engine, input));
