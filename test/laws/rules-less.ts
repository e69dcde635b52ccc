import { backOfLine, type HouseState, lineKey } from "./house-state.ts";
import {
  answerOf,
  cancelTasks,
  correctTo,
  giveBack,
  hasOf,
  type LineOf,
  tryFor,
} from "./model-stock.ts";
import { type Rule, refusesMove, rule } from "./rule.ts";
import { batchOf, orderOf, refusesLine, refusesOrder, releasePieces } from "./rules-orders.ts";

interface Less extends LineOf {
  readonly by: number;
}

function wantedBy(state: HouseState, { orderId, line }: LineOf): number {
  return state.orders.get(orderId)?.lines[line - 1]?.qty ?? 0;
}

/** A line wants so many; a line that wants none is off its order, which ends with its last one. */
function want(state: HouseState, of: LineOf, qty: number): void {
  const order = orderOf(state, of);
  const { lines } = order;
  const wanted = lines[of.line - 1];
  if (!wanted) throw new Error(`There is no line ${of.line}.`);
  if (qty > 0) wanted.qty = qty;
  else if (lines.filter((line) => line !== null).length === 1) {
    Object.assign(order, { status: "cancelled", held: false });
  } else {
    lines[of.line - 1] = null;
    while (lines.at(-1) === null) lines.pop();
  }
}

/** What is known of the commands that take pieces off an order, or off a batch. */
export const lessRules: Readonly<Record<string, Rule>> = {
  "orders.reduceLine": rule<Less>({
    refuses: (state, input) => {
      const { orderId, line, by } = input;
      const left = wantedBy(state, input) - by;
      const allocation = state.allocations.get(lineKey(orderId, line));
      const isPicked =
        (allocation !== undefined && allocation.state !== "allocated") ||
        hasOf(state, input).lpns.some((lpn) => state.pieces.get(lpn)?.status !== "reserved") ||
        left < backOfLine(state, orderId, line);
      return [
        ...refusesOrder(state, input),
        ...refusesLine(state, input),
        left < 0 && "line-smaller",
        isPicked && "line-picked",
      ];
    },
    does: (state, input) => {
      const { orderId, line, by } = input;
      const left = wantedBy(state, input) - by;
      const allocation = state.allocations.get(lineKey(orderId, line));
      want(state, input, left);
      if (allocation && left === 0) giveBack(state, allocation);
      else if (allocation) {
        allocation.qty = left;
        batchOf(state, { ref: allocation.batch }).allocated -= by;
      } else {
        releasePieces(state, orderId, line, left - backOfLine(state, orderId, line));
        if (left > 0) tryFor(state, input);
      }
      cancelTasks(state, (task) => task.order === orderId && task.line === line);
      const has = left > 0 ? answerOf(state, input) : { line, batch: null, lpns: [] };
      return { ...has, left, cancelled: orderOf(state, input).status === "cancelled" };
    },
  }),
  "stock.adjustBatch": rule<{ readonly ref: string; readonly by: number }>({
    refuses: (state, { ref, by }) => {
      const batch = state.batches.get(ref);
      if (!batch) return ["batch-unknown"];
      const { bin, picked, qty } = batch;
      return [
        qty + by < picked && "batch-short",
        ...refusesMove(state, { from: null, to: bin, pieces: by }),
      ];
    },
    does: (state, { ref, by }) => correctTo(state, ref, batchOf(state, { ref }).qty + by),
  }),
};
