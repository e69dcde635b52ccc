import type { ReadOrderLine } from "./order-line.ts";
import { type ShippedOutcome, wasShipped } from "./outcomes.ts";
import type { PlannedParcel, RowNote } from "./plan.ts";

/** A parcel's contents are packed one by one: this many fit into one command. */
const linesMax = 500;

/**
 * The parcels that an order must have had: lines of one status left together, as far as the source
 * can tell. Which parcels there were in truth it does not say.
 */
export function parcelsOf(lines: readonly ReadOrderLine[]): PlannedParcel[] {
  const shipped = lines.flatMap(({ outcome, head }, at) =>
    wasShipped(outcome) ? [{ outcome, status: head.status, line: at + 1 }] : [],
  );
  return [...Map.groupBy(shipped, ({ status }) => status).values()].flatMap(split);
}

function split(
  together: readonly { outcome: ShippedOutcome; status: string; line: number }[],
): PlannedParcel[] {
  const [first] = together;
  if (!first) return [];
  const { outcome, status } = first;
  const lines = together.map(({ line }) => line);
  return Array.from({ length: Math.ceil(lines.length / linesMax) }, (_none, at) => ({
    ...{ outcome, status },
    lines: lines.slice(at * linesMax, (at + 1) * linesMax),
  }));
}

/** What there is to say of an order whose lines have come to different ends. */
export function differingNotes(lines: readonly ReadOrderLine[], statusName: string): RowNote[] {
  const words = new Set(lines.map(({ head }) => head.status));
  if (words.size < 2 || !lines.some(({ outcome }) => wasShipped(outcome))) return [];
  const differ = `the rows of the order differ in ${statusName}`;
  return lines.map(({ row, outcome }) => {
    const cause = wasShipped(outcome)
      ? `${differ}: a parcel is assumed for each`
      : `${differ}: this one is not shipped with the others`;
    return { row, cause, reason: cause };
  });
}
