import { type HouseState, lineKey, type OrderState } from "./house-state.ts";
import {
  answerOf,
  cancelTasks,
  correctTo,
  giveBack,
  hasOf,
  type LineOf,
  tryFor,
} from "./model-stock.ts";
import { forSale, type Rule, refusesMove, rule } from "./rule.ts";
import { unpack } from "./rules-shipments.ts";

interface Placed {
  readonly externalRef: string;
  readonly priority?: number;
  readonly promise?: { readonly shipBy?: string };
  readonly lines: readonly {
    readonly sku: string;
    readonly grade?: string;
    readonly qty: number;
  }[];
}

interface OfOrder {
  readonly orderId: string;
}

/** Why nothing can be done for an order. */
export function refusesOrder({ orders }: HouseState, { orderId }: OfOrder): (string | false)[] {
  const order = orders.get(orderId);
  if (!order) return ["order-unknown"];
  return [order.status !== "open" && "order-cancelled"];
}

/** An order that there is. */
export function orderOf({ orders }: HouseState, { orderId }: OfOrder): OrderState {
  const order = orders.get(orderId);
  if (!order) throw new Error(`There is no order ${orderId}.`);
  return order;
}

const ordering: Readonly<Record<string, Rule>> = {
  "orders.placeOrder": rule<Placed, OfOrder>({
    refuses: ({ orders, variants }, { externalRef, lines }) => [
      [...orders.values()].some(({ ref }) => ref === externalRef) && "external-ref-taken",
      lines.some(({ sku }) => !variants.has(sku)) && "variant-unknown",
    ],
    does: (state, { externalRef, priority = 0, promise, lines }, { answer: { orderId } }) => {
      const shipByMs = promise?.shipBy === undefined ? null : Date.parse(promise.shipBy);
      const wanted = lines.map(({ sku, grade = "N", qty }) => ({ sku, grade, qty }));
      const facts = { ref: externalRef, priority, shipByMs, status: "open", held: false };
      state.orders.set(orderId, { ...facts, lines: wanted });
      const having = wanted.map((_, i) => {
        const line = { orderId, line: i + 1 };
        tryFor(state, line);
        return answerOf(state, line);
      });
      return { lines: having };
    },
  }),
  "orders.holdOrder": rule<OfOrder>({
    refuses: (state, input) => [
      ...refusesOrder(state, input),
      state.orders.get(input.orderId)?.held === true && "order-held",
    ],
    does: (state, input) => {
      orderOf(state, input).held = true;
      return undefined;
    },
  }),
  "orders.releaseOrder": rule<OfOrder>({
    refuses: (state, input) => [
      ...refusesOrder(state, input),
      state.orders.get(input.orderId)?.held === false && "order-not-held",
    ],
    does: (state, input) => {
      orderOf(state, input).held = false;
      return undefined;
    },
  }),
  "orders.cancelOrder": rule<OfOrder>({
    refuses: (state, input) => [
      ...refusesOrder(state, input),
      [...state.parcels.values()].some(({ order, status }) => {
        return order === input.orderId && ["handedOver", "delivered", "lost"].includes(status);
      }) && "order-handed-over",
    ],
    does: (state, input) => {
      const { orderId } = input;
      Object.assign(orderOf(state, input), { status: "cancelled", held: false });
      for (const parcel of state.parcels.values()) {
        const isIts = parcel.order === orderId && ["packed", "labelled"].includes(parcel.status);
        if (isIts) unpack(state, parcel);
      }
      for (const allocation of [...state.allocations.values()]) {
        if (allocation.order === orderId) giveBack(state, allocation);
      }
      releasePieces(state, orderId);
      cancelTasks(state, ({ order }) => order === orderId);
      return undefined;
    },
  }),
};

/**
 * What an order has in the house is free, but for the first pieces that it keeps: in its bin, or to
 * be put away anew.
 */
export function releasePieces(
  { pieces }: HouseState,
  orderId: string,
  line?: number,
  keep = 0,
): void {
  const its = [...pieces]
    .filter(([, piece]) => {
      const isIts = piece.order === orderId && (line === undefined || piece.line === line);
      return isIts && ["reserved", "picked"].includes(piece.status);
    })
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  for (const [, piece] of its.slice(keep)) {
    const status = piece.status === "reserved" ? "stored" : "graded";
    Object.assign(piece, { order: null, line: null, untilMs: null, status });
  }
}

