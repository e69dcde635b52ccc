import { quoted } from "./cells.ts";
import type { Columns } from "./columns.ts";
import { derivedCommandId } from "./derived-command-id.ts";
import type { AddBatchInput, VariantFacts } from "./import-client.ts";
import { type InvoiceRow, unitsOf } from "./invoice-row.ts";
import type { Survey } from "./invoice-survey.ts";
import { disagreementOf, type Invoice, readInvoice } from "./invoices.ts";
import type { InvoicesMapping } from "./invoices-mapping.ts";
import { carrierNotStated } from "./life-mapping.ts";
import type { OrderReader } from "./order-planner.ts";
import {
  type Planned,
  type PlannedAside,
  type PlannedCommand,
  plannedVariant,
  type RowNote,
  rejection,
} from "./plan.ts";
import { SoldPieces } from "./sold-pieces.ts";
import type { SourceRow } from "./source-rows.ts";

type Opening = PlannedCommand<AddBatchInput>;

/**
 * Makes sales orders, write-offs and finds corrections of the stock, and cancellations reductions
 * of the orders that they are taken to be of. What is no goods, and what matches no order, is set
 * aside.
 */
export class InvoicePlanner implements OrderReader {
  readonly #columns: Columns;
  readonly #mapping: InvoicesMapping;
  readonly #survey: Survey;
  readonly #sold: SoldPieces;
  readonly #opened = new Set<string>();

  constructor(columns: Columns, mapping: InvoicesMapping, survey: Survey) {
    this.#columns = columns;
    this.#mapping = mapping;
    this.#survey = survey;
    this.#sold = new SoldPieces(survey.cancelled);
  }

