import { type Floor, type Step, take } from "./floor.ts";
import { floorStock } from "./house.ts";
import { placeOf } from "./outbound-steps.ts";

/** What comes up besides: moves, counts, corrections, second thoughts, and what is refused. */
export const sideSteps: Readonly<Record<string, Step>> = {
  cancelOrder: {
    weight: 3,
    ready: ({ waiting, toPlan }) => waiting.length > 3 || toPlan.length > 3,
    async send(floor, { orders }) {
      const isWaiting = floor.waiting.length > 3;
      const order = isWaiting ? take(floor.waiting).order : take(floor.toPlan);
      const answer = await orders.cancelOrder({ orderId: order.id, reason: "changed mind" });
      if (order.picked.length === 0) {
        for (const line of order.lines) if (line.isPiece) floor.changeSellable(line, 1);
      }
      return answer;
    },
  },
  holdOrder: {
    weight: 2,
    ready: ({ toPlan }) => toPlan.length > 3,
    async send(floor, { orders }) {
      const order = take(floor.toPlan);
      const answer = await orders.holdOrder({ orderId: order.id, reason: "address in doubt" });
      floor.held.push(order);
      return answer;
    },
  },
  releaseOrder: {
    weight: 2,
    ready: ({ held }) => held.length > 0,
    async send(floor, { orders }) {
      const order = take(floor.held);
      const answer = await orders.releaseOrder({ orderId: order.id, reason: "address found" });
      floor.toPlan.push(order);
      return answer;
    },
  },
  movePiece: {
    weight: 8,
    ready: ({ spare }) => spare.length > 0,
    send(floor, { garments }) {
      const piece = take(floor.spare);
      floor.spare.push(piece);
      const fromBin = floor.names.spareBin(piece.place);
      piece.place = piece.place === 0 ? 1 : 0;
      const toBin = floor.names.spareBin(piece.place);
      return garments.movePiece({ lpn: piece.lpn, fromBin, toBin });
    },
  },
  regradeGarment: {
    weight: 2,
    ready: ({ spare }) => spare.length > 0,
    send(floor, { garments }) {
      const piece = take(floor.spare);
      floor.spare.push(piece);
      piece.grade = piece.grade === "A" ? "B" : "A";
      const reason = "seen in daylight";
      return garments.regradeGarment({ lpn: piece.lpn, grade: piece.grade, defects: [], reason });
    },
  },
  quarantine: {
    weight: 2,
    ready: ({ spare }) => spare.length > 10,
    send(floor, { garments }) {
      const piece = take(floor.spare);
      floor.quarantined.push(piece);
      return garments.quarantine({ lpn: piece.lpn, reason: "smells of smoke" });
    },
  },
  releaseQuarantine: {
    weight: 2,
    ready: ({ quarantined }) => quarantined.length > 0,
    send(floor, { garments }) {
      const piece = take(floor.quarantined);
      floor.spare.push(piece);
      return garments.releaseQuarantine({ lpn: piece.lpn, reason: "aired" });
    },
  },
  startCount: {
    weight: 1,
    ready: ({ isCounting }) => !isCounting,
    send(floor, { bins }) {
      floor.isCounting = true;
      return bins.startCount({ bin: floor.names.countedBin });
    },
  },
  submitCount: {
    weight: 1,
    ready: ({ isCounting }) => isCounting,
    send(floor, { bins }) {
      floor.isCounting = false;
      const lpns = Array.from({ length: floorStock.counted }, (_, n) => floor.names.countedLpn(n));
      const of = { bin: floor.names.countedBin, reason: "in turn" };
      return bins.submitCount({ ...of, seen: { lpns, batches: [] } });
    },
  },
  changeBatchQuantity: {
    weight: 2,
    ready: () => true,
    send(floor, { stock }) {
      const ref = `${floor.anyBatchSku}/1`;
      const qty = floorStock.batchQty + floor.random.int(-20, 20);
      return stock.changeBatchQuantity({ ref, qty, reason: "counted" });
    },
  },
  addBatch: {
    weight: 2,
    ready: () => true,
    send: (floor, { stock }) =>
      stock.addBatch({ ref: floor.newName("B"), sku: floor.anyBatchSku, qty: 20 }),
  },
  registerVariant: {
    weight: 2,
    ready: () => true,
    send: (floor, { catalogue }) =>
      catalogue.registerVariant({ sku: floor.newName("S"), style: "BENCH", brand: "new" }),
  },
  ...refusedSteps(),
};

/** What is asked by mistake, and refused. */
function refusedSteps(): Record<string, Step> {
  return {
    "placeOrder, again": {
      weight: 3,
      ready: ({ lastRef }) => lastRef !== "",
      send(floor, { orders }) {
        const lines = [{ sku: floor.anyBatchSku, qty: 1 }];
        return orders.placeOrder({ channel: "bench", externalRef: floor.lastRef, lines });
      },
    },
    "confirmPick, wrong scan": {
      weight: 4,
      ready: (floor: Floor) => floor.toPick.length > 0,
      send(floor, { waves }) {
        const task = take(floor.toPick);
        floor.toPick.unshift(task);
        return waves.confirmPick({ ...placeOf(task), scannedLpn: floor.names.spareLpn(0) });
      },
    },
    "receivePiece, plate taken": {
      weight: 1,
      ready: ({ lastLpn, inbounds }) =>
        lastLpn !== "" && inbounds.some(({ lines }) => lines.some(isOpenForPieces)),
      send(floor, { inbound }) {
        const open = floor.inbounds.find(({ lines }) => lines.some(isOpenForPieces));
        const { line = 1 } = open?.lines.find(isOpenForPieces) ?? {};
        return inbound.receivePiece({ inboundId: open?.id ?? "", line, lpn: floor.lastLpn });
      },
    },
  };
}

function isOpenForPieces({ isLot, left }: { isLot: boolean; left: number }): boolean {
  return !isLot && left > 0;
}