/** Why nothing can be done for a line of an order. */
export function refusesLine(state: HouseState, { orderId, line }: LineOf): (string | false)[] {
  const order = state.orders.get(orderId);
  return [order !== undefined && !order.lines[line - 1] && "line-unknown"];
}

const allocating: Readonly<Record<string, Rule>> = {
  "stock.allocateLine": rule<LineOf>({
    refuses: (state, input) => [...refusesOrder(state, input), ...refusesLine(state, input)],
    does: (state, input) => {
      tryFor(state, input);
      return answerOf(state, input);
    },
  }),
  "stock.deallocateLine": rule<LineOf>({
    refuses: (state, input) => {
      const order = state.orders.get(input.orderId);
      if (!order) return ["order-unknown"];
      const { lpns } = hasOf(state, input);
      const statuses = lpns.map((lpn) => state.pieces.get(lpn)?.status);
      const allocation = state.allocations.get(lineKey(input.orderId, input.line));
      const picked = allocation !== undefined && allocation.state !== "allocated";
      const none = lpns.length === 0 && !allocation && order.lines[input.line - 1] !== undefined;
      return [
        ...refusesLine(state, input),
        (picked || statuses.some((status) => status !== "reserved")) && "line-picked",
        none && "line-not-allocated",
      ];
    },
    does: (state, { orderId, line }) => {
      const allocation = state.allocations.get(lineKey(orderId, line));
      if (allocation) giveBack(state, allocation);
      else releasePieces(state, orderId, line);
      cancelTasks(state, (task) => task.order === orderId && task.line === line);
      return undefined;
    },
  }),
};

interface Added {
  readonly ref: string;
  readonly sku: string;
  readonly grade?: string;
  readonly qty: number;
  readonly eta?: string;
  readonly bin?: string;
}

interface OfBatch {
  readonly ref: string;
}

/** A batch that there is. */
export function batchOf({ batches }: HouseState, { ref }: OfBatch) {
  const batch = batches.get(ref);
  if (!batch) throw new Error(`There is no batch ${ref}.`);
  return batch;
}

const stocking: Readonly<Record<string, Rule>> = {
  "stock.addBatch": rule<Added>({
    refuses: (state, { ref, sku, qty, eta, bin = null }) => [
      eta !== undefined && bin !== null && "batch-not-here",
      !state.variants.has(sku) && "variant-unknown",
      state.batches.has(ref) && "batch-ref-taken",
      ...refusesMove(state, { from: null, to: bin, pieces: qty }),
    ],
    does: ({ batches }, { ref, sku, grade = "N", qty, eta, bin = null }) => {
      const etaMs = eta === undefined ? null : Date.parse(eta);
      const none = { allocated: 0, picked: 0, inbound: null };
      batches.set(ref, { sku, grade, qty, etaMs, here: etaMs === null, bin, ...none });
      return undefined;
    },
  }),
  "stock.receiveBatch": rule<OfBatch>({
    refuses: ({ batches }, { ref }) => [
      !batches.has(ref) && "batch-unknown",
      batches.get(ref)?.here === true && "batch-here",
    ],
    does: (state, input) => {
      batchOf(state, input).here = true;
      return { qty: batchOf(state, input).qty };
    },
  }),
  "stock.putAwayLot": rule<OfBatch & { readonly bin: string }>({
    refuses: (state, { ref, bin }) => {
      const batch = state.batches.get(ref);
      if (!batch) return ["batch-unknown"];
      if (batch.bin === bin) return [];
      return [
        !batch.here && "batch-not-here",
        ...refusesMove(state, { from: batch.bin, to: bin, pieces: batch.qty, kinds: forSale }),
      ];
    },
    does: (state, input) => {
      const batch = batchOf(state, input);
      const from = batch.bin;
      batch.bin = input.bin;
      return { from };
    },
  }),
  "stock.changeBatchQuantity": rule<OfBatch & { readonly qty: number }>({
    refuses: (state, { ref, qty }) => {
      const batch = state.batches.get(ref);
      if (!batch) return ["batch-unknown"];
      const { bin, picked, qty: before } = batch;
      const noes = refusesMove(state, { from: null, to: bin, pieces: qty - before });
      return [qty < picked && "batch-picked", ...noes];
    },
    does: (state, { ref, qty }) => correctTo(state, ref, qty),
  }),
};

/** What is known of the commands of orders and of stock. */
export const ordersRules = { ...ordering, ...allocating, ...stocking };
