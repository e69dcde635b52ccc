import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasLeft, sendsBack } from "../../../../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  putUpBins,
  releasedWave,
  sellPieces,
  storePieces,
} from "../../../../../../test/harness/waves.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const reason = "one only";
const reduce = (orderId: string, by: number, line = 1) =>
  house.client.orders.reduceLine({ orderId, line, by, reason });

async function available(sku: string) {
  const { data } = await house.client.stock.sellableAvailability({ sku });
  return data.rows.map(({ onHand, reserved, available }) => [onHand, reserved, available]);
}

const boardOf = async (orderId: string) =>
  (await house.client.orders.orderBoard({ orderId })).data.rows;
const linesOf = async (orderId: string) =>
  (await house.client.stock.allocations({ orderId })).data.rows;

test("a line with fewer pieces keeps those of its batch, and the others can be sold", async () => {
  await house.stocks("LESS", 5);
  const { orderId } = await house.sells({ LESS: 3 });
  const answer = await reduce(orderId, 2);
  expect(answer.data).toEqual({
    ...{ orderId, line: 1, left: 1, cancelled: false, batch: "LESS/1", lpns: [] },
  });
  expect(await available("LESS")).toEqual([[5, 1, 4]]);
  expect(await boardOf(orderId)).toMatchObject([{ lines: 1, units: 1, status: "allocated" }]);
  expect(await linesOf(orderId)).toMatchObject([{ qty: 1, allocatedQty: 1, state: "allocated" }]);
  expect(await house.journalOf(answer)).toMatchObject([
    { kind: "Order", type: "OrderLineReduced", data: { line: 1, sku: "LESS", by: 2, left: 1 } },
    { kind: "SkuStock", type: "AllocationReduced", data: { orderId, line: 1, by: 2, left: 1 } },
  ]);
});

test("a line of which nothing is left is off the order, whose others stay as they are", async () => {
  await house.stocks("OFF", 5);
  await house.stocks("ON", 5);
  const { orderId } = await house.sells({ OFF: 3, ON: 1 });
  const { data } = await reduce(orderId, 3);
  expect(data).toMatchObject({ left: 0, cancelled: false, batch: null });
  expect(await available("OFF")).toEqual([[5, 0, 5]]);
  expect(await boardOf(orderId)).toMatchObject([{ lines: 1, units: 1, status: "allocated" }]);
  expect((await linesOf(orderId)).map(({ line, sku }) => [line, sku])).toEqual([[2, "ON"]]);
});

test("an order of which nothing is left is cancelled", async () => {
  await house.stocks("GONE", 5);
  const { orderId } = await house.sells({ GONE: 3 });
  await reduce(orderId, 1);
  const { data } = await reduce(orderId, 2);
  expect(data).toMatchObject({ left: 0, cancelled: true });
  expect(await available("GONE")).toEqual([[5, 0, 5]]);
  expect(await boardOf(orderId)).toMatchObject([{ lines: 1, units: 2, status: "cancelled" }]);
});

test("a line that waits for more than there is has the fewer at once", async () => {
  await house.stocks("WAIT", 2);
  const { orderId } = await house.sells({ WAIT: 3 });
  expect(await boardOf(orderId)).toMatchObject([{ status: "backordered" }]);
  expect((await reduce(orderId, 1)).data).toMatchObject({ left: 2, batch: "WAIT/1" });
  expect(await boardOf(orderId)).toMatchObject([{ status: "allocated" }]);
});

describe("a line that has single pieces", () => {
  test("keeps some of them, and lets the others go", async () => {
    await putUpBins(house.database, "A-1");
    await house.stocks("RARE");
    await storePieces(house.database, { sku: "RARE", bin: "A-1" }, "R1", "R2", "R3");
    const { orderId } = await sellPieces(house, "RARE", 3);
    const { data } = await reduce(orderId, 1);
    expect(data).toMatchObject({ left: 2, batch: null, lpns: ["R1", "R2"] });
    expect(await linesOf(orderId)).toMatchObject([{ lpns: ["R1", "R2"], state: "allocated" }]);
    expect(await available("RARE")).toEqual([[3, 2, 1]]);
  });

  test("has none once it is off the order", async () => {
    await putUpBins(house.database, "A-2");
    await house.stocks("LAST");
    await storePieces(house.database, { sku: "LAST", bin: "A-2" }, "L1", "L2");
    const { orderId } = await sellPieces(house, "LAST", 2);
    expect((await reduce(orderId, 2)).data).toMatchObject({ cancelled: true, lpns: [] });
    expect(await available("LAST")).toEqual([[2, 0, 2]]);
  });
});

describe("a line of which a piece was sent and has come back", () => {
  const sku = "BACK";
  let orderId: string;
  beforeAll(async () => {
    await house.stocks(sku);
    ({ orderId } = await house.sells({}, { lines: [{ sku, qty: 3, grade: "B" }] }));
    await hasLeft(house, "BACK-1", { orderId, sku });
    const inboundId = await sendsBack(house, { orderId, sku });
    await house.client.inbound.receivePiece({ inboundId, line: 1, lpn: "BACK-1" });
    await putUpBins(house.database, "C-1");
    await storePieces(house.database, { sku, bin: "C-1" }, "BACK-2", "BACK-3");
    await house.client.stock.allocateLine({ orderId, line: 1 });
  });

  test("keeps no more of the others than are still to be sent", async () => {
    const { data } = await reduce(orderId, 1);
    expect(data).toMatchObject({ left: 2, batch: null, lpns: ["BACK-2"] });
    expect(await available(sku)).toContainEqual([2, 1, 1]);
  });

  test("is not reduced to less than was sent", async () => {
    await house.refuses(() => reduce(orderId, 2), "line-picked");
    expect((await reduce(orderId, 1)).data).toMatchObject({ left: 1, cancelled: false, lpns: [] });
  });
});

