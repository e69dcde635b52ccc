import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import { wantedOf } from "./contract.ts";
import { anOrder, anOrderToPlace } from "./order.fixture.ts";
import { Order } from "./order.ts";

const someLines = fc.array(
  fc.record({
    sku: fc.constantFrom("TEE", "CAP"),
    grade: fc.constantFrom("N", "B"),
    qty: fc.integer({ min: 1, max: 1_000_000 }),
    priceCents: fc.option(fc.integer({ min: 0, max: 2_000_000_000 })),
  }),
  { minLength: 1, maxLength: 50 },
);

describe("placing an order", () => {
  test("takes it as it came, open and not yet recorded", () => {
    const { lines, ...facts } = anOrderToPlace();
    const { order } = Order.place(anOrderToPlace());
    expect(order).toMatchObject({ ...facts, status: "open", version: 0 });
    expect(order.lines).toMatchObject(lines);
  });

  test("happens once, with what a feed's reader wants to know", () => {
    const { order, placed } = Order.place(anOrderToPlace());
    expect(placed).toEqual({
      aggregate: order,
      type: "OrderPlaced",
      data: { channel: "shop", externalRef: "A-1", warehouse: "main", lines: 2, qty: 3 },
    });
  });

  test("saves its lines with it", () => {
    const order = anOrder();
    expect(order.parts()).toBe(order.lines);
    expect(order.parts().length).toBe(2);
  });

  test("keeps a promise that was not made empty", () => {
    const none = { shipBy: null, deliverBy: null, carrierService: null };
    expect(anOrder(none)).toMatchObject(none);
  });

  test("numbers its lines from one as they came, and counts their pieces", () => {
    fc.assert(
      fc.property(someLines, (lines) => {
        const { order, placed } = Order.place(anOrderToPlace({ lines }));
        expect(order.lines.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 1));
        expect(order.lines.map(({ orderId }) => orderId)).toEqual(lines.map(() => order.id));
        expect(order.lines.map(({ tenant }) => tenant)).toEqual(lines.map(() => "t"));
        const qty = lines.reduce((sum, line) => sum + line.qty, 0);
        expect(placed.data).toMatchObject({ lines: lines.length, qty });
      }),
    );
  });
});

test("an order stands in the journal under its id", () => {
  const order = anOrder();
  expect(order.journalKey()).toEqual({ kind: "Order", id: order.id });
});

describe("a line of an order", () => {
  test.each([
    [1, "TEE"],
    [2, "CAP"],
  ])("is found by its number %i", (line, sku) => {
    expect(anOrder().openLine(line).sku).toBe(sku);
  });

  test.each([0, 3, -1, 1_000])("is refused under the number %i, which it has not", (line) => {
    const order = anOrder();
    given(order)
      .when((it) => void it.openLine(line))
      .thenRefused("line-unknown", { orderId: order.id, line });
  });

  test.each([1, 3])(
    "%i is refused once the order is cancelled, whether it is there or not",
    (line) => {
      const order = anOrder();
      order.cancel("changed mind");
      given(order)
        .when((it) => void it.openLine(line))
        .thenRefused("order-cancelled", { orderId: order.id });
    },
  );

  test("tells stock where it is wanted, how urgently and by when", () => {
    const order = anOrder({ priority: 7, warehouse: "north" });
    expect(wantedOf(order, order.openLine(2))).toEqual({
      orderId: order.id,
      line: 2,
      sku: "CAP",
      grade: "B",
      qty: 1,
      warehouse: "north",
      priority: 7,
      shipBy: new Date("2026-03-02T16:00:00Z"),
    });
  });

  test("tells stock that nobody promised a time", () => {
    const order = anOrder({ shipBy: null });
    expect(wantedOf(order, order.openLine(1)).shipBy).toBeNull();
  });
});

