import type { OrderRefusal } from "./plan-order.ts";
import type { SourceRow } from "./source-rows.ts";

/** So that a file in which every order lies scattered cannot fill the memory. */
const waitingRowsMax = 50_000;
const waitingSizeMax = 16 * 1024 * 1024;

/** An order whose rows are being gathered. */
export interface OpenOrder {
  readonly orderId: string;
  readonly rows: SourceRow[];
  size: number;
  /** The row that was met of it last. */
  lastRow: number;
  /** Why the whole order is refused, whatever its rows say. */
  refusal: OrderRefusal | null;
}

/** Orders of which more rows are still to come, as many as fit into some memory. */
export class WaitingOrders {
  readonly #orders = new Map<string, OpenOrder>();
  #rows = 0;
  #size = 0;

  /** Whether there is memory left for its rows. */
  hasRoomFor({ rows, size }: OpenOrder): boolean {
    return this.#rows + rows.length <= waitingRowsMax && this.#size + size <= waitingSizeMax;
  }

  /** Keeps an order. */
  add(order: OpenOrder): void {
    this.#orders.set(order.orderId, order);
    this.#rows += order.rows.length;
    this.#size += order.size;
  }

  /** An order that waits. */
  get(orderId: string): OpenOrder | undefined {
    return this.#orders.get(orderId);
  }

  /** The first row of all that wait, or infinity. */
  firstRow(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { rows } of this.#orders.values()) first = Math.min(first, rows[0]?.row ?? first);
    return first;
  }

  /** Gives an order back. */
  take(orderId: string): OpenOrder | undefined {
    const order = this.#orders.get(orderId);
    if (!order) return undefined;
    this.#orders.delete(orderId);
    this.#rows -= order.rows.length;
    this.#size -= order.size;
    return order;
  }
}