test("what was to be picked for the line is not, and can be planned anew", async () => {
  await house.stocks("WAVE", 5);
  const { orderId } = await house.sells({ WAVE: 3 });
  const { waveId } = await releasedWave(house, orderId);
  await reduce(orderId, 1);
  const { data } = await house.client.waves.pickList({ waveId });
  expect(data.rows).toMatchObject([{ state: "cancelled", reason, waveStatus: "done" }]);
  const again = await releasedWave(house, orderId);
  const { data: list } = await house.client.waves.pickList({ waveId: again.waveId });
  expect(list.rows).toMatchObject([{ state: "open", qty: 2 }]);
});

test("what is sent again under the same command id is applied once", async () => {
  await house.stocks("AGAIN", 5);
  const { orderId } = await house.sells({ AGAIN: 3 });
  await house.answersOnce((options) =>
    house.client.orders.reduceLine({ orderId, line: 1, by: 1, reason }, options),
  );
  expect(await available("AGAIN")).toEqual([[5, 2, 3]]);
});

test("sixteen who take a piece off at once take sixteen, if there are so many", async () => {
  await house.stocks("RACE", 30);
  const { orderId } = await house.sells({ RACE: 10 });
  const all = await Promise.allSettled(Array.from({ length: 16 }, () => reduce(orderId, 1)));
  expect(all.filter(({ status }) => status === "fulfilled").length).toBe(10);
  const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(reasons).toEqual(Array(6).fill("order-cancelled"));
  expect(await available("RACE")).toEqual([[30, 0, 30]]);
});

describe("reducing is refused", () => {
  test("for an order that nobody placed, or another house did", async () => {
    const error = await house.refuses(() => reduce(randomUUID(), 1), "order-unknown");
    expect(error.kind).toBe("not-found");
    await house.stocks("MINE", 1);
    const { orderId } = await house.sells({ MINE: 1 });
    await house.refuses(
      () => house.elsewhere.orders.reduceLine({ orderId, line: 1, by: 1, reason }),
      "order-unknown",
    );
  });

  test("for a line that the order has not, or has no longer", async () => {
    await house.stocks("LINES", 5);
    const { orderId } = await house.sells({}, { lines: Array(2).fill({ sku: "LINES", qty: 1 }) });
    await house.refuses(() => reduce(orderId, 1, 3), "line-unknown");
    await reduce(orderId, 1, 2);
    const error = await house.refuses(() => reduce(orderId, 1, 2), "line-unknown");
    expect(error).toMatchObject({ kind: "not-found", details: { orderId, line: 2 } });
  });

  test("by more pieces than the line has", async () => {
    await house.stocks("SMALL", 5);
    const { orderId } = await house.sells({ SMALL: 2 });
    const error = await house.refuses(() => reduce(orderId, 3), "line-smaller");
    expect(error.details).toEqual({ orderId, line: 1, qty: 2 });
  });

  test("for a cancelled order", async () => {
    await house.stocks("NO", 1);
    const { orderId } = await house.sells({ NO: 1 });
    await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
    await house.refuses(() => reduce(orderId, 1), "order-cancelled");
  });

  test("once the pieces are picked, or one of them is", async () => {
    await house.stocks("TAKEN", 5);
    await putUpBins(house.database, "B-1");
    await storePieces(house.database, { sku: "TAKEN", bin: "B-1" }, "T1", "T2");
    const ofBatch = await house.sells({ TAKEN: 2 });
    const batchWave = await releasedWave(house, ofBatch.orderId);
    const scan = { scannedSku: "TAKEN", qty: 2 };
    await house.client.waves.confirmPick({ waveId: batchWave.waveId, task: 1, ...scan });
    const ofPieces = await sellPieces(house, "TAKEN", 2);
    const { waveId } = await releasedWave(house, ofPieces.orderId);
    await house.client.waves.confirmPick({ waveId, task: 1, scannedLpn: "T1" });
    for (const { orderId } of [ofBatch, ofPieces]) {
      const error = await house.refuses(() => reduce(orderId, 1), "line-picked");
      expect(error).toMatchObject({ kind: "conflict", details: { orderId, line: 1 } });
    }
  });
});

test.each([{ by: 0 }, { by: -1 }, { by: 0.5 }, { line: 0 }, { reason: "" }, { reason: undefined }])(
  "input with %o is not taken",
  async (odd) => {
    const input = { orderId: randomUUID(), line: 1, by: 1, reason, ...odd } as { orderId: string };
    const call = house.client.orders.reduceLine({ line: 1, by: 1, reason, ...input });
    await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
  },
);

test("every aggregate's version is the number of its events, and read models are right", async () => {
  expect(await house.gaps()).toEqual([]);
  const now = { maxStaleMs: 0, onMiss: "wait" } as const;
  await house.client.orders.orderBoard({ limit: 1 }, now);
  for (const name of ["order_board", "allocations", "sellable_availability"]) {
    expect([name, await house.differences(name)]).toEqual([name, []]);
  }
});
