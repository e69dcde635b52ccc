import type { Columns } from "./columns.ts";
import { boughtKey, canBeSold, readInvoice } from "./invoices.ts";
import type { InvoicesMapping } from "./invoices-mapping.ts";
import type { OrderReader } from "./order-planner.ts";

/** What has to be known of a whole file of invoices before the first one is sent. */
export interface Survey {
  /** The pieces of each SKU that are sold or written off. */
  readonly taken: ReadonlyMap<string, number>;
  /** How the first sale of each SKU describes it. */
  readonly descriptions: ReadonlyMap<string, string>;
  /** What customers cancel: of earlier sales only that has to be remembered. */
  readonly cancelled: ReadonlySet<string>;
}

/** Surveys invoices as they are gathered; plans nothing. */
export class InvoiceSurvey implements OrderReader, Survey {
  readonly taken = new Map<string, number>();
  readonly descriptions = new Map<string, string>();
  readonly cancelled = new Set<string>();
  readonly #columns: Columns;
  readonly #mapping: InvoicesMapping;

  constructor(columns: Columns, mapping: InvoicesMapping) {
    this.#columns = columns;
    this.#mapping = mapping;
  }

  plan(number: string, rows: Parameters<OrderReader["plan"]>[1]): [] {
    const invoice = readInvoice(number, rows, this.#columns, this.#mapping);
    const { kind, goods } = invoice;
    if (kind === "sale" && !canBeSold(invoice, this.#columns)) return [];
    for (const row of goods) {
      if (row.causes.length > 0) continue;
      const { sku, units, description } = row;
      if (kind === "cancellation") {
        if (row.customer !== "") this.cancelled.add(boughtKey(row));
        continue;
      }
      const taken = kind === "sale" ? units : Math.max(0, -units);
      this.taken.set(sku, (this.taken.get(sku) ?? 0) + taken);
      if (kind === "sale" && description !== "" && !this.descriptions.has(sku))
        this.descriptions.set(sku, description);
    }
    return [];
  }

  unitsOf(): number {
    return 0;
  }
}
