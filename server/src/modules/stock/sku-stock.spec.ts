import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import { aLine, aStock, type BatchTold, march } from "./sku-stock.fixture.ts";
import { SkuStock } from "./sku-stock.ts";

const now = march(10);

test("stock of which nothing has been seen has no version and no batch", () => {
  const of = { tenant: "t", warehouse: "main", sku: "TEE", grade: "N" };
  expect(SkuStock.empty(of)).toMatchObject({ ...of, version: 0, batches: [], allocations: [] });
});

test("stock stands in the journal under its warehouse, SKU and grade", () => {
  expect(aStock({}).journalKey()).toEqual({ kind: "SkuStock", id: "main/TEE/N" });
});

test.each([
  [{ warehouse: "main/A", sku: "B", grade: "N" }, "main%2FA/B/N"],
  [{ warehouse: "main", sku: "A/B", grade: "N" }, "main/A%2FB/N"],
  [{ warehouse: "main", sku: "A", grade: "B/N" }, "main/A/B%2FN"],
  [{ warehouse: "main", sku: "A%2FB", grade: "N" }, "main/A%252FB/N"],
  [{ warehouse: "main", sku: "Größe 38", grade: "N" }, "main/Größe 38/N"],
])("no two stocks have one history: %o", (of, id) => {
  expect(SkuStock.empty({ tenant: "t", ...of }).journalKey().id).toBe(id);
});

test("stock is saved with its batches and its allocations", () => {
  const allocations = [{ order: "o", batch: "b" }];
  const stock = aStock({ batches: [{ ref: "b", qty: 3 }], allocations });
  expect(stock.parts()).toEqual([...stock.batches, ...stock.allocations]);
  expect(stock.parts().length).toBe(2);
});

describe("adding a batch", () => {
  test("without a date puts it in the house now", () => {
    const { events, it } = given(aStock({}))
      .when((stock) => stock.addBatch({ ref: "b", qty: 5, eta: null }, now))
      .thenHappened("BatchAdded");
    expect(events[0]?.data).toEqual({ ref: "b", qty: 5, inHouse: true, eta: null });
    expect(it.batches).toMatchObject([{ ref: "b", qty: 5, eta: null, receivedAt: now }]);
    expect(it.batches[0]?.inHouse).toBe(true);
  });

  test("with a date announces it", () => {
    const { events, it } = given(aStock({}))
      .when((stock) => stock.addBatch({ ref: "b", qty: 5, eta: march(20) }, now))
      .thenHappened("BatchAdded");
    const eta = march(20).toISOString();
    expect(events[0]?.data).toEqual({ ref: "b", qty: 5, inHouse: false, eta });
    expect(it.batches).toMatchObject([{ ref: "b", eta: march(20), receivedAt: null }]);
    expect(it.batches[0]?.inHouse).toBe(false);
  });

  test("with a date that is past still only announces it", () => {
    const { it } = given(aStock({}))
      .when((stock) => stock.addBatch({ ref: "b", qty: 5, eta: march(1) }, now))
      .thenHappened("BatchAdded");
    expect(it.batches[0]?.inHouse).toBe(false);
  });

  test("leaves all of its pieces to be had, and the other batches as they are", () => {
    const { it } = given(aStock({ batches: [{ ref: "a", qty: 3, promised: 2 }] }))
      .when((stock) => stock.addBatch({ ref: "b", qty: 5, eta: null }, now))
      .thenHappened("BatchAdded");
    expect(it.batches.map(({ ref, available }) => [ref, available])).toEqual([
      ["a", 1],
      ["b", 5],
    ]);
    expect(it.batches[1]).toMatchObject({ tenant: "t", warehouse: "main", sku: "TEE", grade: "N" });
  });

  test.each([null, march(20)])("under a reference that is taken is refused (eta %s)", (eta) => {
    given(aStock({ batches: [{ ref: "b", qty: 3 }] }))
      .when((stock) => stock.addBatch({ ref: "b", qty: 3, eta }, now))
      .thenRefused("batch-ref-taken", { ref: "b" });
  });
});

