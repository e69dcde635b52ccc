import type { OrderFate, SampleOrder } from "../plan/orders.ts";
import type { DataOf, InputOf } from "../sample-day-client.ts";

/** Where a line has its pieces from; from nowhere if it waits. */
export interface StockOfLine {
  readonly batch: string | null;
  readonly lpns: readonly string[];
}

/** Pieces of a line, as they are picked and packed. */
export type Item = InputOf<"shipments.packParcel">["items"][number];

/** A parcel of an order, as far as it is. */
export interface Parcel {
  readonly shipmentId: string;
  readonly items: readonly Item[];
  readonly carrier: string;
  isLabelled: boolean;
  isGone: boolean;
  isDelivered: boolean;
}

/** A line of an order, as the desk knows it. */
export class OrderedLine {
  readonly line: number;
  readonly sku: string;
  readonly grade: string;
  readonly qty: number;
  readonly picked: Item[] = [];
  #stock: StockOfLine;

  constructor(at: number, ordered: Ordered, stock: StockOfLine) {
    this.line = at + 1;
    this.sku = ordered.sku;
    this.grade = ordered.grade ?? "N";
    this.qty = ordered.qty;
    this.#stock = stock;
  }

  get batch(): string | null {
    return this.#stock.batch;
  }

  get lpns(): readonly string[] {
    return this.#stock.lpns;
  }

  /** Whether it has its pieces. */
  get isSupplied(): boolean {
    return this.#stock.batch !== null || this.#stock.lpns.length > 0;
  }

  get pickedPieces(): number {
    return this.picked.reduce((sum, item) => sum + ("qty" in item ? item.qty : 1), 0);
  }

  supply(stock: StockOfLine): void {
    this.#stock = stock;
  }
}

type Ordered = InputOf<"orders.placeOrder">["lines"][number];

/** A placed order, as the desk knows it. */
export class DeskOrder {
  readonly order: SampleOrder;
  readonly orderId: string;
  readonly lines: readonly OrderedLine[];
  readonly parcels: Parcel[] = [];
  isCancelled = false;
  isHeld = false;
  /** Whether a picker has looked for its first line in vain. */
  wasShort = false;

  constructor(order: SampleOrder, { orderId, lines }: DataOf<"orders.placeOrder">) {
    this.order = order;
    this.orderId = orderId;
    this.lines = order.input.lines.map(
      (ordered, at) => new OrderedLine(at, ordered, lines[at] ?? { batch: null, lpns: [] }),
    );
  }

  get ref(): string {
    return this.order.input.externalRef;
  }

  get channel(): string {
    return this.order.input.channel;
  }

  get fate(): OrderFate {
    return this.order.fate;
  }

  /** Whether it can go into a wave, as far as the desk knows. */
  get isReady(): boolean {
    const isPicked = this.lines.every((line) => line.pickedPieces >= line.qty);
    return !this.isCancelled && !this.isHeld && !isPicked && this.lines.every((l) => l.isSupplied);
  }

  /** Whether all of it lies on the packing bench. */
  get isPicked(): boolean {
    return !this.isCancelled && this.lines.every((line) => line.pickedPieces >= line.qty);
  }

  /** Whether a carrier has it. */
  get isGone(): boolean {
    return this.parcels.some(({ isGone }) => isGone);
  }

  supply(line: number, stock: StockOfLine): void {
    this.lines[line - 1]?.supply(stock);
  }
}
