import { type Cell, inLetterCase, quoted, readCents, readKnown, readQuantity } from "./cells.ts";
import type { Columns } from "./columns.ts";
import { dayAt } from "./dates.ts";
import type { OrderLineInput, VariantFacts } from "./import-client.ts";
import { carrierNotStated } from "./life-mapping.ts";
import type { OrdersMapping } from "./mapping.ts";
import { readOutcome } from "./order-outcome.ts";
import type { Outcome } from "./outcomes.ts";
import type { SourceRow } from "./source-rows.ts";
import { readVariant } from "./variant-facts.ts";

/** What every row of an order says about the order itself; the rows must agree on it. */
export interface OrderHead {
  readonly date: string;
  readonly channel: string;
  readonly status: string;
  readonly carrierService: string;
  readonly carrier: string;
}

/** One row of an order export, read and judged on its own. */
export interface ReadOrderLine {
  readonly row: SourceRow;
  readonly head: OrderHead;
  readonly outcome: Outcome;
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
  causes.push(...said.causes);
  const units = take(readQuantity(columns.nameOf("qty"), columns.textOf(row, "qty")), 0);
  const lost = units === 0 && mapping.whenQtyZero === "assume-one";
  if (lost && causes.length === 0) notes.push(assumedOne);
  if (units === 0 && !lost && causes.length === 0) causes.push(`${columns.nameOf("qty")} is 0`);
  notes.push(...said.notes);

  const line: OrderLineInput = { sku: variant.facts.sku, qty: lost ? 1 : units };
  const cents = take(readCents(columns.nameOf("amount"), columns.textOf(row, "amount")), null);
  if (cents !== null) line.priceCents = cents;
  readCurrency(row, columns, mapping, take);
  return {
    row,
    head,
    outcome,
    facts: variant.facts,
    line,
    units,
    assumedUnits: lost ? 1 : 0,
    causes,
    notes,
  };
}

type Take = <T>(cell: Cell<T>, otherwise: T) => T;

function readHead(row: SourceRow, columns: Columns, mapping: OrdersMapping, take: Take): OrderHead {
  return {
    date: take(readDay(columns.nameOf("date"), columns.textOf(row, "date"), mapping), ""),
    channel: take(readChannel(row, columns, mapping), ""),
    status: columns.textOf(row, "status"),
    carrierService: columns.textOf(row, "carrierService"),
    carrier: columns.textOf(row, "carrier") || (mapping.constants.carrier ?? carrierNotStated),
  };
}

function readDay(column: string, value: string, mapping: OrdersMapping): Cell<string> {
  if (value === "") return { ok: false, cause: `${column} is blank` };
  const day = dayAt(value, mapping.dateFormat);
  return day === null
    ? { ok: false, cause: `${column} ${quoted(value)} is no day written as ${mapping.dateFormat}` }
    : { ok: true, value: day };
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