describe("cancelling an order", () => {
  test("happens once, with the reason and the pieces that are wanted no longer", () => {
    const { events, it } = given(anOrder())
      .when((order) => order.cancel("changed mind"))
      .thenHappened("OrderCancelled");
    expect(events[0]?.data).toEqual({ reason: "changed mind", qty: 3 });
    expect(it).toMatchObject({ status: "cancelled", cancelReason: "changed mind" });
  });

  test("leaves its lines to be seen", () => {
    const { it } = given(anOrder())
      .when((order) => order.cancel("changed mind"))
      .thenHappened("OrderCancelled");
    expect(it.lines.map(({ line, qty }) => [line, qty])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  test("is refused the second time, whatever the reason, and the first reason stays", () => {
    const order = anOrder();
    order.cancel("changed mind");
    given(order)
      .when((it) => it.cancel("fraud"))
      .thenRefused("order-cancelled", { orderId: order.id });
  });
});

describe("reducing a line", () => {
  test("leaves it fewer pieces, which cost less, and says how many", () => {
    const { events, it } = given(anOrder())
      .when((order) => order.reduceLine(1, 1, "one only"))
      .thenHappened("OrderLineReduced");
    expect(events[0]?.data).toEqual({ line: 1, sku: "TEE", by: 1, left: 1, reason: "one only" });
    expect(it.lines).toMatchObject([
      { line: 1, qty: 1, priceCents: 1_000 },
      { line: 2, qty: 1, priceCents: null },
    ]);
    expect(it.gone()).toEqual([]);
  });

  test("to nothing takes it off the order; the other lines keep their numbers", () => {
    const { events, it } = given(anOrder())
      .when((order) => order.reduceLine(1, 2, "out of fashion"))
      .thenHappened("OrderLineReduced");
    expect(events[0]?.data).toMatchObject({ line: 1, by: 2, left: 0 });
    expect(it.lines.map(({ line }) => line)).toEqual([2]);
    expect(it.gone()).toMatchObject([{ line: 1 }]);
    expect(it.status).toBe("open");
  });

  test("the last one to nothing cancels the order, and leaves the line to be seen", () => {
    const { events, it } = given(anOrder())
      .when((order) => [order.reduceLine(1, 2, "no"), order.reduceLine(2, 1, "neither")])
      .thenHappened("OrderLineReduced", "OrderCancelled");
    expect(events[1]?.data).toEqual({ reason: "neither", qty: 1 });
    expect(it).toMatchObject({ status: "cancelled", lines: [{ line: 2, qty: 1 }] });
  });

  test("of a held order leaves it held", () => {
    const order = anOrder();
    order.hold("address", new Date("2026-03-01T11:00:00Z"));
    const { it } = given(order)
      .when((one) => one.reduceLine(1, 1, "one only"))
      .thenHappened("OrderLineReduced");
    expect(it.holdReason).toBe("address");
  });

  test.each([
    ["by more pieces than it has", 1, 3, "line-smaller", { qty: 2 }],
    ["that the order has not", 3, 1, "line-unknown", {}],
  ])("is refused for a line %s", (_, line, by, reason, details) => {
    const order = anOrder();
    given(order)
      .when((it) => it.reduceLine(line, by, "no"))
      .thenRefused(reason, { orderId: order.id, line, ...details });
  });

  test("is refused once the line is gone, or the order is cancelled", () => {
    const order = anOrder();
    order.reduceLine(1, 2, "no");
    given(order)
      .when((it) => it.reduceLine(1, 1, "again"))
      .thenRefused("line-unknown");
    order.cancel("changed mind");
    given(order)
      .when((it) => it.reduceLine(2, 1, "no"))
      .thenRefused("order-cancelled");
  });
});

describe("holding and releasing an order", () => {
  const at = new Date("2026-03-01T11:00:00Z");
  const held = () => {
    const order = anOrder();
    order.hold("fraud check", at);
    return order;
  };
  const cancelled = () => {
    const order = anOrder();
    order.cancel("changed mind");
    return order;
  };

  test("happens with the reason, each once in turn", () => {
    const { events, it } = given(anOrder())
      .when((order) => [
        order.hold("fraud check", at),
        order.release("cleared"),
        order.hold("address", at),
      ])
      .thenHappened("OrderHeld", "OrderReleased", "OrderHeld");
    expect(events.map(({ data }) => data)).toEqual([
      { reason: "fraud check" },
      { reason: "cleared" },
      { reason: "address" },
    ]);
    expect(it).toMatchObject({ heldAt: at, holdReason: "address", status: "open" });
  });

  test.each([
    ["held again", held, (it: Order) => it.hold("again", at), "order-held"],
    ["released unheld", anOrder, (it: Order) => it.release("why"), "order-not-held"],
    ["held once cancelled", cancelled, (it: Order) => it.hold("x", at), "order-cancelled"],
    ["released once cancelled", cancelled, (it: Order) => it.release("x"), "order-cancelled"],
    ["picked while held", held, (it: Order) => void it.requireFree(), "order-held"],
    ["picked once cancelled", cancelled, (it: Order) => void it.requireFree(), "order-cancelled"],
  ])("is refused where it would be %s", (_, order, act, reason) => {
    given(order()).when(act).thenRefused(reason);
  });

  test("an order that is open and not held may be picked and shipped", () => {
    given(anOrder())
      .when((it) => void it.requireFree())
      .thenNothing();
  });

  test("a held order may be cancelled, and is held no longer", () => {
    const { it } = given(held())
      .when((order) => order.cancel("fraud"))
      .thenHappened("OrderCancelled");
    expect(it).toMatchObject({ heldAt: null, holdReason: null });
  });
});
