import type { Columns } from "./columns.ts";
import { derivedCommandId } from "./derived-command-id.ts";
import type { PlaceOrderInput } from "./import-client.ts";
import type { OrdersMapping } from "./mapping.ts";
import type { OrderHead, ReadOrderLine } from "./order-line.ts";
import {
  type Planned,
  type PlannedOrder,
  type PlannedRejection,
  plannedVariant,
  type RowNote,
  rejection,
} from "./plan.ts";
import { differingNotes, parcelsOf } from "./plan-parcels.ts";
import type { SourceRow } from "./source-rows.ts";

/** Why an order is refused whole, and the row that is to blame when there is one. */
export interface OrderRefusal {
  readonly cause: string;
  readonly row: number | null;
}

/** One row of an order that is refused whole. */
export function refuseRow(row: SourceRow, refusal: OrderRefusal, units: number): PlannedRejection {
  const { cause } = refusal;
  return rejection(
    row,
    cause,
    units,
    refusal.row === null ? cause : `${cause} (row ${refusal.row})`,
  );
}

/** Makes the lines of one order its commands, or refuses each of its rows with the reason. */
export function planOrder(
  orderId: string,
  lines: readonly ReadOrderLine[],
  columns: Columns,
  mapping: OrdersMapping,
): Planned[] {
  const bad = lines.filter((line) => line.causes.length > 0);
  if (bad.length > 0 && mapping.whenLineRefused === "leave-line-out")
    return [...bad.map(refuseLine), ...planOrderWithout(bad, { orderId, lines, columns, mapping })];
  const [worst] = bad;
  if (worst) return lines.map((line) => refuseBeside(line, worst));

  const disagreement = disagreementOf(lines, columns);
  if (disagreement !== null)
    return lines.map((line) => rejection(line.row, disagreement, line.units));
  const first = lines[0];
  const statusName = columns.nameOf("status");
  return first ? [plannedOrder(orderId, first, lines, { mapping, statusName })] : [];
}

/** The order goes in with the lines that are left, and its first row says what it lacks. */
function planOrderWithout(
  bad: readonly ReadOrderLine[],
  order: {
    orderId: string;
    lines: readonly ReadOrderLine[];
    columns: Columns;
    mapping: OrdersMapping;
  },
): Planned[] {
  const { orderId, lines, columns, mapping } = order;
  const good = lines.filter((line) => line.causes.length === 0);
  const rows = bad.slice(0, 10).map((line) => line.row.row);
  const more = bad.length > rows.length ? ` and ${bad.length - rows.length} more` : "";
  const reason = `lines of the order are left out: row ${rows.join(", ")}${more}`;
  return planOrder(orderId, good, columns, mapping).map((planned) => {
    const row = planned.kind === "order" ? planned.rows[0] : undefined;
    if (planned.kind !== "order" || !row) return planned;
    const note = { row, cause: "lines of the order are left out", reason };
    return { ...planned, notes: [note, ...planned.notes] };
  });
}

function refuseLine(line: ReadOrderLine): PlannedRejection {
  return rejection(line.row, line.causes.join("; "), line.units);
}

function refuseBeside(line: ReadOrderLine, bad: ReadOrderLine): PlannedRejection {
  if (line.causes.length > 0) return refuseLine(line);
  const cause = "another row of the order is refused";
  const reason = `${cause} (row ${bad.row.row}: ${bad.causes.join("; ")})`;
  return rejection(line.row, cause, line.units, reason);
}

function disagreementOf(lines: readonly ReadOrderLine[], columns: Columns): string | null {
  const differs = (name: keyof OrderHead) => new Set(lines.map((line) => line.head[name])).size > 1;
  const names = (["date", "channel", "carrierService", "carrier", "promisedFor"] as const).filter(
    differs,
  );
  const cancelled = lines.filter((line) => line.outcome === "cancelled").length;
  // Lines may come to different ends (one parcel delivered, one lost). Cancelled is another matter:
  // an order is cancelled whole or not at all.
  const inPart = cancelled > 0 && cancelled < lines.length;
  if (names.length === 0 && !inPart) return null;

  const differing = inPart ? [...names, "status"] : names;
  const shown = differing.map((name) => columns.nameOf(name)).join(", ");
  return `the rows of the order disagree on ${shown}`;
}

function plannedOrder(
  orderId: string,
  first: ReadOrderLine,
  lines: readonly ReadOrderLine[],
  { mapping, statusName }: { mapping: OrdersMapping; statusName: string },
): PlannedOrder {
  const input = orderInput(orderId, first.head, lines, mapping);
  const status = [...new Set(lines.map((line) => line.head.status))].join(", ");
  const variants = new Map(lines.map((line) => [JSON.stringify(line.facts), line.facts]));
  const idOf = (command: string) => derivedCommandId(mapping.name, command, input.channel, orderId);
  return {
    kind: "order",
    rows: lines.map((line) => line.row),
    units: sum(lines, (line) => line.units),
    assumedUnits: sum(lines, (line) => line.assumedUnits),
    notes: [
      ...lines.flatMap(({ row, notes }) => notes.map((reason) => noteOf(row, reason))),
      ...differingNotes(lines, statusName),
    ],
    variants: [...variants.values()].map((facts) => plannedVariant(mapping.name, facts)),
    order: { commandId: idOf("placeOrder"), input },
    cancellation:
      first.outcome === "cancelled"
        ? { commandId: idOf("cancelOrder"), input: { reason: `imported as ${status}` } }
        : null,
    outcomes: lines.map(({ outcome, line, assumedUnits }) => ({
      ...{ outcome, units: line.qty, assumedUnits },
    })),
    parcels: parcelsOf(lines),
    carrier: first.head.carrier,
  };
}

/** What a note tells of its one row stands in parentheses at its end; the rest can be counted. */
function noteOf(row: SourceRow, reason: string): RowNote {
  return { row, cause: reason.replace(/ \([^()]*\)$/, ""), reason };
}

function orderInput(
  orderId: string,
  head: OrderHead,
  lines: readonly ReadOrderLine[],
  mapping: OrdersMapping,
): PlaceOrderInput {
  const { warehouse } = mapping.constants;
  const { carrierService, promisedFor: deliverBy } = head;
  const promise = {
    ...(carrierService ? { carrierService } : {}),
    ...(deliverBy ? { deliverBy } : {}),
  };
  return {
    channel: head.channel,
    externalRef: orderId,
    orderedAt: head.date,
    lines: lines.map((line) => line.line),
    ...(warehouse ? { warehouse } : {}),
    ...(Object.keys(promise).length > 0 ? { promise } : {}),
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
