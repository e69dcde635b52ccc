import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  binOf,
  expectSoundBooks,
  hasBin,
  hasPieces,
} from "../../../../../../test/harness/pieces.ts";
import { releasedWave } from "../../../../../../test/harness/waves.ts";

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
  expect(answer.data.deallocated).toEqual(lost.map((line) => ({ ...line, batch: null, lpns: [] })));
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

test("lines that lose pieces are not picked; what is picked already keeps them", async () => {
  await house.stocks("PICKED", 3);
  const [taken, kept, lost] = [
    await house.sells({ PICKED: 1 }),
    await house.sells({ PICKED: 1 }, { priority: 5 }),
    await house.sells({ PICKED: 1 }),
  ];
  const all = [taken, kept, lost].map(({ orderId }) => orderId);
  const { waveId, tasks } = await releasedWave(house, ...all);
  const task = tasks.find(({ orderId }) => orderId === taken.orderId)?.task ?? 0;
  await house.client.waves.confirmPick({ waveId, task, scannedSku: "PICKED", qty: 1 });
  const answer = await change("PICKED/1", 2, "burnt");
  expect(answer.data.deallocated).toMatchObject([{ orderId: lost.orderId, line: 1, batch: null }]);
  const { data } = await house.client.waves.pickList({ waveId });
  expect(new Map(data.rows.map(({ orderId, state }) => [orderId, state]))).toEqual(
    new Map([
      [taken.orderId, "picked"],
      [kept.orderId, "open"],
      [lost.orderId, "cancelled"],
    ]),
  );
});

test("lines that lose pieces wait, and get them from the next batch", async () => {
  await house.stocks("MOVE", 2);
  const { orderId } = await house.sells({ MOVE: 2 });
  await change("MOVE/1", 0, "burnt");
  await house.client.stock.addBatch({ ref: "MOVE/2", sku: "MOVE", qty: 2 });
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

describe("a batch that lies in a bin", () => {
  const lies = async (sku: string, capacity = 10) => {
    await house.stocks(sku, 5);
    await hasBin(house, sku, { capacity });
    await house.client.stock.putAwayLot({ ref: `${sku}/1`, bin: sku });
  };

  test.each([0, 3, 5, 10])(
    "takes the room of %i pieces once it is said to hold so many",
    async (qty) => {
      await lies(`ROOM ${qty}`);
      await change(`ROOM ${qty}/1`, qty);
      expect(await binOf(house, `ROOM ${qty}`)).toMatchObject({ occupied: qty });
    },
  );

  test("cannot hold more than its bin has room for", async () => {
    await lies("FULL", 6);
    const error = await house.refuses(() => change("FULL/1", 7), "bin-full");
    expect(error.details).toEqual({ bin: "FULL", capacity: 6, occupied: 5 });
  });

  test("is left to those who count the bin", async () => {
    await lies("COUNT");
    await house.client.bins.startCount({ bin: "COUNT" });
    await house.refuses(() => change("COUNT/1", 4), "bin-being-counted");
  });
});

test("a batch holds at least what is picked of it", async () => {
  await house.stocks("TAKEN", 5);
  const { orderId } = await house.sells({ TAKEN: 3 });
  await house.database.query("update selvedge.batch set picked = 3 where ref = 'TAKEN/1'");
  await house.database.query(
    "update selvedge.allocation set state = 'picked' where order_id = $1",
    [orderId],
  );
  const error = await house.refuses(() => change("TAKEN/1", 2), "batch-picked");
  expect(error.details).toEqual({ ref: "TAKEN/1", qty: 2, picked: 3 });
  await change("TAKEN/1", 3);
  expect(await available("TAKEN")).toEqual([[3, 3, 0]]);
});

describe("the allocation service's rule of a smaller batch", () => {
  test("lines that lose their pieces have others at once, the most urgent first", async () => {
    await house.stocks("NEXT", 4, 1);
    const urgent = await house.sells({ NEXT: 1 }, { priority: 2 });
    const normal = await house.sells({ NEXT: 1 }, { priority: 1 });
    const answer = await change("NEXT/1", 0);
    expect(answer.data.deallocated).toEqual([
      { orderId: normal.orderId, line: 1, qty: 1, batch: null, lpns: [] },
      { orderId: urgent.orderId, line: 1, qty: 1, batch: "NEXT/2", lpns: [] },
    ]);
    expect(await available("NEXT")).toEqual([[1, 1, 0]]);
    expect(await house.gaps()).toEqual([]);
  });

  test("a line without another batch has a single piece, if there is one", async () => {
    await house.stocks("LAST", 1);
    await hasBin(house, "L-1");
    await hasPieces(house, { lpn: "LAST-1", sku: "LAST", grade: "N", bin: "L-1" });
    const { orderId } = await house.sells({ LAST: 1 });
    const { data } = await change("LAST/1", 0);
    expect(data.deallocated).toMatchObject([{ orderId, batch: null, lpns: ["LAST-1"] }]);
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

test("every bin's books are right, and every history is whole", () => expectSoundBooks(house));
