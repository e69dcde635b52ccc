import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { picked as pickedBatch } from "../../../../../../test/harness/parcels.ts";
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

const reason = "changed mind";
const cancel = (orderId: string) => house.client.orders.cancelOrder({ orderId, reason });

async function reserved(sku: string) {
  const { data } = await house.client.stock.sellableAvailability({ sku });
  return data.rows.map((row) => row.reserved + row.incomingReserved);
}

test("a cancelled order frees all it had, and shows as cancelled", async () => {
  await house.stocks("TEE", 5);
  await house.stocks("CAP", 5);
  await house.stocks("NONE");
  const { orderId } = await house.sells({ TEE: 2, CAP: 1, NONE: 1 });
  expect([await reserved("TEE"), await reserved("CAP")]).toEqual([[2], [1]]);

  const answer = await cancel(orderId);
  expect(answer.data).toEqual({ orderId });
  expect([await reserved("TEE"), await reserved("CAP")]).toEqual([[0], [0]]);
  const { data: board } = await house.client.orders.orderBoard({ orderId });
  expect(board.rows).toMatchObject([
    { status: "cancelled", blocker: null, allocatedLines: 0, lines: 3, units: 4 },
  ]);
  const { data: lines } = await house.client.stock.allocations({ orderId });
  expect(lines.rows.map(({ line, state, batch }) => [line, state, batch])).toEqual([
    [1, "cancelled", null],
    [2, "cancelled", null],
    [3, "cancelled", null],
  ]);
  const [first, ...rest] = await house.journalOf(answer);
  expect(first).toEqual({
    ...{ kind: "Order", id: orderId, version: 2, type: "OrderCancelled" },
    data: { reason, qty: 4 },
  });
  expect(rest).toMatchObject([
    { id: "main/TEE/N", type: "LineDeallocated", data: { line: 1, qty: 2, batch: "TEE/1" } },
    { id: "main/CAP/N", type: "LineDeallocated", data: { line: 2, qty: 1, batch: "CAP/1" } },
  ]);
  const why = rest.map(({ data }) => (data as { reason: string }).reason);
  expect(why).toEqual(Array(2).fill(`order cancelled: ${reason}`));
});

test("an order that has nothing yet is cancelled all the same", async () => {
  await house.stocks("WAIT");
  const { orderId } = await house.sells({ WAIT: 1 });
  const answer = await cancel(orderId);
  expect((await house.journalOf(answer)).map(({ type }) => type)).toEqual(["OrderCancelled"]);
});

test("an order that was promised pieces on their way frees them", async () => {
  await house.stocks("COMING");
  const eta = "2026-06-01T08:00:00Z";
  await house.client.stock.addBatch({ ref: "coming", sku: "COMING", qty: 5, eta });
  const { orderId } = await house.sells({ COMING: 2 });
  expect(await reserved("COMING")).toEqual([2]);
  await cancel(orderId);
  expect(await reserved("COMING")).toEqual([0]);
});

test("an order that is being picked leaves its wave; what is picked is put away anew", async () => {
  await putUpBins(house.database, "A-1");
  await house.stocks("RARE", 9);
  await storePieces(house.database, { sku: "RARE", bin: "A-1" }, "L1", "L2");
  const { orderId } = await sellPieces(house, "RARE", 2);
  const other = await house.sells({ RARE: 1 });
  const { waveId } = await releasedWave(house, orderId, other.orderId);
  await house.client.waves.confirmPick({ waveId, task: 1, scannedLpn: "L1" });
  const answer = await cancel(orderId);
  const types = (await house.journalOf(answer)).map(({ id, type }) => [id, type]);
  expect(types).toEqual([
    [orderId, "OrderCancelled"],
    ["L1", "GarmentUnpicked"],
    ["L2", "ReservationReleased"],
    [waveId, "TaskCancelled"],
  ]);
  const { data } = await house.client.waves.pickList({ waveId });
  expect(data.rows.map(({ lpn, state }) => [lpn, state])).toEqual([
    ["L1", "picked"],
    ["L2", "cancelled"],
    [null, "open"],
  ]);
});

test("the order of others keeps what it has", async () => {
  await house.stocks("SHARED", 5);
  const mine = await house.sells({ SHARED: 1 });
  const yours = await house.sells({ SHARED: 2 });
  await cancel(mine.orderId);
  expect(await reserved("SHARED")).toEqual([2]);
  const { data } = await house.client.orders.orderBoard({ orderId: yours.orderId });
  expect(data.rows).toMatchObject([{ status: "allocated" }]);
});

