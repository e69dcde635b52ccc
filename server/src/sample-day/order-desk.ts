import type { AddBatchInput, PlacedOrder } from "../import/import-client.ts";
import type { LineRef } from "./sample-day-client.ts";
import type { SampleOrder } from "./sample-orders.ts";

/** A line that the desk knows, with the shop's own name of its order. */
export interface DeskLine extends LineRef {
  externalRef: string;
}

interface DeskOrder {
  readonly order: SampleOrder;
  readonly orderId: string;
  readonly allocated: Map<number, boolean>;
  cancelled: boolean;
}

/**
 * Knows of each placed order what the server has answered about it. It is filled from answers
 * alone, which the server repeats, so that a second play of a day comes to the same decisions.
 */
export class OrderDesk {
  readonly #byRef = new Map<string, DeskOrder>();
  readonly #byId = new Map<string, DeskOrder>();

  placed(order: SampleOrder, answer: PlacedOrder): void {
    const allocated = new Map(answer.lines.map((line) => [line.line, line.allocated]));
    const desk = { order, orderId: answer.orderId, allocated, cancelled: false };
    this.#byRef.set(order.input.externalRef, desk);
    this.#byId.set(answer.orderId, desk);
  }

  cancelled(orderId: string): void {
    const desk = this.#byId.get(orderId);
    if (desk) desk.cancelled = true;
  }

  allocated({ orderId, line }: LineRef): void {
    this.#byId.get(orderId)?.allocated.set(line, true);
  }

  deallocated(lines: readonly LineRef[]): void {
    for (const { orderId, line } of lines) this.#byId.get(orderId)?.allocated.set(line, false);
  }

  /** The orders whose customers step back at this time. */
  toCancel(time: "noon" | "evening"): { orderId: string; externalRef: string }[] {
    return this.#inOrder()
      .filter(({ order, cancelled }) => order.cancelled === time && !cancelled)
      .map(({ order, orderId }) => ({ orderId, externalRef: order.input.externalRef }));
  }

  /** Of these orders, the lines that are let go because of a flaw. */
  toLetGo(orders: readonly SampleOrder[]): DeskLine[] {
    return orders
      .filter((order) => order.letGo)
      .flatMap((order) => {
        const desk = this.#byRef.get(order.input.externalRef);
        const line = [...(desk?.allocated ?? [])].find(([, allocated]) => allocated)?.[0];
        if (!desk || line === undefined) return [];
        return [{ orderId: desk.orderId, line, externalRef: order.input.externalRef }];
      });
  }

  /** The lines without pieces that these batches could serve. */
  waitingFor(batches: readonly AddBatchInput[]): DeskLine[] {
    const delivered = new Set(batches.map((batch) => `${batch.sku} ${batch.grade}`));
    return this.#inOrder()
      .filter(({ cancelled }) => !cancelled)
      .flatMap(({ order, orderId, allocated }) =>
        order.input.lines.flatMap(({ sku, grade }, at) =>
          allocated.get(at + 1) === false && delivered.has(`${sku} ${grade}`)
            ? [{ orderId, line: at + 1, externalRef: order.input.externalRef }]
            : [],
        ),
      );
  }

  /** In the order of the plan, whichever answer came first. */
  #inOrder(): DeskOrder[] {
    return [...this.#byRef.values()].sort((one, other) =>
      one.order.input.externalRef < other.order.input.externalRef ? -1 : 1,
    );
  }
}
