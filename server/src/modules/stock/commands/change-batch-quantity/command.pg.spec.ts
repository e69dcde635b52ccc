import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const change = (ref: string, qty: number, reason?: string) =>
  house.client.stock.changeBatchQuantity({ ref, qty, reason });

async function available(sku: string) {
  const { data } = await house.client.stock.sellableAvailability({ sku });
  return data.rows.map(({ onHand, reserved, available }) => [onHand, reserved, available]);
}

test.each([
  ["more", 9, [[9, 2, 7]]],
  ["fewer", 4, [[4, 2, 2]]],
  ["what is promised", 2, [[2, 2, 0]]],
  ["the same", 5, [[5, 2, 3]]],
])(
  "a batch that turns out to hold %s shows it, and nobody loses pieces",
  async (how, qty, rows) => {
    const sku = `COUNT ${how}`;
    await house.stocks(sku, 5);
    await house.sells({ [sku]: 2 });
    const answer = await change(`${sku}/1`, qty, "counted");
    expect(answer.data).toEqual({ ref: `${sku}/1`, qty, deallocated: [] });
    expect(await available(sku)).toEqual(rows);
    const data = { ref: `${sku}/1`, before: 5, after: qty, reason: "counted" };
    expect(await house.journalOf(answer)).toEqual([
      { kind: "SkuStock", id: `main/${sku}/N`, version: 3, type: "BatchQuantityChanged", data },
    ]);
  },
);

test("a batch that no longer covers its promises says who lost pieces, in order", async () => {
  await house.stocks("SHRINK", 6);
  const express = await house.sells({ SHRINK: 1 }, { priority: 5 });
  const soon = await house.sells({ SHRINK: 1 }, { promise: { shipBy: "2026-06-01T10:00:00Z" } });
  const late = await house.sells({ SHRINK: 1 }, { promise: { shipBy: "2026-06-02T10:00:00Z" } });
  const anyTime = await house.sells({ SHRINK: 1 });
  const newest = await house.sells({ SHRINK: 1 });
  const bulk = await house.sells({ SHRINK: 1 }, { priority: -5 });
  expect(await available("SHRINK")).toEqual([[6, 6, 0]]);

  const answer = await change("SHRINK/1", 2, "burnt");
  const lost = [bulk, newest, anyTime, late].map(({ orderId }) => ({ orderId, line: 1, qty: 1 }));
  expect(answer.data.deallocated).toEqual(lost);
  expect(await available("SHRINK")).toEqual([[2, 2, 0]]);
  const { data: kept } = await house.client.stock.allocations({
    sku: "SHRINK",
    state: "allocated",
  });
  expect(kept.rows.map(({ orderId }) => orderId).sort()).toEqual(
    [express.orderId, soon.orderId].sort(),
  );
  const journal = await house.journalOf(answer);
  expect(journal.map(({ version, type }) => [version, type])).toEqual([
    [8, "BatchQuantityChanged"],
    ...[9, 10, 11, 12].map((version) => [version, "LineDeallocated"]),
  ]);
  const reason = "batch SHRINK/1 holds 2 only";
  expect(journal.slice(1).map(({ data }) => data)).toEqual(
    lost.map((line) => ({ ...line, batch: "SHRINK/1", reason })),
  );
});

test("lines that lose pieces wait, and get them again from another batch", async () => {
  await house.stocks("MOVE", 2, 2);
  const { orderId } = await house.sells({ MOVE: 2 });
  await change("MOVE/1", 0, "burnt");
  const { data } = await house.client.orders.orderBoard({ orderId });
  expect(data.rows).toMatchObject([{ status: "backordered", blocker: "no stock for MOVE" }]);
  const again = await house.client.stock.allocateLine({ orderId, line: 1 });
  expect(again.data.batch).toBe("MOVE/2");
});

test("a batch of which nothing is left is no stock of any age", async () => {
  await house.stocks("EMPTY", 5);
  await change("EMPTY/1", 0);
  const { data } = await house.client.stock.sellableAvailability({ sku: "EMPTY" });
  expect(data.rows).toMatchObject([{ onHand: 0, available: 0, oldestReceivedAt: null }]);
  const eta = "2026-06-01T08:00:00Z";
  await house.client.stock.addBatch({ ref: "EMPTY/2", sku: "EMPTY", qty: 5, eta });
  await change("EMPTY/2", 0, "the supplier fails");
  const { data: later } = await house.client.stock.sellableAvailability({ sku: "EMPTY" });
  expect(later.rows).toMatchObject([{ incoming: 0, nextEta: null }]);
});

test("a change that is sent again under the same command id is applied once", async () => {
  await house.stocks("AGAIN", 5);
  await house.sells({ AGAIN: 3 });
  const { data } = await house.answersOnce((options) =>
    house.client.stock.changeBatchQuantity({ ref: "AGAIN/1", qty: 1 }, options),
  );
  expect(data.deallocated.length).toBe(1);
});

describe("a change of a batch that is not there is refused", () => {
  test("where nobody added it", async () => {
    const error = await house.refuses(() => change("nowhere", 1), "batch-unknown");
    expect(error).toMatchObject({ kind: "not-found", details: { ref: "nowhere" } });
  });

  test("where another house added it", async () => {
    await house.stocks("MINE", 1);
    await house.refuses(
      () => house.elsewhere.stock.changeBatchQuantity({ ref: "MINE/1", qty: 9 }),
      "batch-unknown",
    );
  });
});

test("changes and orders at the same moment never promise more than there is", async () => {
  await house.stocks("BUSY", 40);
  const quantities = Array.from({ length: 20 }, (_, i) => (i * 17) % 40);
  await Promise.all([
    ...quantities.map((qty) => change("BUSY/1", qty)),
    ...Array.from({ length: 60 }, () => house.sells({ BUSY: 1 })),
  ]);
  const [batch] = await house.database.query<{ qty: number; allocated: number; lines: number }>(
    `select qty, allocated, (select count(*)::int from selvedge.allocation as a
       where a.batch = b.ref) as lines
     from selvedge.batch as b where ref = 'BUSY/1'`,
  );
  expect(quantities).toContain(batch?.qty);
  expect(batch?.allocated).toBeLessThanOrEqual(batch?.qty ?? -1);
  expect(batch?.lines).toBe(batch?.allocated);
});

test.each([{ qty: -1 }, { qty: 0.5 }, { qty: 1_000_001 }, { reason: "" }, { ref: " a" }])(
  "input with %o is not taken",
  async (odd) => {
    const call = house.client.stock.changeBatchQuantity({ ref: "a", qty: 1, ...odd });
    await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
  },
);

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
