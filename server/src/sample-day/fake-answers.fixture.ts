import { failure } from "../import/fake-server.fixture.ts";
import type { FakeLine, FakeStock } from "./fake-stock.fixture.ts";
import type { FakeWaves } from "./fake-waves.fixture.ts";
import type { CommandPath, DataOf, InputOf } from "./sample-day-client.ts";

/** What a command does to the fake, and answers; `id` is new for each command. */
type Answers = {
  readonly [Path in CommandPath]?: (input: InputOf<Path>, id: string) => Partial<DataOf<Path>>;
};

/** For specs: what a house answers to those commands of a day whose answers are looked at. */
export function fakeAnswers(stock: FakeStock, waves: FakeWaves): Answers {
  return { ...dockAnswers(stock), ...salesAnswers(stock), ...floorAnswers(stock, waves) };
}

function dockAnswers(stock: FakeStock): Answers {
  const skus = new Map<string, string[]>();
  return {
    "inbound.announceInbound": ({ ref, lines }, inboundId) => {
      if (ref.startsWith("RMA-AGAIN")) throw refusal("more-than-shipped");
      skus.set(
        inboundId,
        lines.map(({ sku }) => sku),
      );
      return { inboundId };
    },
    "inbound.receivePiece": ({ inboundId, line, lpn }) => {
      stock.take(lpn, skus.get(inboundId)?.[line - 1] ?? "");
      return {};
    },
    "inbound.receiveLot": ({ inboundId, line, batchRef, qty, grade }) => {
      stock.add(batchRef, { sku: skus.get(inboundId)?.[line - 1] ?? "", grade, qty, isHere: true });
      return {};
    },
    "inbound.closeInbound": ({ discrepancies = [] }) => ({ discrepancies: discrepancies.length }),
    "garments.gradeGarment": ({ lpn, grade }) => {
      stock.piece(lpn).grade = grade;
      return {};
    },
    "garments.regradeGarment": ({ lpn, grade }) => {
      stock.piece(lpn).grade = grade;
      return {};
    },
    "garments.putAway": ({ lpn, bin }) => {
      stock.piece(lpn).bin = bin;
      return {};
    },
    "garments.decideDisposition": ({ lpn, disposition }) => {
      if (disposition !== "sell") stock.piece(lpn).bin = null;
      return {};
    },
    "garments.quarantine": ({ lpn }) => {
      stock.piece(lpn).bin = null;
      return {};
    },
    "garments.reportMissing": ({ lpn }) => {
      stock.piece(lpn).bin = null;
      return {};
    },
    "bins.submitCount": ({ bin, seen: { lpns } }) => {
      for (const lpn of lpns) stock.piece(lpn).bin = bin;
      return {};
    },
  };
}

function salesAnswers(stock: FakeStock): Answers {
  const unpaid: FakeLine[] = [];
  return {
    "stock.addBatch": ({ ref, sku, grade = "N", qty, eta }) => {
      stock.add(ref, { sku, grade, qty, isHere: eta === undefined });
      return {};
    },
    "stock.receiveBatch": ({ ref }) => {
      const batch = stock.batches.get(ref);
      if (batch) batch.isHere = true;
      return {};
    },
    "orders.placeOrder": ({ lines }, orderId) => {
      const placed = lines.map(({ sku, grade = "N", qty }, at) =>
        stock.order({ orderId, line: at + 1, sku, grade, qty, batch: null, lpns: [] }),
      );
      return { orderId, lines: placed.map(told) };
    },
    "orders.cancelOrder": ({ orderId }) => {
      const lines = stock.linesOf(orderId);
      if (lines.some(({ isGone }) => isGone)) throw refusal("order-handed-over");
      for (const line of lines) stock.letGo(line);
      return {};
    },
    "garments.reservePiece": ({ orderId, line, lpn, until }) => {
      if (stock.piece(lpn).line) throw refusal("reserved-for-another");
      stock.keep(lpn, stock.line(orderId, line));
      if (until !== undefined) unpaid.push(stock.line(orderId, line));
      return {};
    },
    "garments.expireReservations": () => {
      for (const line of unpaid) stock.letGo(line);
      return { expired: unpaid.map(({ orderId, line }) => ({ orderId, line, lpn: "" })) };
    },
    "stock.allocateLine": ({ orderId, line }) => told(stock.allocate(stock.line(orderId, line))),
    "stock.deallocateLine": ({ orderId, line }) => {
      stock.letGo(stock.line(orderId, line));
      return {};
    },
    "stock.changeBatchQuantity": ({ ref, qty }) => {
      const batch = stock.batches.get(ref);
      if (!batch) throw refusal("batch-unknown");
      batch.qty = qty;
      const victims: FakeLine[] = [];
      const lines = [...stock.lines.values()].filter((line) => line.batch === ref).reverse();
      for (const line of lines) {
        if (stock.left(batch) >= 0) break;
        stock.letGo(line);
        victims.push(stock.allocate(line, ref));
      }
      return { deallocated: victims.map((line) => ({ ...told(line), ...line })) };
    },
  };
}

function floorAnswers(stock: FakeStock, waves: FakeWaves): Answers {
  const contents = new Map<string, string>();
  return {
    "waves.planWave": ({ orderIds, maxOrders = 1_000 }, waveId) => {
      const wave = waves.plan(waveId, orderIds, maxOrders);
      if (wave.tasks.length === 0) throw refusal("nothing-to-pick");
      return wave;
    },
    "waves.releaseWave": ({ waveId, pickers = [] }) => {
      waves.release(waveId, pickers);
      return {};
    },
    "waves.assignTasks": ({ waveId, picker, tasks = [] }) => {
      waves.assign(waveId, picker, tasks);
      return {};
    },
    "waves.reportShortPick": ({ waveId, task }) => told(waves.miss(waveId, task)),
    "shipments.packParcel": ({ orderId }, shipmentId) => {
      contents.set(shipmentId, orderId);
      return { shipmentId };
    },
    "shipments.handOver": ({ shipmentIds }) => {
      for (const shipmentId of shipmentIds) {
        for (const line of stock.linesOf(contents.get(shipmentId) ?? "")) stock.ship(line);
      }
      return { parcels: shipmentIds.length };
    },
  };
}

function told({ line, batch, lpns }: FakeLine) {
  return { line, batch, lpns: [...lpns], allocated: batch !== null || lpns.length > 0 };
}

function refusal(reason: string): Error {
  return failure("REFUSED", reason, { reason });
}
