import { z } from "zod";
import type { ReadModel } from "./read-model.ts";
import { namesOf } from "./read-model-ddl.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";

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
  /** Where the rows come from. */
  servedFrom: z.enum(["readModel", "live"]),
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
  /** Whether all receipts are in, and whether one is of the future; null if none was asked for. */
  readonly included: boolean | null;
  readonly future: boolean | null;
}

const ms = (at: string) => `extract(epoch from ${at})::float8 * 1000`;

/**
 * The SQL that reads how fresh the given read models are, over a relation `asked (xid)` of the
 * receipts' transactions if there are any. A receipt is in if the snapshot of the group's last
 * refresh saw its transaction, or if it has committed and nothing that began before it is pending
 * here. Both are exact; the second spares a command that these read models do not care for from
 * waiting for a refresh.
 */
export function freshnessSql(
  models: readonly ReadModel[],
  schemas: Schemas,
  receipts: "asked" | "none",
): string {
  const read = identifier(schemas.read);
  const perModel = models.map((model) => {
    const { pending } = namesOf(model, schemas);
    const included = `(select coalesce(bool_and(pg_visible_in_snapshot(xid, g.snapshot)
        or (pg_visible_in_snapshot(xid, pg_current_snapshot())
          and not exists (select from ${pending} as mine where mine.xid <= asked.xid))), true)
      from asked) and g.snapshot is not null`;
    return `select g.as_of, g.snapshot is not null as built, p.pending, p.oldest,
        ${receipts === "asked" ? included : "null::boolean"} as included
      from ${read}.refresh_group as g,
        (select count(*)::int as pending, min(noted_at) as oldest from ${pending}) as p
      where g.name = ${literal(model.group)}`;
  });
  const future = `(select bool_or(xid >= pg_snapshot_xmax(pg_current_snapshot())) from asked)`;
  return `select case when bool_and(built) then ${ms("min(as_of)")} end as as_of,
      sum(pending)::int as pending, ${ms("min(oldest)")} as oldest,
      (select ${ms("heard_at")} from ${read}.heartbeat) as heard_at,
      ${ms("clock_timestamp()")} as now, bool_and(included) as included,
      ${receipts === "asked" ? future : "null::boolean"} as future
    from (${perModel.join(" union all ")}) as of_models`;
}

/** What a caller is told of a reading. */
export function freshnessOf(reading: Reading): Freshness {
  const { as_of: asOf, pending, oldest, heard_at: heardAt, now, included } = reading;
  const heard = heardAt !== null && now - heardAt < refresherSilentMs;
  const lagMs = oldest === null ? (heard ? 0 : null) : Math.max(0, now - oldest);
  return {
    asOf: asOf === null ? null : new Date(asOf).toISOString(),
    lagMs: asOf === null || lagMs === null ? null : Math.round(lagMs * 10) / 10,
    pending,
    includesReceipt: included,
    servedFrom: "readModel",
  };
}
