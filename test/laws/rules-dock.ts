import type { HouseState, InboundLineState, InboundState } from "./house-state.ts";
import { type Rule, refusesMove, rule } from "./rule.ts";

interface Announced {
  readonly ref: string;
  readonly orderId?: string;
  readonly lines: readonly {
    readonly sku: string;
    readonly grade?: string;
    readonly qty: number;
    readonly orderLine?: number;
  }[];
}

interface OfLine {
  readonly inboundId: string;
  readonly line: number;
  readonly overReason?: string;
}

const gone = ["handedOver", "delivered", "lost"];
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

/** Pieces of an order's line that a carrier has or had, in parcels of another status. */
function shippedOf({ parcels }: HouseState, order: string, line: number | null, but = "") {
  return [...parcels.values()]
    .filter((one) => one.order === order && gone.includes(one.status) && one.status !== but)
    .flatMap(({ items }) => items.filter((item) => item.line === line));
}

function refusesReturn(state: HouseState, { orderId, lines }: Announced): (string | false)[] {
  if (orderId === undefined) return [];
  const order = state.orders.get(orderId);
  if (!order) return ["order-unknown"];
  return lines.flatMap(({ sku, orderLine = 0 }) => {
    const same = lines.filter((one) => one.sku === sku && one.orderLine === orderLine);
    const isIts = order.lines[orderLine - 1]?.sku === sku;
    const shipped = isIts ? shippedOf(state, orderId, orderLine, "lost") : [];
    const announced = [...state.inbounds.values()]
      .filter((one) => one.order === orderId)
      .flatMap(({ status, lines }) =>
        lines
          .filter((one) => one.orderLine === orderLine)
          .map((one) =>
            status === "closed" ? one.received : Math.max(one.expected, one.received),
          ),
      );
    const left = sum(shipped.map(({ qty }) => qty)) - sum(announced);
    const many = sum(same.map(({ qty }) => qty));
    return [
      many > left && "more-than-shipped",
      many <= left && state.settings.windowDays === 0 && "return-window-over",
    ];
  });
}

/** How many pieces may still come back on a line without a plate that they left under. */
function leftWithoutPlate(state: HouseState, inbound: InboundState, line: InboundLineState) {
  const { order } = inbound;
  if (order === null) return Number.POSITIVE_INFINITY;
  const shipped = shippedOf(state, order, line.orderLine).filter(({ batch }) => batch !== null);
  const others = [...state.inbounds.values()].filter(
    (one) => one.order === order && one !== inbound,
  );
  const back = others.flatMap(({ lines }) =>
    lines.filter((one) => one.orderLine === line.orderLine).map(({ received }) => received),
  );
  return sum(shipped.map(({ qty }) => qty)) - sum(back) - line.received;
}

function refusesReceipt(
  state: HouseState,
  { inboundId, line, overReason }: OfLine,
  qty: number,
): (string | false)[] {
  const inbound = state.inbounds.get(inboundId);
  if (!inbound) return ["inbound-unknown"];
  const of = inbound.lines[line - 1];
  if (!of) return ["inbound-line-unknown"];
  const isOver = of.received + qty > of.expected;
  return [
    inbound.status === "closed" && "inbound-closed",
    isOver && overReason === undefined && "over-receipt",
  ];
}

function lineOf(state: HouseState, { inboundId, line }: OfLine) {
  const inbound = state.inbounds.get(inboundId);
  const of = inbound?.lines[line - 1];
  if (!inbound || !of) throw new Error(`There is no line ${line} of ${inboundId}.`);
  return { inbound, of };
}

function receive(state: HouseState, input: OfLine, qty: number): object {
  const { inbound, of } = lineOf(state, input);
  inbound.status = "receiving";
  of.received += qty;
  if (of.received > of.expected) of.discrepancy = input.overReason ?? null;
  return { received: of.received, expected: of.expected };
}

/** Whether a plate comes back that left for the order's line of which this is a return. */
function comesBack(state: HouseState, { lpn, ...of }: OfLine & { readonly lpn: string }): boolean {
  const inbound = state.inbounds.get(of.inboundId);
  const piece = state.pieces.get(lpn);
  const orderLine = inbound?.lines[of.line - 1]?.orderLine ?? null;
  if (!inbound || !piece || piece.order === null || orderLine === null) return false;
  return piece.order === inbound.order && piece.line === orderLine;
}