  /** Plans the rows of one invoice. */
  plan(number: string, rows: readonly SourceRow[]): Planned[] {
    const invoice = readInvoice(number, rows, this.#columns, this.#mapping);
    const others = invoice.others.map((row) =>
      row.causes.length > 0 ? refused(row) : aside(row, `${row.notGoods} is no goods`),
    );
    if (invoice.goods.length === 0) return others;
    if (invoice.kind === "sale") return [...others, ...this.#planSale(invoice)];
    const planned = invoice.goods.map((row, at) => {
      if (row.causes.length > 0) return refused(row);
      return invoice.kind === "correction"
        ? this.#planCorrection(invoice, row, at)
        : this.#planReduction(invoice, row, at);
    });
    return [...others, ...planned];
  }

  unitsOf(row: SourceRow): number {
    return unitsOf(row, this.#columns);
  }

  #planSale(invoice: Invoice): Planned[] {
    const { number, goods } = invoice;
    const bad = goods.find(({ causes }) => causes.length > 0);
    if (bad) return goods.map((row) => (row.causes.length > 0 ? refused(row) : beside(row, bad)));
    const disagreement = disagreementOf(invoice, this.#columns);
    if (disagreement !== null)
      return goods.map((row) => rejection(row.row, disagreement, row.units));

    const { channel, warehouse } = this.#mapping.constants;
    const remembered = goods.map((row, at) => this.#sold.sell(row, number, at + 1));
    const openings = goods.map((row) => this.#openingOf(row));
    const facts = goods.map((row) => factsOf(row, row.description));
    const variants = new Map(facts.map((one) => [JSON.stringify(one), one]));
    const lines = goods.map(({ sku, units: qty, amount }) => {
      return { sku, qty, priceCents: amount.cents };
    });
    const [{ at: orderedAt } = { at: "" }] = goods;
    return [
      {
        kind: "order",
        rows: goods.map(({ row }) => row),
        units: goods.reduce((sum, { units }) => sum + units, 0),
        assumedUnits: 0,
        notes: [...this.#notesOf(goods), ...openings.flatMap((one) => one?.note ?? [])],
        variants: [...variants.values()].map((one) => plannedVariant(this.#mapping.name, one)),
        openings: openings.flatMap((one) => one?.batch ?? []),
        order: {
          commandId: this.#idOf("placeOrder", channel, number),
          input: {
            ...{ channel, externalRef: number, orderedAt, lines },
            ...(warehouse ? { warehouse } : {}),
          },
        },
        cancellation: null,
        mayBeReduced: remembered.includes(true),
        outcomes: goods.map(({ units }) => ({ outcome: "placed", units, assumedUnits: 0 })),
        parcels: [],
        carrier: carrierNotStated,
      },
    ];
  }

  #planCorrection({ number }: Invoice, row: InvoiceRow, at: number): Planned {
    const { sku, units, description } = row;
    const { warehouse } = this.#mapping.constants;
    const opening = this.#openingOf(row);
    const isFirst = this.#mapping.openingStock === "assumed" && !this.#opened.has(sku);
    const what = units < 0 ? "written off" : "found";
    const said = description === "" ? "" : `: ${quoted(description)}`;
    const place = { sku, ...(warehouse ? { warehouse } : {}) };
    const found = { ref: `found/${number}/${at + 1}`, qty: units, ...place };
    const adjusted = { ref: openingRef(sku), by: units, reason: `${what}, ${number}${said}` };
    const idOf = (command: string) => this.#idOf(command, number, String(at + 1));
    return {
      kind: "correction",
      rows: [row.row],
      units,
      notes: opening ? [opening.note] : [],
      variants: [
        plannedVariant(this.#mapping.name, factsOf(row, this.#survey.descriptions.get(sku) ?? "")),
      ],
      openings: opening ? [opening.batch] : [],
      batch: isFirst ? { commandId: idOf("addBatch"), input: found } : null,
      adjustment: isFirst ? null : { commandId: idOf("adjustBatch"), input: adjusted },
    };
  }

  #planReduction({ number }: Invoice, row: InvoiceRow, at: number): Planned {
    if (row.customer === "") return aside(row, "a cancellation that names no customer");
    const taken = this.#sold.take(row);
    if (taken.length === 0)
      return aside(row, "a cancellation of more pieces than the customer bought in this file");
    const reason = `cancelled by ${number}`;
    const from = taken.map(({ externalRef, qty }) => `${qty} of ${externalRef}`).join(", ");
    return {
      kind: "reduction",
      rows: [row.row],
      units: row.units,
      variants: [],
      notes: [note(row, "taken off the latest sale of the customer", from)],
      parts: taken.map(({ externalRef, line, qty: by }, part) => ({
        commandId: this.#idOf("reduceLine", number, String(at + 1), String(part + 1)),
        externalRef,
        input: { line, by, reason },
      })),
    };
  }

  /** The batch that is assumed to have been there before a SKU's first row, which says so. */
  #openingOf({ row, sku }: InvoiceRow): { batch: Opening; note: RowNote } | null {
    const qty = this.#survey.taken.get(sku) ?? 0;
    const { openingStock, constants } = this.#mapping;
    if (openingStock === "imported" || qty === 0 || this.#opened.has(sku)) return null;
    this.#opened.add(sku);
    const { warehouse } = constants;
    const cause = "opening stock assumed: all that the file takes of the SKU";
    return {
      batch: {
        commandId: this.#idOf("addBatch", sku),
        input: { ref: openingRef(sku), sku, qty, ...(warehouse ? { warehouse } : {}) },
      },
      note: { row, cause, reason: `${cause} (${qty} pieces)` },
    };
  }

  #notesOf(goods: readonly InvoiceRow[]): RowNote[] {
    const seen = new Map<string, number>();
    return goods.flatMap((one) => {
      const notes: RowNote[] = [];
      const cells = JSON.stringify(one.row.cells);
      const twin = seen.get(cells);
      if (twin === undefined) seen.set(cells, one.row.row);
      else notes.push(note(one, "a line that stands twice is two lines", `as row ${twin}`));
      if (one.amount.isRounded) notes.push(note(one, "the amount is rounded to whole cents"));
      if (one.at !== goods[0]?.at)
        notes.push(note(one, `${this.#columns.nameOf("date")} of the invoice's first row counts`));
      return notes;
    });
  }

  #idOf(command: string, ...facts: readonly string[]): string {
    return derivedCommandId(this.#mapping.name, command, ...facts);
  }
}

function openingRef(sku: string): string {
  return `opening/${sku}`;
}

function factsOf({ sku }: InvoiceRow, description: string): VariantFacts {
  return description === "" ? { sku } : { sku, style: description };
}

function note({ row }: InvoiceRow, cause: string, more = ""): RowNote {
  return { row, cause, reason: more === "" ? cause : `${cause}: ${more}` };
}

function aside({ row, units }: InvoiceRow, cause: string): PlannedAside {
  return { kind: "aside", row, cause, reason: cause, units };
}

function refused({ row, causes, units }: InvoiceRow): Planned {
  return rejection(row, causes.join("; "), units);
}

function beside({ row, units }: InvoiceRow, bad: InvoiceRow): Planned {
  const cause = "another row of the order is refused";
  return rejection(row, cause, units, `${cause} (row ${bad.row.row}: ${bad.causes.join("; ")})`);
}
