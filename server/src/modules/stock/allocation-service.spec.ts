import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import { aLine, aStock, march } from "./sku-stock.fixture.ts";

/*
 * The behaviours of the allocation service in Percival and Gregory, *Architecture Patterns with
 * Python*, chapters 1 to 9 (https://www.cosmicpython.com), in this domain's words.
 */
describe("the textbook's allocation service", () => {
  test("allocating to a batch reduces what is available of it", () => {
    const { it } = given(aStock({ batches: [{ ref: "b", qty: 20 }] }))
      .when((stock) => stock.allocate(aLine({ qty: 2 })))
      .thenHappened("LineAllocated");
    expect(it.batches[0]?.available).toBe(18);
  });

  test.each([
    ["more than is wanted", 20, 2, true],
    ["just what is wanted", 2, 2, true],
    ["less than is wanted", 2, 20, false],
  ])("a batch that has %s", (_, qty, wanted, can) => {
    const asked = given(aStock({ batches: [{ ref: "b", qty }] })).when((stock) =>
      stock.allocate(aLine({ qty: wanted })),
    );
    if (can) asked.thenHappened("LineAllocated");
    else asked.thenNothing();
  });

  test("allocating is idempotent", () => {
    const stock = aStock({ batches: [{ ref: "b", qty: 20 }] });
    stock.allocate(aLine({ qty: 2 }));
    given(stock)
      .when((it) => it.allocate(aLine({ qty: 2 })))
      .thenNothing();
    expect(stock.batches[0]?.available).toBe(18);
  });

  test("a line that was never allocated cannot be deallocated", () => {
    given(aStock({ batches: [{ ref: "b", qty: 20 }] }))
      .when((stock) => stock.deallocate("o", 1, "why not"))
      .thenRefused("line-not-allocated");
  });

  test("prefers stock in the house to shipments", () => {
    const stock = aStock({
      batches: [
        { ref: "shipment", qty: 100, eta: march(11) },
        { ref: "in stock", qty: 100 },
      ],
    });
    stock.allocate(aLine({ qty: 10 }));
    expect(stock.batches.map(({ ref, available }) => [ref, available])).toEqual([
      ["shipment", 100],
      ["in stock", 90],
    ]);
  });

  test("prefers earlier shipments", () => {
    const stock = aStock({
      batches: [
        { ref: "latest", qty: 100, eta: march(30) },
        { ref: "speedy", qty: 100, eta: march(11) },
        { ref: "normal", qty: 100, eta: march(20) },
      ],
    });
    expect(stock.allocate(aLine({ qty: 10 }))?.data).toMatchObject({ batch: "speedy" });
  });

  test("answers which batch the line has", () => {
    const stock = aStock({ batches: [{ ref: "b", qty: 20 }] });
    stock.allocate(aLine());
    expect(stock.batchOf("o", 1)).toBe("b");
  });

  test("being out of stock is a state, no exception", () => {
    const stock = aStock({ batches: [{ ref: "b", qty: 10 }] });
    stock.allocate(aLine({ qty: 10 }));
    given(stock)
      .when((it) => it.allocate(aLine({ orderId: "another", qty: 1 })))
      .thenNothing();
    expect(stock.batchOf("another", 1)).toBe(null);
  });

  test("a changed quantity that still covers what is promised takes from nobody", () => {
    given(aStock({ batches: [{ ref: "b", qty: 100 }], allocations: [{ order: "o", batch: "b" }] }))
      .when((stock) => stock.changeBatchQuantity("b", 50, "counted"))
      .thenHappened("BatchQuantityChanged");
  });

  test("after a smaller batch, who lost pieces has others where there are some", () => {
    const stock = aStock({
      batches: [
        { ref: "shrinks", qty: 50 },
        { ref: "other", qty: 50 },
      ],
      allocations: [
        { order: "one", batch: "shrinks", qty: 20 },
        { order: "two", batch: "shrinks", qty: 20 },
      ],
    });
    const events = stock.changeBatchQuantity("shrinks", 25, "counted");
    expect(events.map(({ type }) => type)).toEqual(["BatchQuantityChanged", "LineDeallocated"]);
    expect(stock.allocate(aLine({ orderId: "two", qty: 20 }))?.data).toMatchObject({
      ...{ orderId: "two", batch: "other" },
    });
    expect(stock.batches.map(({ available }) => available)).toEqual([5, 30]);
  });
});
