import { type Cell, quoted, readQuantity } from "./cells.ts";
import type { Columns } from "./columns.ts";
import type { InvoicesMapping } from "./invoices-mapping.ts";
import { momentAt } from "./moments.ts";
import { type Amount, amountOf, readPrice } from "./prices.ts";
import { fitsShape } from "./shapes.ts";
import type { SourceRow } from "./source-rows.ts";

/** One row of an export of invoices, read and judged on its own. */
export interface InvoiceRow {
  readonly row: SourceRow;
  readonly sku: string;
  /** What the code stands for, where it stands for no goods. */
  readonly notGoods: string | null;
  /** Pieces as the row states them: negative on cancellations and write-offs. */
  readonly units: number;
  /** Of one piece, in millionths of the currency's unit; null where it cannot be read. */
  readonly price: bigint | null;
  /** Of all its pieces. */
  readonly amount: Amount;
  readonly customer: string;
  readonly description: string;
  /** The moment that the invoice was written. */
  readonly at: string;
  /** Why the row cannot be used. */
  readonly causes: readonly string[];
}

/** Reads one row of an export of invoices. */
export function readInvoiceRow(
  row: SourceRow,
  columns: Columns,
  mapping: InvoicesMapping,
): InvoiceRow {
  const causes: string[] = [];
  const take = <T>(cell: Cell<T>, otherwise: T): T => {
    if (cell.ok) return cell.value;
    causes.push(cell.cause);
    return otherwise;
  };
  const said = (field: string) => columns.textOf(row, field);
  const sku = said("sku");
  const notGoods = meaningOf(sku, mapping);
  const units = take(readUnits(columns.nameOf("qty"), said("qty")), 0);
  const about = { row, sku, notGoods, units, customer: said("customer") };
  const description = columns.isMissing(said("description")) ? "" : said("description");
  const priced = readPrice(columns.nameOf("price"), said("price"));
  // What is no goods is only counted: whatever it costs, and whenever, does not refuse it.
  if (notGoods !== null) {
    const price = priced.ok ? priced.value : null;
    return { ...about, price, amount: noAmount, description, at: "", causes };
  }

  take(readGoods(columns, sku, mapping), "");
  const price = take<bigint | null>(priced, null);
  const at = take(readMoment(columns.nameOf("date"), said("date"), mapping.dateFormat), "");
  const amount = take(amountOf(price ?? 0n, Math.abs(units)), noAmount);
  return { ...about, price, amount, description, at, causes };
}

const noAmount: Amount = { cents: 0, isRounded: false };

/** Pieces with their sign; 0 where they cannot be read. */
export function unitsOf(row: SourceRow, columns: Columns): number {
  const units = readUnits("", columns.textOf(row, "qty"));
  return units.ok && row.problem === null ? units.value : 0;
}

function readUnits(column: string, value: string): Cell<number> {
  if (!value.startsWith("-")) return readQuantity(column, value);
  const quantity = readQuantity(column, value.slice(1));
  if (!quantity.ok || /^[-+]/.test(value.slice(1)))
    return { ok: false, cause: `${column} ${quoted(value)} is not a whole number` };
  return { ok: true, value: -quantity.value };
}

function meaningOf(sku: string, { notGoods }: InvoicesMapping): string | null {
  const own = Object.hasOwn(notGoods, sku) ? notGoods[sku] : undefined;
  const found = own ?? Object.entries(notGoods).find(([shape]) => fitsShape(sku, shape))?.[1];
  return found ?? null;
}

function readGoods(columns: Columns, sku: string, { goods }: InvoicesMapping): Cell<string> {
  const column = columns.nameOf("sku");
  if (sku === "") return { ok: false, cause: `${column} is blank` };
  if (columns.isMissing(sku)) return { ok: false, cause: `${column} is ${quoted(sku)}` };
  return goods.some((shape) => fitsShape(sku, shape))
    ? { ok: true, value: sku }
    : { ok: false, cause: `${column} ${quoted(sku)} is not known to the mapping` };
}

function readMoment(column: string, value: string, format: string): Cell<string> {
  if (value === "") return { ok: false, cause: `${column} is blank` };
  const at = momentAt(value, format);
  return at === null
    ? { ok: false, cause: `${column} ${quoted(value)} is no moment written as ${format}` }
    : { ok: true, value: at };
}
