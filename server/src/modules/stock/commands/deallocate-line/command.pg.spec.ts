import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

const reason = "express first";
const deallocate = (orderId: string, line = 1) =>
  house.client.stock.deallocateLine({ orderId, line, reason });

test("a line that loses its pieces waits, and they can be sold again", async () => {
  await house.stocks("FREE", 5);
  const { orderId } = await house.sells({ FREE: 2 });
  const answer = await deallocate(orderId);
  expect(answer.data).toEqual({ orderId, line: 1 });

  const { data: lines } = await house.client.stock.allocations({ orderId });
  expect(lines.rows).toMatchObject([
    { state: "backordered", batch: null, allocatedQty: 0, allocatedAt: null },
  ]);
  const { data: stock } = await house.client.stock.sellableAvailability({ sku: "FREE" });
  expect(stock.rows).toMatchObject([{ onHand: 5, reserved: 0, available: 5 }]);
  const { data: board } = await house.client.orders.orderBoard({ orderId });
  expect(board.rows).toMatchObject([{ status: "backordered", blocker: "no stock for FREE" }]);
  const data = { orderId, line: 1, qty: 2, batch: "FREE/1", reason };
  expect(await house.journalOf(answer)).toEqual([
    { kind: "SkuStock", id: "main/FREE/N", version: 3, type: "LineDeallocated", data },
  ]);
});

test("the other lines of the order keep their pieces, of the same SKU too", async () => {
  await house.stocks("KEEP", 5);
  const lines = [
    { sku: "KEEP", qty: 1 },
    { sku: "KEEP", qty: 2 },
  ];
  const { orderId } = await house.sells({}, { lines });
  await deallocate(orderId, 2);
  const { data } = await house.client.stock.allocations({ orderId });
  expect(data.rows.map(({ line, state }) => [line, state])).toEqual([
    [1, "allocated"],
    [2, "backordered"],
  ]);
});

test("pieces on their way are freed as well", async () => {
  await house.stocks("COMING");
  const eta = "2026-06-01T08:00:00Z";
  await house.client.stock.addBatch({ ref: "coming", sku: "COMING", qty: 5, eta });
  const { orderId } = await house.sells({ COMING: 2 });
  const { data: before } = await house.client.stock.sellableAvailability({ sku: "COMING" });
  expect(before.rows).toMatchObject([{ incoming: 5, incomingReserved: 2 }]);
  await deallocate(orderId);
  const { data: after } = await house.client.stock.sellableAvailability({ sku: "COMING" });
  expect(after.rows).toMatchObject([{ incoming: 5, incomingReserved: 0 }]);
});

test("a line may lose its pieces and get them back", async () => {
  await house.stocks("BACK", 1);
  const { orderId } = await house.sells({ BACK: 1 });
  await deallocate(orderId);
  const { data } = await house.client.stock.allocateLine({ orderId, line: 1 });
  expect(data).toEqual({ orderId, line: 1, allocated: true, batch: "BACK/1", lpns: [] });
});

describe("a line that is to be picked", () => {
  test("loses its pieces and its task, and the wave ends with its last", async () => {
    await house.stocks("WAVE", 5);
    const { orderId } = await house.sells({ WAVE: 2 });
    const { waveId } = await releasedWave(house, orderId);
    const answer = await deallocate(orderId);
    const types = (await house.journalOf(answer)).map(({ kind, type }) => [kind, type]);
    expect(types).toEqual([
      ["SkuStock", "LineDeallocated"],
      ["PickWave", "TaskCancelled"],
      ["PickWave", "WaveDone"],
    ]);
    const { data } = await house.client.waves.pickList({ waveId });
    expect(data.rows).toMatchObject([{ state: "cancelled", reason, waveStatus: "done" }]);
  });

  test("lets single pieces go, which can be sold again", async () => {
    await putUpBins(house.database, "A-1");
    await house.stocks("RARE");
    await storePieces(house.database, { sku: "RARE", bin: "A-1" }, "L1", "L2");
    const { orderId } = await sellPieces(house, "RARE", 2);
    await releasedWave(house, orderId);
    const answer = await deallocate(orderId);
    const types = (await house.journalOf(answer)).map(({ id, type }) => [id, type]);
    expect(types.slice(0, 2)).toEqual([
      ["L1", "ReservationReleased"],
      ["L2", "ReservationReleased"],
    ]);
    expect(types.slice(2).map(([, type]) => type)).toEqual([
      ...["TaskCancelled", "TaskCancelled", "WaveDone"],
    ]);
    const { data } = await house.client.stock.sellableAvailability({ sku: "RARE" });
    expect(data.rows).toMatchObject([{ grade: "B", onHand: 2, reserved: 0, available: 2 }]);
  });
});

