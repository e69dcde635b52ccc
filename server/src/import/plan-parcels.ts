import type { ReadOrderLine } from "./order-line.ts";
import { wasShipped } from "./outcomes.ts";
import type { PlannedParcel, RowNote } from "./plan.ts";

/** A parcel's contents are packed one by one: this many fit into one command. */
const linesMax = 500;

interface ShippedLine extends Omit<PlannedParcel, "lines"> {
  readonly line: number;
}

/**
 * The parcels that an order must have had: lines of one status and the same times left together, as
 * far as the source can tell. Which parcels there were in truth it does not say.
 */
export function parcelsOf(lines: readonly ReadOrderLine[]): PlannedParcel[] {
  const shipped = lines.flatMap(
    ({ outcome, head, handedOverAt, deliveredAt }, at): ShippedLine[] =>
      wasShipped(outcome)
        ? [{ outcome, status: head.status, handedOverAt, deliveredAt, line: at + 1 }]
        : [],
  );
  const left = ({ line: _line, ...together }: ShippedLine) => JSON.stringify(together);
  return [...Map.groupBy(shipped, left).values()].flatMap(split);
}

function split(together: readonly ShippedLine[]): PlannedParcel[] {
  const [first] = together;
  if (!first) return [];
  const { line: _line, ...parcel } = first;
  const lines = together.map(({ line }) => line);
  return Array.from({ length: Math.ceil(lines.length / linesMax) }, (_none, at) => ({
    ...parcel,
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
