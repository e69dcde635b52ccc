import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  putBatch,
  putUpBins,
  releasedWave,
  sellPieces,
  storePieces,
} from "../../../../../../test/harness/waves.ts";

let house: House;
let ask: House["client"]["stock"]["allocations"];
let orders: { whole: string; part: string; off: string };

/** Three orders of seven lines: one that has all, one that has some, one that is off. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.stock.allocations;
  await house.stocks("TEE", 10);
  await house.stocks("CAP", 1);
  const whole = await house.sells({ TEE: 2, CAP: 1 }, { priority: 3 });
  const part = await house.sells({ TEE: 3, CAP: 1 }, { channel: "market" });
  const lines = [1, 2, 3].map((qty) => ({ sku: "TEE", qty }));
  const off = await house.sells({}, { lines });
  await putUpBins(house.database, "A-1", "A-2");
  await putBatch(house.database, "TEE/1", "A-2");
  // Sent last, so that its receipt covers what was just written without one.
  await house.client.orders.cancelOrder({ orderId: off.orderId, reason: "changed mind" });
  orders = { whole: whole.orderId, part: part.orderId, off: off.orderId };
  await house.elsewhere.catalogue.registerVariant({ sku: "TEE" });
  await house.elsewhere.orders.placeOrder({
    ...{ channel: "shop", externalRef: "theirs", lines: [{ sku: "TEE", qty: 1_000 }] },
  });
});
afterAll(() => house.stop());

test("a line that has its pieces says how many, from which batch and since when", async () => {
  const { data } = await ask({ orderId: orders.whole });
  expect(data.nextCursor).toBeNull();
  const order = { orderId: orders.whole, channel: "shop", warehouse: "main", priority: 3 };
  const has = {
    ...order,
    grade: "N",
    state: "allocated",
    lpns: [],
    allocatedAt: expect.any(String),
  };
  expect(data.rows).toEqual([
    { ...has, line: 1, sku: "TEE", qty: 2, allocatedQty: 2, batch: "TEE/1", bin: "A-2" },
    { ...has, line: 2, sku: "CAP", qty: 1, allocatedQty: 1, batch: "CAP/1", bin: null },
  ]);
  for (const { allocatedAt } of data.rows) {
    expect(Math.abs(Date.now() - Date.parse(allocatedAt ?? ""))).toBeLessThan(60_000);
  }
});

test("a line that waits has no batch, and one that is off has none any more", async () => {
  const none = { allocatedQty: 0, batch: null, allocatedAt: null };
  const { data: part } = await ask({ orderId: orders.part, state: "backordered" });
  expect(part.rows).toMatchObject([{ ...none, line: 2, sku: "CAP", channel: "market" }]);
  const { data: off } = await ask({ orderId: orders.off });
  expect(off.rows).toMatchObject([1, 2, 3].map((line) => ({ ...none, line, state: "cancelled" })));
});

describe("rows are filtered", () => {
  test.each([
    ["by nothing", {}, 7],
    ["by SKU", { sku: "CAP" }, 2],
    ["by several SKUs", { sku: ["CAP", "TEE"] }, 7],
    ["by state", { state: "allocated" as const }, 3],
    ["by several states", { state: ["backordered", "cancelled"] as const }, 4],
    ["by SKU and state", { sku: "TEE", state: "cancelled" as const }, 3],
    ["by what is not there", { sku: "NONE" }, 0],
  ])("%s", async (_, filter, rows) => {
    expect((await ask(filter)).data.rows.length).toBe(rows);
  });

  test("by order", async () => {
    const { data } = await ask({ orderId: [orders.part, orders.whole] });
    expect(new Set(data.rows.map(({ orderId }) => orderId))).toEqual(
      new Set([orders.part, orders.whole]),
    );
    expect(data.rows.length).toBe(4);
  });

  test.each([
    { orderId: "1" },
    { state: "lost" },
    { channel: "shop" },
    { limit: 501 },
    { limit: 0 },
  ])("but not by %o", async (filter) => {
    await expect(ask(filter as object)).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});

test.each([1, 2, 3, 7, 8])("pages of %i show every line exactly once, in order", async (limit) => {
  const seen: string[] = [];
  for await (const row of ask.rows({ limit })) seen.push(`${row.orderId} ${row.line}`);
  const { data } = await ask();
  expect(seen).toEqual(data.rows.map((row) => `${row.orderId} ${row.line}`));
  expect(new Set(seen).size).toBe(7);
});

test("another house sees its own lines only", async () => {
  const { data } = await house.elsewhere.stock.allocations();
  expect(data.rows).toMatchObject([{ sku: "TEE", qty: 1_000, state: "backordered" }]);
});

describe("the SKUs that sell most", () => {
  test("are those with most pieces, cancelled orders included", async () => {
    const { data, freshness } = await house.client.stock.topSkus();
    expect(data.rows).toEqual([
      { sku: "TEE", units: 11, lines: 5 },
      { sku: "CAP", units: 2, lines: 2 },
    ]);
    expect(freshness).toMatchObject({ includesReceipt: true, servedFrom: "readModel" });
  });

  test("may be asked for one channel", async () => {
    const { data } = await house.client.stock.topSkus({ channel: "market" });
    expect(data.rows).toEqual([
      { sku: "TEE", units: 3, lines: 1 },
      { sku: "CAP", units: 1, lines: 1 },
    ]);
    expect((await house.client.stock.topSkus({ channel: "none" })).data.rows).toEqual([]);
  });

  test("may be only the first few", async () => {
    const { data } = await house.client.stock.topSkus({ limit: 1 });
    expect(data.rows.map(({ sku }) => sku)).toEqual(["TEE"]);
  });

  test("are those of one's own house", async () => {
    const { data } = await house.elsewhere.stock.topSkus();
    expect(data.rows).toEqual([{ sku: "TEE", units: 1_000, lines: 1 }]);
  });

  test("may have sold more pieces than 32 bits can count", async () => {
    await house.stocks("HUGE");
    const lines = Array.from({ length: 1_000 }, () => ({ sku: "HUGE", qty: 1_000_000 }));
    for (let order = 0; order < 3; order += 1) await house.sells({}, { lines });
    const { data } = await house.client.stock.topSkus({ limit: 1 });
    expect(data.rows).toEqual([{ sku: "HUGE", units: 3_000_000_000, lines: 3_000 }]);
  });
});

test("a line of single pieces names them and their bins, until they are picked", async () => {
  await house.stocks("RARE");
  await storePieces(house.database, { sku: "RARE", bin: "A-1" }, "L1");
  await storePieces(house.database, { sku: "RARE", bin: "A-2" }, "L2");
  const { orderId } = await sellPieces(house, "RARE", 2);
  const none = { batch: null, allocatedAt: null };
  const both = { ...none, allocatedQty: 2, lpns: ["L1", "L2"] };
  const line = async () => (await ask({ orderId })).data.rows;
  expect(await line()).toMatchObject([{ ...both, state: "allocated", bin: "A-1, A-2" }]);
  const { waveId } = await releasedWave(house, orderId);
  const { waves } = house.client;
  await waves.confirmPick({ waveId, task: 1, scannedLpn: "L1" });
  expect(await line()).toMatchObject([{ ...both, state: "allocated", bin: "A-2" }]);
  await waves.confirmPick({ waveId, task: 2, scannedLpn: "L2" });
  expect(await line()).toMatchObject([{ ...both, state: "picked", bin: null }]);
  await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
  expect(await line()).toMatchObject([{ ...none, allocatedQty: 0, lpns: [], state: "cancelled" }]);
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("allocations")).toEqual(["tenant, order_id, line"]);
  await house.client.stock.deallocateLine({ orderId: orders.whole, line: 1, reason: "express" });
  expect((await ask({ orderId: orders.whole })).freshness.includesReceipt).toBe(true);
  expect(await house.differences("allocations")).toEqual([]);
});
