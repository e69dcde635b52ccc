import type { Columns } from "./columns.ts";
import { type InvoiceRow, readInvoiceRow } from "./invoice-row.ts";
import type { InvoicesMapping } from "./invoices-mapping.ts";
import type { SourceRow } from "./source-rows.ts";

/** What an invoice is, told by its rows. */
export interface Invoice {
  readonly number: string;
  /**
   * `sale`: somebody buys. `cancellation`: pieces of earlier sales are wanted no longer.
   * `correction`: nobody pays and nobody is named: pieces were written off, or have been found.
   */
  readonly kind: "sale" | "cancellation" | "correction";
  readonly goods: readonly InvoiceRow[];
  /** Rows that stand for no goods, such as postage. */
  readonly others: readonly InvoiceRow[];
}

/** Reads the rows of one invoice, and tells what it is. */
export function readInvoice(
  number: string,
  rows: readonly SourceRow[],
  columns: Columns,
  mapping: InvoicesMapping,
): Invoice {
  const read = rows.map((row) => readInvoiceRow(row, columns, mapping));
  const goods = read.filter(({ notGoods }) => notGoods === null);
  const others = read.filter(({ notGoods }) => notGoods !== null);
  if (number.startsWith(mapping.cancellationPrefix))
    return { number, kind: "cancellation", goods: withSign(goods, -1, columns), others };

  const isFree = read.every(({ price, customer }) => price === 0n && customer === "");
  return isFree
    ? { number, kind: "correction", goods: withSign(goods, 0, columns), others }
    : { number, kind: "sale", goods: withSign(goods, 1, columns), others };
}

/** A row whose pieces have no sign that such an invoice may have cannot be used. */
function withSign(
  rows: readonly InvoiceRow[],
  sign: -1 | 0 | 1,
  columns: Columns,
): readonly InvoiceRow[] {
  const wanted = sign < 0 ? "negative, as on a cancellation" : "positive, as on a sale";
  return rows.map((one) => {
    if (one.causes.length > 0 || (one.units !== 0 && sign * one.units >= 0)) return one;
    const said = `${columns.nameOf("qty")} ${one.units === 0 ? "is 0" : `is not ${wanted}`}`;
    return { ...one, causes: [said] };
  });
}

/** Under what the pieces are remembered that a customer has bought of a SKU. */
export function boughtKey({ customer, sku }: InvoiceRow): string {
  return JSON.stringify([customer, sku]);
}

/** An invoice takes a while to write; what is further apart than this is not one invoice. */
const writtenWithinMs = 5 * 60_000;

/** On what the rows of a sale disagree that they must say alike, or null. */
export function disagreementOf({ goods }: Invoice, columns: Columns): string | null {
  const times = goods.map(({ at }) => Date.parse(at));
  const names = [
    ...(Math.max(...times) - Math.min(...times) > writtenWithinMs ? ["date"] : []),
    ...(new Set(goods.map(({ customer }) => customer)).size > 1 ? ["customer"] : []),
  ].map((field) => columns.nameOf(field));
  return names.length === 0 ? null : `the rows of the order disagree on ${names.join(", ")}`;
}

/** An invoice is one fact: when one of its goods cannot be used, none of them is. */
export function canBeSold(invoice: Invoice, columns: Columns): boolean {
  const { goods } = invoice;
  return (
    goods.every(({ causes }) => causes.length === 0) && disagreementOf(invoice, columns) === null
  );
}