describe("allocating a line", () => {
  test("says which line has how many pieces of which batch, and takes them", () => {
    const { events, it } = given(aStock({ batches: [{ ref: "b", qty: 5, promised: 1 }] }))
      .when((stock) => stock.allocate(aLine({ orderId: "o", line: 3, qty: 2 })))
      .thenHappened("LineAllocated");
    expect(events[0]?.data).toEqual({ orderId: "o", line: 3, qty: 2, batch: "b" });
    expect(it.batches).toMatchObject([{ ref: "b", qty: 5, allocated: 3, available: 2 }]);
  });

  test("keeps what decides who loses pieces first", () => {
    const { it } = given(aStock({ batches: [{ ref: "b", qty: 5 }] }))
      .when((stock) => stock.allocate(aLine({ qty: 2, priority: 7, shipBy: march(12) })))
      .thenHappened("LineAllocated");
    expect(it.allocations).toMatchObject([
      { orderId: "o", line: 1, qty: 2, batch: "b", priority: 7, shipBy: march(12), sku: "TEE" },
    ]);
  });

  test.each([1, 4, 5])("takes %i of 5 pieces", (qty) => {
    const { it } = given(aStock({ batches: [{ ref: "b", qty: 5 }] }))
      .when((stock) => stock.allocate(aLine({ qty })))
      .thenHappened("LineAllocated");
    expect(it.batches[0]?.available).toBe(5 - qty);
  });

  test.each([6, 7, 1_000_000])("takes none where %i of 5 pieces are wanted", (qty) => {
    given(aStock({ batches: [{ ref: "b", qty: 5 }] }))
      .when((stock) => stock.allocate(aLine({ qty })))
      .thenNothing();
  });

  test.each([1, 2, 1_000])("a second time, now for %i pieces, changes nothing", (qty) => {
    const stock = aStock({ batches: [{ ref: "b", qty: 5 }] });
    stock.allocate(aLine());
    given(stock)
      .when((it) => it.allocate(aLine({ qty, priority: 9 })))
      .thenNothing();
  });

  test("a second time does not move it to a better batch", () => {
    const batches = [{ ref: "coming", qty: 5, eta: march(20) }];
    const allocations = [{ order: "o", batch: "coming" }];
    const stock = aStock({ batches, allocations });
    stock.addBatch({ ref: "here", qty: 5, eta: null }, now);
    given(stock)
      .when((it) => it.allocate(aLine()))
      .thenNothing();
    expect(stock.batchOf("o", 1)).toBe("coming");
  });

  test.each([
    ["another line of the same order", { orderId: "o", line: 2 }],
    ["the same line of another order", { orderId: "p", line: 1 }],
  ])("is no repetition for %s", (_, line) => {
    const stock = aStock({ batches: [{ ref: "b", qty: 5 }] });
    stock.allocate(aLine());
    given(stock)
      .when((it) => it.allocate(aLine(line)))
      .thenHappened("LineAllocated");
    expect(stock.batches[0]?.allocated).toBe(2);
  });

  test("that waits has no batch", () => {
    expect(aStock({}).batchOf("o", 1)).toBeNull();
  });
});