const receivePiece = rule<OfLine & { lpn: string; sku?: string; consignor?: string }>({
  refuses: (state, input) => {
    const noes = refusesReceipt(state, input, 1);
    const inbound = state.inbounds.get(input.inboundId);
    const line = inbound?.lines[input.line - 1];
    if (!inbound || !line) return noes;
    const known = state.pieces.get(input.lpn);
    const back = comesBack(state, input);
    return [
      ...noes,
      input.sku !== undefined && input.sku !== line.sku && "sku-not-expected",
      known !== undefined && !back && "lpn-taken",
      back && known?.status !== "shipped" && "garment-status-forbids",
      !known && leftWithoutPlate(state, inbound, line) < 1 && "piece-not-shipped",
    ];
  },
  does: (state, input) => {
    const { inboundId, line: inboundLine, lpn, consignor } = input;
    const before = state.pieces.get(lpn);
    const { of } = lineOf(state, input);
    state.pieces.set(lpn, {
      ...{ sku: of.sku, consigned: before?.consigned ?? consignor !== undefined },
      ...{ status: "received", grade: null, before: before?.grade ?? null, wear: false },
      ...{ disposition: null, bin: null, order: null, line: null, untilMs: null },
      ...{ inbound: inboundId, inboundLine, storedMs: null },
    });
    return receive(state, input, 1);
  },
});

interface Lot extends OfLine {
  readonly batchRef: string;
  readonly qty: number;
  readonly grade: string;
  readonly bin?: string;
}

const receiveLot = rule<Lot>({
  refuses: (state, input) => {
    const noes = refusesReceipt(state, input, input.qty);
    const inbound = state.inbounds.get(input.inboundId);
    const line = inbound?.lines[input.line - 1];
    const left = inbound && line ? leftWithoutPlate(state, inbound, line) : input.qty;
    return [
      ...noes,
      left < input.qty && "piece-not-shipped",
      !state.settings.grades.includes(input.grade) && "grade-unknown",
      state.batches.has(input.batchRef) && "batch-ref-taken",
      ...refusesMove(state, { from: null, to: input.bin ?? null, pieces: input.qty }),
    ];
  },
  does: (state, input) => {
    const { batchRef, qty, grade, bin = null, inboundId } = input;
    const { sku } = lineOf(state, input).of;
    const none = { allocated: 0, picked: 0, etaMs: null, here: true };
    state.batches.set(batchRef, { sku, grade, qty, bin, inbound: inboundId, ...none });
    return receive(state, input, qty);
  },
});

interface Closing {
  readonly inboundId: string;
  readonly discrepancies: readonly { readonly line: number; readonly reason: string }[];
}

const closeInbound = rule<Closing>({
  refuses: (state, { inboundId, discrepancies }) => {
    const inbound = state.inbounds.get(inboundId);
    if (!inbound) return ["inbound-unknown"];
    const { lines, status } = inbound;
    const told = discrepancies.map(({ line }) => lines[line - 1]);
    const unexplained = lines.filter((one) => {
      const isInFull = one.received === one.expected;
      return !isInFull && one.discrepancy === null && !told.includes(one);
    });
    return [
      status === "closed" && "inbound-closed",
      told.includes(undefined) && "inbound-line-unknown",
      told.some((one) => one?.received === one?.expected) && "nothing-to-explain",
      unexplained.length > 0 && "discrepancy-unexplained",
    ];
  },
  does: (state, { inboundId, discrepancies }) => {
    const inbound = state.inbounds.get(inboundId);
    if (!inbound) throw new Error(`There is no inbound ${inboundId}.`);
    inbound.status = "closed";
    for (const { line, reason } of discrepancies) {
      const of = inbound.lines[line - 1];
      if (of) of.discrepancy = reason;
    }
    const differing = inbound.lines.filter(({ received, expected }) => received !== expected);
    return { discrepancies: differing.length };
  },
});

const announceInbound = rule<Announced, { inboundId: string }>({
  refuses: (state, input) => [
    ...refusesReturn(state, input),
    [...state.inbounds.values()].some(({ ref }) => ref === input.ref) && "inbound-ref-taken",
    input.lines.some(({ sku }) => !state.variants.has(sku)) && "variant-unknown",
    input.lines.some(({ grade = "N" }) => !state.settings.grades.includes(grade)) &&
      "grade-unknown",
  ],
  does: (state, { ref, orderId = null, lines }, { answer }) => {
    state.inbounds.set(answer.inboundId, {
      ...{ ref, order: orderId, status: "announced" },
      lines: lines.map(({ sku, qty: expected, orderLine = null }) => ({
        ...{ sku, expected, orderLine, received: 0, discrepancy: null },
      })),
    });
    return undefined;
  },
});

/** What is known of the dock's commands. */
export const dockRules: Readonly<Record<string, Rule>> = {
  "inbound.announceInbound": announceInbound,
  "inbound.receivePiece": receivePiece,
  "inbound.receiveLot": receiveLot,
  "inbound.closeInbound": closeInbound,
};
