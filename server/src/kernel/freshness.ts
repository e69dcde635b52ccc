import sql from "sql-template-tag";
import { z } from "zod";
import { readerViews } from "./generation.ts";
import { isFeed, type ReadModel } from "./read-model.ts";
import { identifier, type Schemas } from "./schemas.ts";

/** How fresh an answer is, read in the same snapshot as its rows. */
export const freshness = z.strictObject({
  /** The instant that the rows show: database clock, ISO 8601; null before the first refresh. */
  asOf: z.string().nullable(),
  /**
   * Age of the oldest change not in yet, in ms; null (unknown) while no refresher is heard. On a
   * replica: at most this, counting what may not have reached it.
   */
  lagMs: z.number().nullable(),
  /**
   * Whether that is within what the caller's tenant is promised of each read model; null while it
   * is unknown.
   */
  withinPromise: z.boolean().nullable(),
  /**
   * Changes noted, where the rows were read, that are not in yet; a key that changed twice counts
   * twice.
   */
  pending: z.int(),
  /** Whether all receipts asked for are in; null if none was asked for. */
  includesReceipt: z.boolean().nullable(),
  /**
   * Where the rows come from: the read model, the read model with what is pending computed on top,
   * or the defining query.
   */
  servedFrom: z.enum(["readModel", "patched", "live"]),
});

/** How fresh an answer is. */
export type Freshness = z.infer<typeof freshness>;

/** No refresher heard for this long: lag is unknown, never zero. */
export const refresherSilentMs = 10_000;

/** What a query's statement reads beside its rows; times are the database's, in ms since 1970. */
export interface Reading {
  readonly as_of: number | null;
  readonly pending: number;
  readonly oldest: number | null;
  /** The same of each of several read models, in their order; null where there is one only. */
  readonly oldest_of: readonly (number | null)[] | null;
  readonly heard_at: number | null;
  readonly now: number;
  /** The rows come from the defining query, since there are none to read yet. */
  readonly live: boolean;
  /** Whether this database follows another one: its clock is not the one that times are of. */
  readonly following: boolean;
  /** On a replica: every change that was committed by this time is known here; else null. */
  readonly seen_until: number | null;
  /**
   * Whether all receipts are in, and whether one is of the future (on a replica: has not reached
   * it); null if none was asked for.
   */
  readonly included: boolean | null;
  readonly future: boolean | null;
  /** On a replica: receipts that this statement may not show, but that any later one does. */
  readonly ended: readonly string[] | null;
}

/**
 * The relation `asked` of the receipts' transactions, and whether each is visible here; `ended` are
 * those that an earlier reading said to be.
 *
 * A replica's `pg_current_snapshot()` does not name the transactions in progress (seen with
 * PostgreSQL 18), so there a transaction counts as visible only if it is older than all of those,
 * or had ended before this statement began.
 */
export const askedSql = (xids: readonly string[], ended: readonly string[] = []) => sql`asked as (
    select xid, case when pg_is_in_recovery()
      then xid < pg_snapshot_xmin(pg_current_snapshot()) or xid::text = any (${ended}::text[])
      else pg_visible_in_snapshot(xid, pg_current_snapshot()) end as visible
    from (select unnest(${xids}::text[])::xid8 as xid) as receipts)`;

const ms = (at: string) => `extract(epoch from ${at})::float8 * 1000`;

/**
 * The SQL that reads how fresh the given read models are, over the relation `asked` of the
 * receipts' transactions if there are any. A receipt is in if the snapshot of the group's last
 * refresh saw its transaction and none of its own keys is held, or if it has committed and nothing
 * that began before it is pending here. Both are exact; the second spares a command that these read
 * models do not care for from waiting for a refresh. Into rows that are computed as they are asked
 * for goes whatever is committed, and into a feed's only what nothing can come before any more.
 */