test("what is sent again under the same command id is applied once", async () => {
  await house.stocks("AGAIN", 1);
  const { orderId } = await house.sells({ AGAIN: 1 });
  await house.answersOnce((options) =>
    house.client.stock.deallocateLine({ orderId, line: 1, reason }, options),
  );
});

describe("deallocating is refused", () => {
  test("for an order that nobody placed", async () => {
    const error = await house.refuses(() => deallocate(randomUUID()), "order-unknown");
    expect(error.kind).toBe("not-found");
  });

  test("for an order of another house", async () => {
    await house.stocks("MINE", 1);
    const { orderId } = await house.sells({ MINE: 1 });
    await house.refuses(
      () => house.elsewhere.stock.deallocateLine({ orderId, line: 1, reason }),
      "order-unknown",
    );
  });

  test("for a line that the order has not", async () => {
    await house.stocks("LINES", 1);
    const { orderId } = await house.sells({ LINES: 1 });
    const error = await house.refuses(() => deallocate(orderId, 2), "line-unknown");
    expect(error).toMatchObject({ kind: "not-found", details: { orderId, line: 2 } });
  });

  test("for a line that waits, whether or not its SKU was ever stocked", async () => {
    await house.stocks("FEW", 1);
    await house.stocks("NEVER");
    const { orderId } = await house.sells({ FEW: 2, NEVER: 1 });
    for (const line of [1, 2]) {
      const error = await house.refuses(() => deallocate(orderId, line), "line-not-allocated");
      expect(error).toMatchObject({ kind: "conflict", details: { orderId, line } });
    }
  });

  test("once they are picked, or one of them is", async () => {
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
      const error = await house.refuses(() => deallocate(orderId), "line-picked");
      expect(error).toMatchObject({ kind: "conflict", details: { orderId, line: 1 } });
    }
  });

  test("the second time", async () => {
    await house.stocks("TWICE", 1);
    const { orderId } = await house.sells({ TWICE: 1 });
    await deallocate(orderId);
    await house.refuses(() => deallocate(orderId), "line-not-allocated");
  });

  test("for a cancelled order, whose stock is free already", async () => {
    await house.stocks("OFF", 1);
    const { orderId } = await house.sells({ OFF: 1 });
    await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
    await house.refuses(() => deallocate(orderId), "line-not-allocated");
  });

  test("but for one of sixteen desks that do it at once", async () => {
    await house.stocks("RACE", 9);
    const { orderId } = await house.sells({ RACE: 4 });
    const all = await Promise.allSettled(Array.from({ length: 16 }, () => deallocate(orderId)));
    expect(all.filter(({ status }) => status === "fulfilled").length).toBe(1);
    const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
    expect(reasons).toEqual(Array(15).fill("line-not-allocated"));
    const { data } = await house.client.stock.sellableAvailability({ sku: "RACE" });
    expect(data.rows).toMatchObject([{ onHand: 9, reserved: 0 }]);
  });
});

test.each([{ reason: "" }, { reason: "x".repeat(501) }, { reason: undefined }, { line: 0 }])(
  "input with %o is not taken",
  async (odd) => {
    const input = { orderId: randomUUID(), line: 1, reason, ...odd } as { orderId: string };
    const call = house.client.stock.deallocateLine({ line: 1, reason, ...input });
    await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
  },
);

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
