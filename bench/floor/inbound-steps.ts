import { type Floor, type OpenInbound, type Step, take } from "./floor.ts";

const piecesWaitingMax = 60;
const pieceLine = (one: OpenInbound["lines"][number]) => !one.isLot && one.left > 0;
const lotLine = (one: OpenInbound["lines"][number]) => one.isLot && one.left > 0;
const firstWith = (floor: Floor, wanted: typeof pieceLine) => {
  const inbound = floor.inbounds.find(({ lines }) => lines.some(wanted));
  const line = inbound?.lines.find(wanted);
  if (!inbound || !line) throw new Error("There is nothing to receive.");
  return { inbound, line };
};
const has = (floor: Floor, wanted: typeof pieceLine) =>
  floor.inbounds.some(({ lines }) => lines.some(wanted));
const grades = ["A", "A", "A", "B", "C"] as const;

/** What is done at the dock, at the grading tables and on the way to the bins. */
export const inboundSteps: Readonly<Record<string, Step>> = {
  announceInbound: {
    weight: 4,
    ready: ({ inbounds }) => inbounds.length < 12,
    async send(floor, { inbound }) {
      const said = [
        { sku: floor.anyPieceSku, qty: 10, isLot: false },
        { sku: floor.anyPieceSku, qty: 8, isLot: false },
        { sku: floor.anyBatchSku, qty: 20, isLot: true },
      ];
      const answer = await inbound.announceInbound({
        ...{ source: "bench", ref: floor.newName("IN"), kind: "seller" },
        lines: said.map(({ isLot, ...line }) => line),
      });
      const lines = said.map(({ qty: left, ...of }, i) => ({ line: i + 1, left, ...of }));
      floor.inbounds.push({ id: answer.data.inboundId, lines, plates: [] });
      return answer;
    },
  },
  "announceInbound, return": {
    weight: 8,
    ready: ({ delivered }) => delivered.length > 3,
    async send(floor, { inbound }) {
      const order = take(floor.delivered);
      const [first] = order.picked;
      const { sku = "" } = order.lines.find(({ line }) => line === first?.line) ?? {};
      const orderLine = first?.line ?? 1;
      const answer = await inbound.announceInbound({
        ...{ source: "bench", ref: `${order.id}/RMA`, kind: "return", orderId: order.id },
        ...{ returnReason: "too small", lines: [{ sku, qty: 1, orderLine }] },
      });
      const plates = first && "lpn" in first ? [first.lpn] : [];
      const lines = [{ line: 1, sku, isLot: false, left: 1 }];
      floor.inbounds.unshift({ id: answer.data.inboundId, lines, plates });
      return answer;
    },
  },
  receivePiece: {
    weight: 80,
    ready: (floor) => floor.toGrade.length < piecesWaitingMax && has(floor, pieceLine),
    async send(floor, client) {
      const { inbound, line } = firstWith(floor, pieceLine);
      const lpn = inbound.plates.shift() ?? floor.newName("L");
      const of = { inboundId: inbound.id, line: line.line, lpn };
      const answer = await client.inbound.receivePiece(of);
      line.left -= 1;
      floor.lastLpn = lpn;
      floor.toGrade.push({ lpn, sku: line.sku });
      return answer;
    },
  },
  receiveLot: {
    weight: 5,
    ready: (floor) => has(floor, lotLine),
    async send(floor, client) {
      const { inbound, line } = firstWith(floor, lotLine);
      const batchRef = `${inbound.id}/${line.line}`;
      const of = { inboundId: inbound.id, line: line.line, qty: line.left, grade: "N", batchRef };
      const answer = await client.inbound.receiveLot(of);
      line.left = 0;
      floor.lots.push(batchRef);
      return answer;
    },
  },
  putAwayLot: {
    weight: 5,
    ready: ({ lots }) => lots.length > 0,
    send: (floor, { stock }) => stock.putAwayLot({ ref: take(floor.lots), bin: floor.anyBin }),
  },
  closeInbound: {
    weight: 11,
    ready: ({ inbounds }) => inbounds.some(isReceived),
    async send(floor, { inbound }) {
      const at = floor.inbounds.findIndex(isReceived);
      const [received] = floor.inbounds.splice(at, 1);
      return inbound.closeInbound({ inboundId: received?.id ?? "" });
    },
  },
  gradeGarment: {
    weight: 80,
    ready: ({ toGrade }) => toGrade.length > 0,
    send(floor, { garments }) {
      const { lpn, sku } = take(floor.toGrade);
      const grade = floor.random.pick(grades);
      floor.toDecide.push({ lpn, sku, grade });
      const defects = [{ kind: "pilling", place: "sleeve", severity: "minor" }] as const;
      return garments.gradeGarment({ lpn, grade, ...(grade !== "A" && { defects }) });
    },
  },
  decideDisposition: {
    weight: 80,
    ready: ({ toDecide }) => toDecide.length > 0,
    send(floor, { garments }) {
      const piece = take(floor.toDecide);
      const isSold = !floor.random.chance(0.05);
      if (isSold) floor.toPutAway.push(piece);
      const disposition = isSold ? "sell" : "donate";
      return garments.decideDisposition({ lpn: piece.lpn, disposition });
    },
  },
  putAway: {
    weight: 76,
    ready: ({ toPutAway }) => toPutAway.length > 0,
    send(floor, { garments }) {
      const { lpn, sku, grade = "A" } = take(floor.toPutAway);
      floor.changeSellable({ sku, grade }, 1);
      return garments.putAway({ lpn, bin: floor.anyBin });
    },
  },
};

function isReceived({ lines }: OpenInbound): boolean {
  return lines.every(({ left }) => left === 0);
}