describe("deallocating a line", () => {
  const told = {
    batches: [
      { ref: "a", qty: 5 },
      { ref: "b", qty: 5, promised: 1 },
    ],
    allocations: [
      { order: "o", batch: "a", line: 1, qty: 2 },
      { order: "o", batch: "b", line: 2, qty: 3 },
    ],
  };

  test("says which line lost how many pieces of which batch and why, and frees them", () => {
    const { events, it } = given(aStock(told))
      .when((stock) => stock.deallocate("o", 2, "express first"))
      .thenHappened("LineDeallocated");
    const facts = { orderId: "o", line: 2, qty: 3, batch: "b", reason: "express first" };
    expect(events[0]?.data).toEqual(facts);
    expect(it.batches.map(({ available }) => available)).toEqual([3, 4]);
    expect(it.batchOf("o", 2)).toBeNull();
    expect(it.batchOf("o", 1)).toBe("a");
  });

  test("lets its allocation go, to be deleted", () => {
    const stock = aStock(told);
    const [, second] = stock.allocations;
    stock.deallocate("o", 2, "express first");
    expect(stock.gone()).toEqual([second]);
    expect(stock.parts()).not.toContain(second);
  });

  test("leaves it to be allocated again", () => {
    const stock = aStock(told);
    stock.deallocate("o", 2, "express first");
    given(stock)
      .when((it) => it.allocate(aLine({ line: 2, qty: 3 })))
      .thenHappened("LineAllocated");
    expect(stock.batchOf("o", 2)).toBe("a");
  });

  test.each([
    ["another line", "o", 3],
    ["another order", "p", 1],
  ])("is refused for %s, which has no pieces", (_, orderId, line) => {
    given(aStock(told))
      .when((stock) => stock.deallocate(orderId, line, "express first"))
      .thenRefused("line-not-allocated", { orderId, line });
  });

  test("is refused the second time", () => {
    const stock = aStock(told);
    stock.deallocate("o", 2, "express first");
    given(stock)
      .when((it) => it.deallocate("o", 2, "express first"))
      .thenRefused("line-not-allocated");
  });
});

describe("changing a batch's quantity", () => {
  const batch: BatchTold = { ref: "b", qty: 5 };

  test.each([
    ["more", 9],
    ["as many", 5],
    ["fewer", 3],
    ["just what is promised", 2],
  ])("to %s says what it was and is, and takes nobody's pieces", (_, qty) => {
    const allocations = [{ order: "o", batch: "b", qty: 2 }];
    const { events, it } = given(aStock({ batches: [batch], allocations }))
      .when((stock) => stock.changeBatchQuantity("b", qty, "counted"))
      .thenHappened("BatchQuantityChanged");
    expect(events[0]?.data).toEqual({ ref: "b", before: 5, after: qty, reason: "counted" });
    expect(it.batches).toMatchObject([{ qty, allocated: 2 }]);
    expect(it.gone()).toEqual([]);
  });

  test("needs no reason", () => {
    const { events } = given(aStock({ batches: [batch] }))
      .when((stock) => stock.changeBatchQuantity("b", 4, undefined))
      .thenHappened("BatchQuantityChanged");
    expect(events[0]?.data).toMatchObject({ reason: null });
  });

  test("says each line that lost its pieces, after the change", () => {
    const allocations = [
      { order: "o", batch: "b", qty: 2 },
      { order: "p", batch: "b", qty: 3 },
    ];
    const { events, it } = given(aStock({ batches: [batch], allocations }))
      .when((stock) => stock.changeBatchQuantity("b", 0, "burnt"))
      .thenHappened("BatchQuantityChanged", "LineDeallocated", "LineDeallocated");
    const reason = "batch b holds 0 only";
    expect(events.slice(1).map(({ data }) => data)).toEqual([
      { orderId: "p", line: 1, qty: 3, batch: "b", reason },
      { orderId: "o", line: 1, qty: 2, batch: "b", reason },
    ]);
    expect(it.batches).toMatchObject([{ qty: 0, allocated: 0 }]);
    expect(it.allocations).toEqual([]);
  });

  test("leaves the lines of other batches alone", () => {
    const stock = aStock({
      batches: [batch, { ref: "c", qty: 5 }],
      allocations: [
        { order: "o", batch: "c", priority: -9 },
        { order: "p", batch: "b", priority: 9 },
      ],
    });
    given(stock)
      .when((it) => it.changeBatchQuantity("b", 0, undefined))
      .thenHappened("BatchQuantityChanged", "LineDeallocated");
    expect(stock.batchOf("o", 1)).toBe("c");
    expect(stock.batchOf("p", 1)).toBeNull();
  });

  test.each([0, 1, 9])("of an unknown batch to %i is refused", (qty) => {
    given(aStock({ batches: [batch] }))
      .when((stock) => stock.changeBatchQuantity("other", qty, undefined))
      .thenRefused("batch-unknown", { ref: "other" });
  });
});

