import { defineEntity, p } from "@mikro-orm/postgresql";
import { type Aggregate, type DomainEvent, happened } from "../../kernel/events.ts";
import { OrderLine } from "./order-line.ts";
import { ordersRefusals } from "./refusals.ts";

/** An order as a channel places it. */
export interface OrderToPlace {
  readonly id: string;
  readonly tenant: string;
  readonly channel: string;
  readonly externalRef: string;
  readonly warehouse: string;
  readonly priority: number;
  readonly orderedAt: Date;
  readonly shipBy: Date | null;
  readonly deliverBy: Date | null;
  readonly carrierService: string | null;
  readonly lines: readonly {
    readonly sku: string;
    readonly grade: string;
    readonly qty: number;
    readonly priceCents: number | null;
  }[];
}

const OrderSchema = defineEntity({
  name: "Order",
  tableName: "sales_order",
  properties: {
    tenant: p.text().primary(),
    id: p.uuid().primary(),
    channel: p.text(),
    externalRef: p.text(),
    warehouse: p.text(),
    priority: p.integer(),
    shipBy: p.datetime().nullable(),
    deliverBy: p.datetime().nullable(),
    carrierService: p.text().nullable(),
    orderedAt: p.datetime(),
    status: p.text().$type<"open" | "cancelled">(),
    cancelReason: p.text().nullable(),
    heldAt: p.datetime().nullable(),
    holdReason: p.text().nullable(),
    version: p.integer().concurrencyCheck(),
  },
});

/** What a customer of some channel wants, and by when. */
export class Order extends OrderSchema.class implements Aggregate {
  lines: OrderLine[] = [];
  readonly #gone: OrderLine[] = [];

  /** A channel places an order; its lines are numbered from one, as they came. */
  static place({ lines, ...facts }: OrderToPlace): { order: Order; placed: DomainEvent } {
    const order = Object.assign(new Order(), facts, {
      ...{ status: "open" as const, cancelReason: null, heldAt: null, holdReason: null },
      version: 0,
    });
    order.lines = lines.map((line, i) =>
      Object.assign(new OrderLine(), line, {
        tenant: order.tenant,
        orderId: order.id,
        line: i + 1,
      }),
    );
    const { channel, externalRef, warehouse } = order;
    const data = { channel, externalRef, warehouse, lines: lines.length, qty: piecesOf(lines) };
    return { order, placed: happened(order, "OrderPlaced", data) };
  }

  journalKey() {
    return { kind: "Order", id: this.id };
  }

  parts() {
    return this.lines;
  }

  gone() {
    return this.#gone;
  }

  /** One of its lines; refused where there is none or nothing more can be done for it. */
  openLine(line: number): OrderLine {
    this.#requireOpen();
    const found = this.lines.find((one) => one.line === line);
    if (!found) throw ordersRefusals.because("line-unknown", { orderId: this.id, line });
    return found;
  }

  /**
   * The customer wants fewer pieces of a line, and pays for those only. A line of which nothing is
   * left is off the order. An order of which nothing is left is cancelled, its last line to be
   * seen.
   */
  reduceLine(line: number, by: number, reason: string): DomainEvent {
    const found = this.openLine(line);
    const { sku, qty, priceCents = null } = found;
    const left = qty - by;
    if (left < 0) throw ordersRefusals.because("line-smaller", { orderId: this.id, line, qty });
    if (left === 0 && this.lines.length === 1) return this.cancel(reason);

    if (left === 0) {
      this.lines = this.lines.filter((one) => one !== found);
      this.#gone.push(found);
    } else {
      found.qty = left;
      found.priceCents = priceCents === null ? null : Math.round((priceCents * left) / qty);
    }
    return happened(this, "OrderLineReduced", { line, sku, by, left, reason });
  }

  /** Somebody wants it to wait: until it is released it is neither picked nor shipped. */
  hold(reason: string, at: Date): DomainEvent {
    this.#requireOpen();
    if (this.heldAt != null) {
      const { id: orderId, holdReason } = this;
      throw ordersRefusals.because("order-held", { orderId, reason: holdReason });
    }

    Object.assign(this, { heldAt: at, holdReason: reason });
    return happened(this, "OrderHeld", { reason });
  }

  /** It need not wait any longer. */
  release(reason: string): DomainEvent {
    this.#requireOpen();
    if (this.heldAt == null) throw ordersRefusals.because("order-not-held", { orderId: this.id });

    Object.assign(this, { heldAt: null, holdReason: null });
    return happened(this, "OrderReleased", { reason });
  }

  /** Refuses unless its pieces may be picked and shipped. */
  requireFree(): void {
    this.#requireOpen();
    if (this.heldAt == null) return;
    const { id: orderId, holdReason } = this;
    throw ordersRefusals.because("order-held", { orderId, reason: holdReason });
  }

  /** The customer or the channel wants it no longer. */
  cancel(reason: string): DomainEvent {
    this.#requireOpen();

    this.status = "cancelled";
    this.cancelReason = reason;
    Object.assign(this, { heldAt: null, holdReason: null });
    return happened(this, "OrderCancelled", { reason, qty: piecesOf(this.lines) });
  }

  #requireOpen(): void {
    if (this.status === "open") return;
    throw ordersRefusals.because("order-cancelled", { orderId: this.id });
  }
}

OrderSchema.setClass(Order);

function piecesOf(lines: readonly { readonly qty: number }[]): number {
  return lines.reduce((sum, { qty }) => sum + qty, 0);
}
