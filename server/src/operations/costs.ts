import { z } from "zod";
import { type Costs, costNames } from "../kernel/cost-tally.ts";
import type { Engine } from "../kernel/engine.ts";
import { stepOf } from "../kernel/lag-history.ts";
import { operation } from "../kernel/procedure.ts";
import { isKept, type KeptReadModel } from "../kernel/read-model.ts";
import { camelCase, identifier, snakeCase } from "../kernel/schemas.ts";

/** A window's length, and the rows that it is summed from. */
const windows = {
  "1h": { seconds: 3_600, rowsS: 60 },
  "24h": { seconds: 86_400, rowsS: 60 },
  "7d": { seconds: 7 * 86_400, rowsS: 900 },
  "30d": { seconds: 30 * 86_400, rowsS: 900 },
} as const;

/** How far back costs are summed. */
const costWindow = z.enum(["1h", "24h", "7d", "30d"]);

const reads = z.strictObject({ reads: z.int(), ms: z.number() });

/** What one read model cost and saved. Unknown numbers are null, never 0. */
const readModelCost = z.strictObject({
  readModel: z.string(),
  group: z.string(),
  maintain: z.enum(["byKey", "whole"]),
  /** What keeping it took. */
  refreshes: z.int(),
  keys: z.int(),
  refreshMs: z.number(),
  /** Reads that were answered, by where their rows came from, and their time in all. */
  kept: reads,
  patched: reads,
  live: reads,
  /** Reads that were run once more both ways, and the mean of each; `cut` took too long live. */
  trials: z
    .strictObject({ reads: z.int(), cut: z.int(), keptMs: z.number(), liveMs: z.number() })
    .nullable(),
  /** What a live answer takes, and whether it was tried out or served. */
  liveMsPerRead: z.number().nullable(),
  liveMeasuredBy: z.enum(["trials", "reads"]).nullable(),
  /** What an hour takes with all reads kept, refreshes included, and with all of them live. */
  keptMsPerHour: z.number().nullable(),
  liveMsPerHour: z.number().nullable(),
  /** Some trials were cut off, so live takes more than that. */
  liveIsAtLeast: z.boolean(),
  cheaper: z.enum(["kept", "live"]).nullable(),
});

/** What each read model cost and saved over a window. */
export const readModelCostsAnswer = z.strictObject({
  /** Since when there are counts within the window; null if there are none. */
  since: z.string().nullable(),
  hours: z.number(),
  readModels: z.array(readModelCost).max(500),
});

/** What each read model cost and saved over a window. */
export type ReadModelCosts = z.infer<typeof readModelCostsAnswer>;

type Source = Pick<Engine, "operationsPool" | "readModels" | "schemas">;

interface Counted extends Costs {
  readonly name: string | null;
  readonly since: Date | null;
  readonly hours: number;
}

/** Reads what each read model cost and saved over a window. */
export async function readModelCostsOver(
  { operationsPool, readModels, schemas }: Source,
  window: z.infer<typeof costWindow>,
): Promise<ReadModelCosts> {
  const { rows } = await operationsPool.query<Counted>(countedSql(schemas, window));
  const byName = new Map(rows.map((row) => [row.name, row]));
  const { since = null, hours = 0 } = rows[0] ?? {};
  return {
    since: since === null ? null : since.toISOString(),
    hours: Math.round(hours * 100) / 100,
    readModels: readModels
      .filter(isKept)
      .map((model) => costOf(model, byName.get(model.name), hours)),
  };
}

