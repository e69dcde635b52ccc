import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

async function shown(orderId: string) {
  const { data } = await house.client.stock.allocations({ orderId });
  return data.rows.map(({ line, state, batch, allocatedQty }) => [
    line,
    state,
    batch,
    allocatedQty,
  ]);
}

test("a line that had to wait gets its pieces once they are there", async () => {
  await house.stocks("WAIT");
  const { orderId } = await house.sells({ WAIT: 2 });
  expect(await shown(orderId)).toEqual([[1, "backordered", null, 0]]);
  await house.client.stock.addBatch({ ref: "wait", sku: "WAIT", qty: 3 });

  const answer = await house.client.stock.allocateLine({ orderId, line: 1 });
  expect(answer.data).toEqual({ orderId, line: 1, allocated: true, batch: "wait", lpns: [] });
  expect(await shown(orderId)).toEqual([[1, "allocated", "wait", 2]]);
  const board = await house.client.orders.orderBoard({ orderId });
  expect(board.data.rows).toMatchObject([
    { status: "allocated", allocatedLines: 1, blocker: null },
  ]);
  const data = { orderId, line: 1, qty: 2, batch: "wait" };
  expect(await house.journalOf(answer)).toEqual([
    { kind: "SkuStock", id: "main/WAIT/N", version: 2, type: "LineAllocated", data },
  ]);
});

test("only the line that is named gets pieces", async () => {
  await house.stocks("ONE");
  await house.stocks("TWO");
  const { orderId } = await house.sells({ ONE: 1, TWO: 1 });
  await house.client.stock.addBatch({ ref: "one", sku: "ONE", qty: 1 });
  await house.client.stock.addBatch({ ref: "two", sku: "TWO", qty: 1 });
  await house.client.stock.allocateLine({ orderId, line: 2 });
  expect(await shown(orderId)).toEqual([
    [1, "backordered", null, 0],
    [2, "allocated", "two", 1],
  ]);
});

describe("allocating a line", () => {
  test("that waits for a variant nobody ever stocked is an answer, no error", async () => {
    await house.stocks("NONE");
    const { orderId } = await house.sells({ NONE: 1 });
    const answer = await house.client.stock.allocateLine({ orderId, line: 1 });
    expect(answer.data).toEqual({ orderId, line: 1, allocated: false, batch: null, lpns: [] });
    expect(await house.journalOf(answer)).toEqual([]);
  });

  test("that wants more than any batch has leaves it waiting", async () => {
    await house.stocks("FEW", 2, 2);
    const { orderId } = await house.sells({ FEW: 3 });
    const { data } = await house.client.stock.allocateLine({ orderId, line: 1 });
    expect(data).toMatchObject({ allocated: false, batch: null, lpns: [] });
    expect(await shown(orderId)).toEqual([[1, "backordered", null, 0]]);
  });

  test("that has its pieces changes nothing and names its batch", async () => {
    await house.stocks("HAS", 5, 5);
    const { orderId } = await house.sells({ HAS: 1 });
    const answer = await house.client.stock.allocateLine({ orderId, line: 1 });
    expect(answer.data).toEqual({ orderId, line: 1, allocated: true, batch: "HAS/1", lpns: [] });
    expect(await house.journalOf(answer)).toEqual([]);
  });

  test("from sixteen desks at once takes its pieces once", async () => {
    await house.stocks("RACE");
    const { orderId } = await house.sells({ RACE: 1 });
    await house.client.stock.addBatch({ ref: "race", sku: "RACE", qty: 9 });
    const all = await Promise.all(
      Array.from({ length: 16 }, () => house.client.stock.allocateLine({ orderId, line: 1 })),
    );
    expect(new Set(all.map(({ data }) => data.batch))).toEqual(new Set(["race"]));
    const { data } = await house.client.stock.sellableAvailability({ sku: "RACE" });
    expect(data.rows).toMatchObject([{ onHand: 9, reserved: 1, available: 8 }]);
  });

  test("takes what is in the house before what is coming, then the earliest, then the oldest", async () => {
    await house.stocks("CHOICE");
    const batches = [
      { ref: "late", eta: "2026-09-01T00:00:00Z" },
      { ref: "early", eta: "2026-08-01T00:00:00Z" },
      { ref: "z-old" },
      { ref: "a-new" },
    ];
    for (const batch of batches) {
      await house.client.stock.addBatch({ sku: "CHOICE", qty: 1, ...batch });
    }
    const taken: (string | null | undefined)[] = [];
    for (let order = 0; order < 5; order += 1) {
      taken.push((await house.sells({ CHOICE: 1 })).lines[0]?.batch);
    }
    expect(taken).toEqual(["z-old", "a-new", "early", "late", null]);
  });

  test("that is sent again under the same command id is applied once", async () => {
    await house.stocks("AGAIN");
    const { orderId } = await house.sells({ AGAIN: 1 });
    await house.client.stock.addBatch({ ref: "again", sku: "AGAIN", qty: 1 });
    const { data } = await house.answersOnce((options) =>
      house.client.stock.allocateLine({ orderId, line: 1 }, options),
    );
    expect(data.allocated).toBe(true);
  });
});

describe("allocating is refused", () => {
  test("for an order that nobody placed", async () => {
    const orderId = randomUUID();
    const error = await house.refuses(
      () => house.client.stock.allocateLine({ orderId, line: 1 }),
      "order-unknown",
    );
    expect(error).toMatchObject({ kind: "not-found", details: { orderId } });
  });

  test("for an order of another house", async () => {
    await house.stocks("MINE", 1);
    const { orderId } = await house.sells({ MINE: 2 });
    await house.refuses(
      () => house.elsewhere.stock.allocateLine({ orderId, line: 1 }),
      "order-unknown",
    );
  });

  test("for a line that the order has not", async () => {
    await house.stocks("LINES", 1);
    const { orderId } = await house.sells({ LINES: 1 });
    const error = await house.refuses(
      () => house.client.stock.allocateLine({ orderId, line: 2 }),
      "line-unknown",
    );
    expect(error).toMatchObject({ kind: "not-found", details: { orderId, line: 2 } });
  });

  test("for a cancelled order, which then keeps nothing from others", async () => {
    await house.stocks("OFF", 1);
    const { orderId } = await house.sells({ OFF: 1 });
    await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
    const error = await house.refuses(
      () => house.client.stock.allocateLine({ orderId, line: 1 }),
      "order-cancelled",
    );
    expect(error).toMatchObject({ kind: "conflict", details: { orderId } });
    expect((await house.sells({ OFF: 1 })).lines).toMatchObject([{ allocated: true }]);
  });
});

test.each([{ line: 0 }, { line: 2_001 }, { line: 1.5 }, { orderId: "1" }, { batch: "b" }])(
  "input with %o is not taken",
  async (odd) => {
    const input = { orderId: randomUUID(), line: 1, ...odd };
    const call = house.client.stock.allocateLine(input);
    await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
  },
);

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
