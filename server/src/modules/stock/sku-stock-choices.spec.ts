import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import { type AllocationTold, aLine, aStock, type BatchTold, march } from "./sku-stock.fixture.ts";

const now = march(10);

describe("allocating a line prefers", () => {
  const early: BatchTold = { ref: "early", qty: 9, eta: march(11) };
  const late: BatchTold = { ref: "late", qty: 9, eta: march(30) };
  const here: BatchTold = { ref: "here", qty: 9 };
  const alsoHere: BatchTold = { ref: "alsoHere", qty: 9 };
  const few: BatchTold = { ref: "few", qty: 1 };
  const gone: BatchTold = { ref: "gone", qty: 9, promised: 8 };
  const twin: BatchTold = { ref: "a-twin-of-early", qty: 9, eta: march(11) };

  const arrived: BatchTold = { ref: "arrived", qty: 9, eta: march(30), receivedAt: march(9) };

  test.each<[string, BatchTold[], string | null]>([
    ["the house to what is coming, though it was announced for later", [early, arrived], "arrived"],
    ["the house to what is coming", [early, here], "here"],
    ["the house to what is coming, though it was known later", [early, late, here], "here"],
    ["what is coming to nothing", [late], "late"],
    ["what comes earliest", [late, early], "early"],
    ["what comes earliest, though it was known later", [late, early, twin], "early"],
    ["the oldest of what comes on one day", [twin, early], "a-twin-of-early"],
    ["the oldest in the house", [here, alsoHere], "here"],
    ["the oldest in the house, whatever it is called", [alsoHere, here], "alsoHere"],
    ["the oldest in the house, though it was to come later", [arrived, here], "arrived"],
    ["the oldest in the house to one that has come since", [here, arrived], "here"],
    ["a younger batch to one that has too few", [few, here], "here"],
    ["a batch to come to one in the house that has too few", [few, late], "late"],
    ["a younger batch to one that is promised to others", [gone, here], "here"],
    ["to wait where each batch has too few, never splitting it", [few, gone], null],
    ["to wait where there is nothing", [], null],
  ])("%s", (_, batches, batch) => {
    const asked = given(aStock({ batches })).when((stock) => stock.allocate(aLine({ qty: 2 })));
    if (batch === null) asked.thenNothing();
    else expect(asked.thenHappened("LineAllocated").it.batchOf("o", 1)).toBe(batch);
  });

  test("the oldest in the house to one that came in the same command", () => {
    const stock = aStock({ batches: [{ ref: "z", qty: 1 }] });
    stock.addBatch({ ref: "a", qty: 1, eta: null }, now);
    expect(stock.allocate(aLine())?.data).toMatchObject({ batch: "z" });
    expect(stock.allocate(aLine({ line: 2 }))?.data).toMatchObject({ batch: "a" });
  });

  test("of two that came in the same command the first by its reference", () => {
    const stock = aStock({});
    for (const ref of ["b", "a"]) stock.addBatch({ ref, qty: 1, eta: null }, now);
    expect(stock.allocate(aLine())?.data).toMatchObject({ batch: "a" });
  });
});

describe("a batch that did not hold what it should", () => {
  const stock = () =>
    aStock({
      batches: [
        { ref: "missed", qty: 9 },
        { ref: "other", qty: 9 },
      ],
    });

  test.each([
    ["house", "other"],
    ["anywhere", "other"],
  ] as const)("is passed over for others from the %s", (from, batch) => {
    const { events } = given(stock())
      .when((it) => it.allocate(aLine(), from, "missed"))
      .thenHappened("LineAllocated");
    expect(events[0]?.data).toMatchObject({ batch });
  });

  test("is passed over where there is no other", () => {
    given(aStock({ batches: [{ ref: "missed", qty: 9 }] }))
      .when((it) => it.allocate(aLine(), "anywhere", "missed"))
      .thenNothing();
  });
});

describe("a batch that shrinks takes the pieces of", () => {
  const of = (order: string, more: Omit<Partial<AllocationTold>, "order"> = {}) => ({
    order,
    batch: "b",
    ...more,
  });

  test.each<[string, AllocationTold[], number, string[]]>([
    ["the lowest priority", [of("low", { priority: 1 }), of("high", { priority: 2 })], 1, ["low"]],
    [
      "the lowest priority, below zero too",
      [of("normal"), of("low", { priority: -1 })],
      1,
      ["low"],
    ],
    [
      "the lowest priority, though it ships sooner and is older",
      [of("low", { priority: 1, shipBy: march(11) }), of("high", { priority: 2 })],
      1,
      ["low"],
    ],
    [
      "the latest ship-by at one priority",
      [of("soon", { shipBy: march(11) }), of("late", { shipBy: march(12) })],
      1,
      ["late"],
    ],
    [
      "the latest ship-by, though it is older",
      [of("late", { shipBy: march(12) }), of("soon", { shipBy: march(11) })],
      1,
      ["late"],
    ],
    [
      "one without a ship-by first",
      [of("any time"), of("soon", { shipBy: march(11) })],
      1,
      ["any time"],
    ],
    [
      "one without a ship-by first, wherever it stands",
      [of("soon", { shipBy: march(11) }), of("any time"), of("late", { shipBy: march(30) })],
      2,
      ["any time"],
    ],
    ["the newest of those without a ship-by", [of("old"), of("new")], 1, ["new"]],
    [
      "the newest of those with one ship-by",
      [of("old", { shipBy: march(11) }), of("new", { shipBy: march(11) })],
      1,
      ["new"],
    ],
    ["the newest line of one order", [of("o", { line: 1 }), of("o", { line: 2 })], 1, ["o"]],
    ["as many as it must", [of("a"), of("b"), of("c"), of("d")], 1, ["d", "c", "b"]],
    ["no more than it must", [of("a", { qty: 2 }), of("b", { qty: 3 })], 4, ["b"]],
    [
      "the first in that order, though a smaller one would do",
      [of("small", { qty: 1, priority: 1 }), of("large", { qty: 9 })],
      9,
      ["large"],
    ],
    ["nobody where the rest is enough", [of("a"), of("b")], 2, []],
  ])("%s", (_, allocations, qty, victims) => {
    const pieces = allocations.reduce((sum, { qty = 1 }) => sum + qty, 0);
    const stock = aStock({ batches: [{ ref: "b", qty: pieces }], allocations });
    const lost = victims.map(() => "LineDeallocated");
    const { events } = given(stock)
      .when((it) => it.changeBatchQuantity("b", qty, undefined))
      .thenHappened("BatchQuantityChanged", ...lost);
    const names = events.slice(1).map(({ data }) => (data as { orderId: string }).orderId);
    expect(names).toEqual(victims);
  });

  test("a line of the same command before older ones, as the newest", () => {
    const stock = aStock({ batches: [{ ref: "b", qty: 2 }], allocations: [of("old")] });
    stock.allocate(aLine({ orderId: "new" }));
    stock.changeBatchQuantity("b", 1, undefined);
    expect(stock.allocations.map(({ orderId }) => orderId)).toEqual(["old"]);
  });
});
