import { type Cell, inLetterCase, readCents, readKnown, readQuantity } from "./cells.ts";
import type { Columns } from "./columns.ts";
import type { OrderLineInput, VariantFacts } from "./import-client.ts";
import { carrierNotStated } from "./life-mapping.ts";
import type { OrdersMapping } from "./mapping.ts";
import { readOutcome } from "./order-outcome.ts";
import type { Outcome } from "./outcomes.ts";
import { readTimes } from "./reported-times.ts";
import type { SourceRow } from "./source-rows.ts";
import { readVariant } from "./variant-facts.ts";
import { readWhen, readWhenIfAny } from "./when.ts";

/** What every row of an order says about the order itself; the rows must agree on it. */
export interface OrderHead {
  readonly date: string;
  readonly channel: string;
  readonly status: string;
  readonly carrierService: string;
  readonly carrier: string;
  readonly promisedFor: string;
}

/** One row of an order export, read and judged on its own. */
export interface ReadOrderLine {
  readonly row: SourceRow;
  readonly head: OrderHead;
  readonly outcome: Outcome;
  readonly handedOverAt: string | null;
  readonly deliveredAt: string | null;
  readonly facts: VariantFacts;
  readonly line: OrderLineInput;
  readonly units: number;
  readonly assumedUnits: number;
  readonly causes: readonly string[];
  readonly notes: readonly string[];
}

/** What the planner says of a row whose ordered quantity the source has overwritten with 0. */
export const assumedOne = "the ordered quantity is lost (0 in the file): 1 assumed";

/** Reads one row of an order export. */
export function readOrderLine(
  row: SourceRow,
  columns: Columns,
  mapping: OrdersMapping,
): ReadOrderLine {
  const variant = readVariant(row, columns, mapping);
  const causes = [...variant.causes];
  const notes = [...variant.notes];
  const take = <T>(cell: Cell<T>, otherwise: T): T => {
    if (cell.ok) return cell.value;
    causes.push(cell.cause);
    return otherwise;
  };

  const head = readHead(row, columns, mapping, take);
  const { outcome, ...said } = readOutcome(row, columns, mapping);
  const times = readTimes(row, columns, mapping, { orderedAt: head.date, outcome });
  causes.push(...said.causes, ...times.causes);
  const { units, assumedUnits, ...pieces } = readPieces(row, columns, mapping);
  causes.push(...pieces.causes);
  if (causes.length === 0) notes.push(...pieces.notes);
  notes.push(...said.notes, ...times.notes);

  const line: OrderLineInput = { sku: variant.facts.sku, qty: units + assumedUnits };
  const cents = take(readCents(columns.nameOf("amount"), columns.textOf(row, "amount")), null);
  if (cents !== null) line.priceCents = cents;
  readCurrency(row, columns, mapping, take);
  return {
    row,
    head,
    outcome,
    handedOverAt: times.handedOverAt,
    deliveredAt: times.deliveredAt,
    facts: variant.facts,
    line,
    units,
    assumedUnits,
    causes,
    notes,
  };
}

interface ReadPieces {
  readonly units: number;
  readonly assumedUnits: number;
  readonly causes: readonly string[];
  readonly notes: readonly string[];
}

/** How many pieces a row is about: as it states, or as the mapping says of all rows. */
function readPieces(row: SourceRow, columns: Columns, mapping: OrdersMapping): ReadPieces {
  const none = { units: 0, assumedUnits: 0, causes: [], notes: [] };
  if (!columns.has("qty")) return { ...none, assumedUnits: mapping.constants.qty ?? 0 };
  const cell = readQuantity(columns.nameOf("qty"), columns.textOf(row, "qty"));
  if (!cell.ok) return { ...none, causes: [cell.cause] };
  if (cell.value > 0) return { ...none, units: cell.value };
  return mapping.whenQtyZero === "assume-one"
    ? { ...none, assumedUnits: 1, notes: [assumedOne] }
    : { ...none, causes: [`${columns.nameOf("qty")} is 0`] };
}

type Take = <T>(cell: Cell<T>, otherwise: T) => T;

function readHead(row: SourceRow, columns: Columns, mapping: OrdersMapping, take: Take): OrderHead {
  const { dateFormat } = mapping;
  return {
    date: take(readWhen(row, columns, "date", dateFormat), ""),
    channel: take(readChannel(row, columns, mapping), ""),
    status: columns.textOf(row, "status"),
    carrierService: columns.textOf(row, "carrierService"),
    carrier: columns.textOf(row, "carrier") || (mapping.constants.carrier ?? carrierNotStated),
    promisedFor: take(readWhenIfAny(row, columns, "promisedFor", dateFormat), null) ?? "",
  };
}

function readChannel(row: SourceRow, columns: Columns, mapping: OrdersMapping): Cell<string> {
  const value = columns.textOf(row, "channel") || (mapping.constants.channel ?? "");
  return value === ""
    ? { ok: false, cause: `${columns.nameOf("channel")} is blank` }
    : { ok: true, value: inLetterCase(value, mapping.letterCase.channel) };
}

function readCurrency(row: SourceRow, columns: Columns, mapping: OrdersMapping, take: Take): void {
  const value = columns.textOf(row, "currency");
  const known = mapping.values.currency;
  // A line without an amount has no currency either: only a currency that is stated is checked.
  if (known && value !== "") take(readKnown(columns.nameOf("currency"), value, known), "");
}