test("an order of a thousand lines over many SKUs is cancelled whole", async () => {
  const skus = Array.from({ length: 20 }, (_, i) => `BULK-${i}`);
  for (const sku of skus) await house.stocks(sku, 40);
  const lines = Array.from({ length: 1_000 }, (_, i) => ({ sku: `BULK-${i % 20}`, qty: 1 }));
  const { orderId } = await house.sells({}, { lines });
  const answer = await cancel(orderId);
  expect((await house.journalOf(answer)).length).toBe(1 + 20 * 40);
  const left = await house.database.query(
    "select sum(allocated)::int as allocated from selvedge.batch where ref like 'BULK-%'",
  );
  expect(left).toEqual([{ allocated: 0 }]);
});

test("an order that is cancelled again under the same command id is cancelled once", async () => {
  await house.stocks("AGAIN", 1);
  const { orderId } = await house.sells({ AGAIN: 1 });
  await house.answersOnce((options) =>
    house.client.orders.cancelOrder({ orderId, reason }, options),
  );
});

describe("cancelling is refused", () => {
  test("for an order that nobody placed", async () => {
    const orderId = randomUUID();
    const error = await house.refuses(() => cancel(orderId), "order-unknown");
    expect(error).toMatchObject({ kind: "not-found", details: { orderId } });
  });

  test("for an order of another house", async () => {
    await house.stocks("MINE", 1);
    const { orderId } = await house.sells({ MINE: 1 });
    await house.refuses(
      () => house.elsewhere.orders.cancelOrder({ orderId, reason }),
      "order-unknown",
    );
  });

  test("the second time", async () => {
    await house.stocks("TWICE", 1);
    const { orderId } = await house.sells({ TWICE: 1 });
    await cancel(orderId);
    const error = await house.refuses(() => cancel(orderId), "order-cancelled");
    expect(error).toMatchObject({ kind: "conflict", details: { orderId } });
  });

  test("but for one of sixteen who cancel at once", async () => {
    await house.stocks("RACE", 3);
    const { orderId } = await house.sells({ RACE: 2 });
    const all = await Promise.allSettled(Array.from({ length: 16 }, () => cancel(orderId)));
    expect(all.filter(({ status }) => status === "fulfilled").length).toBe(1);
    const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
    expect(reasons).toEqual(Array(15).fill("order-cancelled"));
    expect(await reserved("RACE")).toEqual([0]);
  });
});

test("an order that is cancelled while its line is allocated ends with nothing", async () => {
  await house.stocks("CROSS");
  const orders = await Promise.all(Array.from({ length: 8 }, () => house.sells({ CROSS: 1 })));
  await house.client.stock.addBatch({ ref: "cross", sku: "CROSS", qty: 8 });
  const tries = await Promise.allSettled(
    orders.flatMap(({ orderId }) => [
      house.client.stock.allocateLine({ orderId, line: 1 }),
      cancel(orderId),
    ]),
  );
  const reasons = tries.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(new Set([...reasons, "order-cancelled"])).toEqual(new Set(["order-cancelled"]));
  expect(await reserved("CROSS")).toEqual([0]);
});

test.each([{ reason: "" }, { reason: "x".repeat(501) }, { orderId: "1" }, { why: "x" }])(
  "input with %o is not taken",
  async (odd) => {
    const call = house.client.orders.cancelOrder({ orderId: randomUUID(), reason, ...odd });
    await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
  },
);

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});

test("what is packed is unpacked, and single pieces are put away anew", async () => {
  await house.stocks("PACKED", 2);
  const { orderId } = await house.sells({ PACKED: 2 });
  await pickedBatch(house, orderId);
  await house.client.shipments.packParcel({ orderId, items: [{ line: 1, qty: 2 }] });
  const answer = await cancel(orderId);
  expect((await house.journalOf(answer)).map(({ type }) => type)).toEqual([
    ...["OrderCancelled", "ParcelUnpacked", "BatchUnpacked", "LineDeallocated"],
  ]);
  const rows = await house.database.query(
    "select qty, allocated, picked from selvedge.batch where ref = 'PACKED/1'",
  );
  expect(rows).toEqual([{ qty: 2, allocated: 0, picked: 0 }]);
  expect(await house.gaps()).toEqual([]);
});

test("nothing is cancelled of which a carrier has a parcel", async () => {
  await house.stocks("GONE", 2);
  const { orderId } = await house.sells({ GONE: 2 });
  await pickedBatch(house, orderId);
  const parcel = { orderId, items: [{ line: 1, qty: 1 }] };
  const { shipmentId } = (await house.client.shipments.packParcel(parcel)).data;
  await house.client.shipments.labelParcel({ shipmentId, carrier: "DHL", tracking: "T" });
  await house.client.shipments.handOver({ shipmentIds: [shipmentId], manifest: "m" });
  await house.refuses(() => cancel(orderId), "order-handed-over");
});