function costOf(
  { name, group, maintain }: KeptReadModel,
  counted: Costs | undefined,
  hours: number,
): z.infer<typeof readModelCost> {
  const costs = counted ?? (Object.fromEntries(costNames.map((one) => [one, 0])) as Costs);
  const { refreshes, keys, refreshMs, trials, trialsCut } = costs;
  return {
    ...{ readModel: camelCase(name), group, maintain },
    ...{ refreshes, keys, refreshMs: tenths(refreshMs) },
    kept: { reads: costs.keptReads, ms: tenths(costs.keptMs) },
    patched: { reads: costs.patchedReads, ms: tenths(costs.patchedMs) },
    live: { reads: costs.liveReads, ms: tenths(costs.liveMs) },
    trials:
      trials === 0
        ? null
        : {
            ...{ reads: trials, cut: trialsCut },
            keptMs: hundredths(costs.trialKeptMs / trials),
            liveMs: hundredths(costs.trialLiveMs / trials),
          },
    ...verdictOf(costs, hours),
  };
}

/**
 * Compares an hour of keeping with an hour of computing, for all reads alike. Trials are the best
 * there is: the same statements both ways, in the database's own time. Without any, it is the mean
 * of the reads that were served so.
 */
function verdictOf(costs: Costs, hours: number) {
  const reads = costs.keptReads + costs.patchedReads + costs.liveReads;
  const tried = costs.trials > 0;
  const keptEach = tried
    ? costs.trialKeptMs / costs.trials
    : meanOf(costs.keptMs, costs.keptReads, reads);
  const liveEach = tried
    ? costs.trialLiveMs / costs.trials
    : meanOf(costs.liveMs, costs.liveReads, reads);
  const kept = keptEach === null ? null : costs.refreshMs + reads * keptEach;
  const live = liveEach === null ? null : reads * liveEach;
  const liveIsAtLeast = costs.trialsCut > 0;
  const perHour = (ms: number | null) => (ms === null || hours === 0 ? null : tenths(ms / hours));
  const isLiveMeasured = tried || costs.liveReads > 0;
  return {
    liveMsPerRead: isLiveMeasured && liveEach !== null ? hundredths(liveEach) : null,
    liveMeasuredBy: tried ? ("trials" as const) : isLiveMeasured ? ("reads" as const) : null,
    ...{ liveIsAtLeast, keptMsPerHour: perHour(kept), liveMsPerHour: perHour(live) },
    cheaper: cheaperOf(kept, live, liveIsAtLeast),
  };
}

/** What nobody reads takes no reading; what is read but was not measured is not known. */
function meanOf(ms: number, measured: number, reads: number): number | null {
  if (measured > 0) return ms / measured;
  return reads === 0 ? 0 : null;
}

function cheaperOf(kept: number | null, live: number | null, liveIsAtLeast: boolean) {
  if (kept === null || live === null || kept === live) return null;
  if (kept < live) return "kept" as const;
  return liveIsAtLeast ? null : ("live" as const);
}

/** The sums a read model, and the hours of the window for which there are counts at all. */
function countedSql(schemas: Engine["schemas"], window: z.infer<typeof costWindow>): string {
  const { seconds, rowsS } = windows[window];
  const table = `${identifier(schemas.write)}.read_model_cost`;
  const first = stepOf(rowsS, `statement_timestamp() - interval '${seconds} s'`);
  const sums = costNames.map((name) => {
    return `sum(${snakeCase(name)})::float8 as ${identifier(name)}`;
  });
  return `with covered as (
      select greatest(${first}, min(at)) as since from ${table} where resolution_s = ${rowsS}
      having count(*) > 0
    ), summed as (
      select read_model as name, ${sums.join(", ")} from ${table}
      where resolution_s = ${rowsS} and at >= ${first} group by 1
    )
    select summed.*, since, greatest(60, extract(epoch from statement_timestamp() - since))::float8
      / 3600 as hours
    from covered left join summed on true`;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function hundredths(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/** Operations ask what read models cost, and what they save. */
export const readModelCosts = operation
  .meta({
    scope: "operations:read",
    doc:
      "What each read model takes to keep and what reading it took, over an hour, a day, a week or " +
      "a month; and what the same reads would take if they were computed live.",
  })
  .input(z.strictObject({ window: costWindow.default("24h") }))
  .output(readModelCostsAnswer)
  .query(({ ctx, input }) => readModelCostsOver(ctx.engine, input.window));