describe("adjusting a batch", () => {
  const batch: BatchTold = { ref: "b", qty: 5 };

  test.each([4, -1, -5])("by %i says what it was and is", (by) => {
    const { events, it } = given(aStock({ batches: [batch] }))
      .when((stock) => stock.adjustBatch("b", by, "counted"))
      .thenHappened("StockAdjusted");
    expect(events[0]?.data).toEqual({ ref: "b", by, before: 5, after: 5 + by, reason: "counted" });
    expect(it.batches).toMatchObject([{ qty: 5 + by }]);
  });

  test("twice takes both off, one after the other", () => {
    const { it } = given(aStock({ batches: [batch] }))
      .when((stock) =>
        [stock.adjustBatch("b", -2, "torn"), stock.adjustBatch("b", -1, "wet")].flat(),
      )
      .thenHappened("StockAdjusted", "StockAdjusted");
    expect(it.batches).toMatchObject([{ qty: 2 }]);
  });

  test("takes pieces from lines that it no longer covers, and says so", () => {
    const allocations = [
      { order: "o", batch: "b", qty: 2 },
      { order: "p", batch: "b", qty: 3 },
    ];
    const { it } = given(aStock({ batches: [batch], allocations }))
      .when((stock) => stock.adjustBatch("b", -1, "burnt"))
      .thenHappened("StockAdjusted", "LineDeallocated");
    expect(it.batches).toMatchObject([{ qty: 4, allocated: 2 }]);
    expect(it.gone()).toMatchObject([{ orderId: "p" }]);
  });

  test("by more than it holds is refused, and so is more than is not picked", () => {
    const details = { ref: "b", by: -6, qty: 5, picked: 0 };
    given(aStock({ batches: [batch] }))
      .when((stock) => stock.adjustBatch("b", -6, "burnt"))
      .thenRefused("batch-short", details);
    const picked = aStock({ batches: [batch], allocations: [{ order: "o", batch: "b", qty: 2 }] });
    picked.pick("o", 1);
    given(picked)
      .when((stock) => stock.adjustBatch("b", -4, "burnt"))
      .thenRefused("batch-short", { ref: "b", by: -4, qty: 5, picked: 2 });
  });

  test("beyond what a batch may hold, or of an unknown one, is refused", () => {
    given(aStock({ batches: [batch] }))
      .when((stock) => stock.adjustBatch("b", 999_996, "found"))
      .thenRefused("batch-too-large", { ref: "b", by: 999_996, qty: 5, picked: 0 });
    given(aStock({ batches: [batch] }))
      .when((stock) => stock.adjustBatch("other", 1, "found"))
      .thenRefused("batch-unknown", { ref: "other" });
  });
});

describe("reducing what a line has", () => {
  const held = () =>
    aStock({ batches: [{ ref: "b", qty: 5 }], allocations: [{ order: "o", batch: "b", qty: 3 }] });

  test("frees so many pieces, and the line keeps the others", () => {
    const { events, it } = given(held())
      .when((stock) => stock.reduce("o", 1, 2, "one only"))
      .thenHappened("AllocationReduced");
    expect(events[0]?.data).toEqual({
      ...{ orderId: "o", line: 1, by: 2, left: 1, batch: "b", reason: "one only" },
    });
    expect(it.batches).toMatchObject([{ qty: 5, allocated: 1 }]);
    expect(it.allocations).toMatchObject([{ qty: 1 }]);
  });

  test.each([3, 4])("by %i of 3 takes all of it back", (by) => {
    const { it } = given(held())
      .when((stock) => stock.reduce("o", 1, by, "none"))
      .thenHappened("LineDeallocated");
    expect(it.batches).toMatchObject([{ allocated: 0 }]);
    expect(it.batchOf("o", 1)).toBeNull();
  });

  test("is refused once the pieces are picked, and where there are none", () => {
    const picked = held();
    picked.pick("o", 1);
    given(picked)
      .when((stock) => stock.reduce("o", 1, 1, "late"))
      .thenRefused("line-picked", { orderId: "o", line: 1 });
    given(held())
      .when((stock) => stock.reduce("p", 1, 1, "none"))
      .thenRefused("line-not-allocated");
  });
});
