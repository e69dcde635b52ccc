import type { SampleOrder } from "../plan/orders.ts";
import type { DataOf } from "../sample-day-client.ts";
import { DeskOrder, type StockOfLine } from "./desk-order.ts";

/** A line of an order, by the server's id of the order. */
export interface LineRef {
  readonly orderId: string;
  readonly line: number;
}

/**
 * Knows of each placed order what the server has answered about it. It is filled from answers
 * alone, which the server repeats, so that a second play of a day comes to the same decisions.
 */
export class OrderDesk {
  readonly #byRef = new Map<string, DeskOrder>();
  readonly #byId = new Map<string, DeskOrder>();

  placed(order: SampleOrder, answer: DataOf<"orders.placeOrder">): DeskOrder {
    const desk = new DeskOrder(order, answer);
    this.#byRef.set(desk.ref, desk);
    this.#byId.set(desk.orderId, desk);
    return desk;
  }

  /** An order that was placed, and perhaps cancelled since. */
  find(order: SampleOrder): DeskOrder | undefined {
    return this.#byRef.get(order.input.externalRef);
  }

  /** By the server's id; the day has no orders but its own. */
  get(orderId: string): DeskOrder | undefined {
    return this.#byId.get(orderId);
  }

  /** All orders, in the order of the plan, whichever answer came first. */
  all(): DeskOrder[] {
    return [...this.#byRef.values()].sort((one, other) => (one.ref < other.ref ? -1 : 1));
  }

  /** What a line has now. */
  supply({ orderId, line }: LineRef, stock: StockOfLine): void {
    this.#byId.get(orderId)?.supply(line, stock);
  }

  /** The lines that have no pieces yet, or have lost them, and would take any. */
  waiting(): { order: DeskOrder; line: number }[] {
    return this.all()
      .filter(({ isCancelled, fate }) => !isCancelled && fate !== "wants this piece")
      .flatMap((order) =>
        order.lines.filter((one) => !one.isSupplied).map(({ line }) => ({ order, line })),
      );
  }

  /** So many pieces of a batch have been picked and are still in the house. */
  inHands(batch: string): number {
    return this.#pieces(batch, (order) => !order.isGone);
  }

  /** So many pieces of a batch have left the house. */
  shipped(batch: string): number {
    return this.#pieces(batch, (order) => order.isGone);
  }

  #pieces(batch: string, where: (order: DeskOrder) => boolean): number {
    const lines = [...this.#byId.values()]
      .filter((order) => !order.isCancelled && where(order))
      .flatMap((order) => order.lines);
    return lines
      .filter((line) => line.batch === batch)
      .reduce((sum, { pickedPieces }) => sum + pickedPieces, 0);
  }
}