export function freshnessSql(
  models: readonly ReadModel[],
  schemas: Schemas,
  receipts: "asked" | "none",
  isComputed: (model: ReadModel) => boolean = () => false,
): string {
  const read = identifier(schemas.read);
  const seenUntil = `(select at from ${read}.seen_until)`;
  // Its statement's begin: a little before its snapshot, never after it. What is computed on a
  // replica shows what that knows, which is not all that there is by now.
  const computedAsOf = `case when pg_is_in_recovery() then ${seenUntil} else now() end`;
  const perModel = models.map((model, place) => {
    const { pending, state } = readerViews(model, schemas);
    const computed = isComputed(model);
    const isIn = computed
      ? `visible${isFeed(model) ? " and xid < pg_snapshot_xmin(pg_current_snapshot())" : ""}`
      : `(not s.live and pg_visible_in_snapshot(xid, s.snapshot)
            and not exists (select from ${pending} as mine
              where mine.held and mine.xid = asked.xid))
          or (visible and not exists (select from ${pending} as mine
            where mine.xid <= asked.xid and (not mine.held or mine.xid = asked.xid)))`;
    const included = `(select coalesce(bool_and(coalesce(${isIn}, false)), true) from asked)`;
    const isIncluded = receipts === "asked" ? included : "null::boolean";
    if (computed) {
      return `select ${place} as place, ${computedAsOf} as as_of, true as live, 0 as pending,
        null::timestamptz as oldest, ${isIncluded} as included`;
    }
    return `select ${place} as place, case when s.live then ${computedAsOf} else s.as_of end as as_of,
        s.live, p.pending, p.oldest, ${isIncluded} as included
      from ${state} as s,
        (select count(*)::int as pending, min(noted_at) as oldest from ${pending}) as p`;
  });
  const oldestOf = models.length > 1 ? `array_agg(${ms("oldest")} order by place)` : "null";
  const xmax = "pg_snapshot_xmax(pg_current_snapshot())";
  const future = `(select bool_or(xid >= ${xmax}) from asked)`;
  // Looked up after this statement's snapshot was taken, so it is of use to the next one only.
  const ended = `(select array_agg(xid::text) from asked where not visible and pg_is_in_recovery()
    and case when xid < ${xmax} then pg_xact_status(xid) = 'committed' end)`;
  return `select case when count(*) = count(as_of) then ${ms("min(as_of)")} end as as_of,
      sum(pending)::int as pending, ${ms("min(oldest)")} as oldest,
      ${oldestOf}::float8[] as oldest_of, bool_and(live) as live,
      (select ${ms("heard_at")} from ${read}.heartbeat) as heard_at,
      ${ms("clock_timestamp()")} as now, pg_is_in_recovery() as following,
      case when pg_is_in_recovery() then ${ms(seenUntil)} end as seen_until,
      bool_and(included) as included,
      ${receipts === "asked" ? future : "null::boolean"} as future,
      ${receipts === "asked" ? ended : "null::text[]"} as ended
    from (${perModel.join(" union all ")}) as of_models`;
}

/**
 * What a caller is told of a reading of read models to which so much was promised, in their order
 * (infinity where nothing is); `now` is the primary's time, where that is known.
 */
export function freshnessOf(
  reading: Reading,
  promisesMs: readonly number[],
  now: number | undefined,
  from: Freshness["servedFrom"] = "readModel",
): Freshness {
  const { as_of: asOf, pending, included: includesReceipt } = reading;
  const servedFrom = from === "readModel" && reading.live ? "live" : from;
  // Rows that are computed show all that this database knows; a replica does not know how much.
  const isAllThereIs = servedFrom !== "readModel" && !reading.following;
  const lagsOf = (oldest: number | null) =>
    isAllThereIs ? 0 : now === undefined ? null : lagOf(reading, oldest, now);
  const lagMs = asOf === null ? null : lagsOf(reading.oldest);
  const lagsMs = (reading.oldest_of ?? [reading.oldest]).map(lagsOf);
  return {
    asOf: asOf === null ? null : new Date(asOf).toISOString(),
    lagMs: lagMs === null ? null : Math.round(Math.max(0, lagMs) * 10) / 10,
    withinPromise: lagMs === null ? null : areKept(promisesMs, lagsMs),
    ...{ pending, includesReceipt, servedFrom },
  };
}

function areKept(
  promisesMs: readonly number[],
  lagsMs: readonly (number | null)[],
): boolean | null {
  const isBroken = lagsMs.some((lag, i) => lag !== null && lag > (promisesMs[i] ?? 0));
  return isBroken ? false : lagsMs.includes(null) ? null : true;
}

function lagOf(reading: Reading, oldest: number | null, now: number): number | null {
  const { heard_at: heardAt, seen_until: seenUntil, following } = reading;
  const heard = heardAt !== null && now - heardAt < refresherSilentMs;
  if (oldest === null && !heard) return null;
  if (!following) return oldest === null ? 0 : now - oldest;
  // Whatever has not reached this replica was committed later than what has.
  return seenUntil === null ? null : now - Math.min(oldest ?? seenUntil, seenUntil);
}
