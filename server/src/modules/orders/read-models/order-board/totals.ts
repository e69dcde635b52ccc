import sql from "sql-template-tag";
import { z } from "zod";
import { count } from "../../../../kernel/primitives.ts";

/** What has become of an order, or of a piece that was ordered. */
const outcomes = [
  ...(["placed", "cancelled", "shipped", "delivered", "returning", "returned", "lost"] as const),
] as const;
type Outcome = (typeof outcomes)[number];

const totals = z.strictObject({ orders: count(), lines: count(), units: count() });
type Totals = z.infer<typeof totals>;

/** What the totals answer, where `status` is one of the board's. */
export function orderTotalsData<Status extends z.ZodType>(status: Status) {
  return totals.extend({
    byStatus: z.array(totals.extend({ status })),
    byDay: z.array(totals.extend({ day: z.iso.date() })),
    byOutcome: z.array(totals.extend({ outcome: z.enum(outcomes) })),
  });
}

/** Orders of one day and status: how many, and where their pieces are. */
export type StatusTotals<Status extends string> = Totals & {
  readonly status: Status;
  readonly day: string;
  readonly shippedUnits: number;
  readonly deliveredUnits: number;
  readonly returningUnits: number;
  readonly returnedUnits: number;
  readonly lostUnits: number;
};

/** Selects where the pieces of many orders of the board are. */
export const unitsSql = sql`
  sum(shipped_units)::bigint as "shippedUnits", sum(delivered_units)::bigint as "deliveredUnits",
  sum(returning_units)::bigint as "returningUnits", sum(returned_units)::bigint as "returnedUnits",
  sum(lost_units)::bigint as "lostUnits"`;

/** Sums up by status, by day and by outcome. */
export function totalsOf<Status extends string>(rows: readonly StatusTotals<Status>[]) {
  const byStatus = Map.groupBy(rows, (row) => row.status);
  const byDay = Map.groupBy(rows, (row) => row.day);
  return {
    ...sum(rows),
    byStatus: [...byStatus].map(([status, of]) => ({ status, ...sum(of) })),
    byDay: [...byDay].map(([day, of]) => ({ day, ...sum(of) })),
    byOutcome: byOutcome(rows),
  };
}

function byOutcome(rows: readonly StatusTotals<string>[]) {
  const units = unitsByOutcome(rows);
  const orders = Map.groupBy(rows, ({ status }) => outcomeOf(status));
  return outcomes.flatMap((outcome) => {
    const total = { ...sum(orders.get(outcome) ?? []), units: units[outcome] };
    return total.orders + total.units > 0 ? [{ outcome, ...total }] : [];
  });
}

/** An order that is neither cancelled nor wholly with a carrier is placed, and no more. */
function outcomeOf(status: string): Outcome {
  return outcomes.find((outcome) => outcome === status) ?? "placed";
}

function unitsByOutcome(rows: readonly StatusTotals<string>[]): Record<Outcome, number> {
  const units = {
    placed: 0,
    cancelled: 0,
    shipped: 0,
    delivered: 0,
    returning: 0,
    returned: 0,
    lost: 0,
  };
  for (const row of rows) {
    const { deliveredUnits, returningUnits, returnedUnits, lostUnits } = row;
    const ended = deliveredUnits + returningUnits + returnedUnits + lostUnits;
    units[row.status === "cancelled" ? "cancelled" : "placed"] += row.units - row.shippedUnits;
    units.shipped += Math.max(row.shippedUnits - ended, 0);
    units.delivered += deliveredUnits;
    units.returning += returningUnits;
    units.returned += returnedUnits;
    units.lost += lostUnits;
  }
  return units;
}

function sum(rows: readonly Totals[]): Totals {
  const total = { orders: 0, lines: 0, units: 0 };
  for (const { orders, lines, units } of rows) {
    total.orders += orders;
    total.lines += lines;
    total.units += units;
  }
  return total;
}
