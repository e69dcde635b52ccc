import { z } from "zod";
import { readerViews } from "./generation.ts";
import type { ReadModel } from "./read-model.ts";
import { identifier, type Schemas } from "./schemas.ts";

/** How fresh an answer is, read in the same snapshot as its rows. */
export const freshness = z.strictObject({
  /** The instant that the rows show: database clock, ISO 8601; null before the first refresh. */
  asOf: z.string().nullable(),
  /** Age of the oldest change not in yet, in ms; null (unknown) while no refresher is heard. */
  lagMs: z.number().nullable(),
  /** Changes noted that are not in yet; a key that changed twice counts twice. */
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
  readonly heard_at: number | null;
  readonly now: number;
  /** When the statement's transaction began: a little before its snapshot, never after it. */
  readonly began: number;
  /** The rows come from the defining query, since there are none to read yet. */
  readonly live: boolean;
  /** Whether all receipts are in, and whether one is of the future; null if none was asked for. */
  readonly included: boolean | null;
  readonly future: boolean | null;
}

const ms = (at: string) => `extract(epoch from ${at})::float8 * 1000`;

/**
 * The SQL that reads how fresh the given read models are, over a relation `asked (xid)` of the
 * receipts' transactions if there are any. A receipt is in if the snapshot of the group's last
 * refresh saw its transaction and none of its own keys is held, or if it has committed and nothing
 * that began before it is pending here. Both are exact; the second spares a command that these read
 * models do not care for from waiting for a refresh. Into rows that are computed as they are asked
 * for goes whatever is committed.
 */
export function freshnessSql(
  models: readonly ReadModel[],
  schemas: Schemas,
  receipts: "asked" | "none",
  isComputed: (model: ReadModel) => boolean = () => false,
): string {
  const isVisible = "pg_visible_in_snapshot(xid, pg_current_snapshot())";
  const perModel = models.map((model) => {
    const { pending, state } = readerViews(model, schemas);
    const computed = isComputed(model);
    const isIn = computed
      ? isVisible
      : `(pg_visible_in_snapshot(xid, s.snapshot)
            and not exists (select from ${pending} as mine
              where mine.held and mine.xid = asked.xid))
          or (${isVisible} and not exists (select from ${pending} as mine
            where mine.xid <= asked.xid and (not mine.held or mine.xid = asked.xid)))`;
    const included = `(select coalesce(bool_and(coalesce(${isIn}, false)), true) from asked)`;
    const isIncluded = receipts === "asked" ? included : "null::boolean";
    if (computed) {
      return `select now() as as_of, true as live, 0 as pending, null::timestamptz as oldest,
        ${isIncluded} as included`;
    }
    return `select s.as_of, s.live, p.pending, p.oldest, ${isIncluded} as included
      from ${state} as s,
        (select count(*)::int as pending, min(noted_at) as oldest from ${pending}) as p`;
  });
  // A standby may not have heard of a transaction that is long past on the primary.
  const future = `(select bool_or(xid >= pg_snapshot_xmax(pg_current_snapshot())) from asked)
    and not pg_is_in_recovery()`;
  return `select case when count(*) = count(as_of) then ${ms("min(as_of)")} end as as_of,
      sum(pending)::int as pending, ${ms("min(oldest)")} as oldest, bool_and(live) as live,
      (select ${ms("heard_at")} from ${identifier(schemas.read)}.heartbeat) as heard_at,
      ${ms("clock_timestamp()")} as now, ${ms("now()")} as began, bool_and(included) as included,
      ${receipts === "asked" ? future : "null::boolean"} as future
    from (${perModel.join(" union all ")}) as of_models`;
}

/** What a caller is told of a reading. */
export function freshnessOf(
  reading: Reading,
  servedFrom: Freshness["servedFrom"] = "readModel",
): Freshness {
  const { as_of: asOf, pending, oldest, heard_at: heardAt, now, included, live, began } = reading;
  if (live || servedFrom !== "readModel") {
    const from = servedFrom === "readModel" ? "live" : servedFrom;
    return { ...nowAt(began), includesReceipt: included, servedFrom: from };
  }
  const heard = heardAt !== null && now - heardAt < refresherSilentMs;
  const lagMs = oldest === null ? (heard ? 0 : null) : Math.max(0, now - oldest);
  return {
    asOf: asOf === null ? null : new Date(asOf).toISOString(),
    lagMs: asOf === null || lagMs === null ? null : Math.round(lagMs * 10) / 10,
    pending,
    includesReceipt: included,
    servedFrom,
  };
}

function nowAt(began: number) {
  return { asOf: new Date(began).toISOString(), lagMs: 0, pending: 0 };
}
