import { randomUUID } from "node:crypto";
import type { PlaceOrderInput } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

async function boardOf(orderId: string) {
  const { data } = await house.client.orders.orderBoard({ orderId });
  expect(data.rows.length).toBe(1);
  return data.rows[0];
}

describe("an order", () => {
  test("whose pieces are there has them at once, and everyone sees it", async () => {
    await house.stocks("TEE", 10);
    await house.stocks("CAP", 10);
    const placed = await house.sells({ TEE: 2, CAP: 1 }, { externalRef: "whole" });
    const { orderId, lines } = placed;
    expect(lines).toEqual([
      { line: 1, allocated: true, batch: "TEE/1", lpns: [] },
      { line: 2, allocated: true, batch: "CAP/1", lpns: [] },
    ]);
    expect(await boardOf(orderId)).toMatchObject({
      ...{ channel: "shop", externalRef: "whole", warehouse: "main", priority: 0 },
      ...{ lines: 2, units: 3, allocatedLines: 2, status: "allocated", blocker: null },
    });
    const { data } = await house.client.stock.sellableAvailability({ sku: "TEE" });
    expect(data.rows).toMatchObject([{ onHand: 10, reserved: 2, available: 8 }]);
    const facts = { channel: "shop", externalRef: "whole", warehouse: "main", lines: 2, qty: 3 };
    expect(await house.journalOf(placed)).toMatchObject([
      { kind: "Order", id: orderId, version: 1, type: "OrderPlaced", data: facts },
      { id: "main/TEE/N", version: 2, type: "LineAllocated", data: { orderId, line: 1, qty: 2 } },
      { id: "main/CAP/N", version: 2, type: "LineAllocated", data: { orderId, line: 2, qty: 1 } },
    ]);
  });

  test("that is short in one line is taken, and says what it waits for", async () => {
    await house.stocks("MUCH", 9);
    await house.stocks("LITTLE", 1);
    await house.stocks("NOTHING");
    const placed = await house.sells({ MUCH: 1, LITTLE: 2, NOTHING: 1 });
    expect(placed.lines).toEqual([
      { line: 1, allocated: true, batch: "MUCH/1", lpns: [] },
      { line: 2, allocated: false, batch: null, lpns: [] },
      { line: 3, allocated: false, batch: null, lpns: [] },
    ]);
    expect(await boardOf(placed.orderId)).toMatchObject({
      ...{ lines: 3, units: 4, allocatedLines: 1, status: "backordered" },
      blocker: "no stock for LITTLE",
    });
    const types = (await house.journalOf(placed)).map(({ type }) => type);
    expect(types).toEqual(["OrderPlaced", "LineAllocated"]);
  });

  test("serves its lines in their order where they want the same pieces", async () => {
    await house.stocks("SAME", 3);
    const lines = [2, 2, 1].map((qty) => ({ sku: "SAME", qty }));
    const placed = await house.sells({}, { lines });
    expect(placed.lines.map(({ allocated }) => allocated)).toEqual([true, false, true]);
  });

  test("keeps what was promised, when it was ordered and what it costs", async () => {
    await house.stocks("FACTS", 1);
    const { orderId } = await house.sells(
      {},
      {
        orderedAt: "2026-02-01T12:00:00+01:00",
        promise: {
          ...{ shipBy: "2026-02-03T16:00:00Z", deliverBy: "2026-02-05T22:00:00Z" },
          carrierService: "express",
        },
        priority: 7,
        lines: [{ sku: "FACTS", qty: 1, priceCents: 1_999 }],
      },
    );
    const row = await boardOf(orderId);
    expect(row).toMatchObject({ carrierService: "express", priority: 7 });
    expect(Date.parse(row?.orderedAt ?? "")).toBe(Date.UTC(2026, 1, 1, 11));
    expect(Date.parse(row?.shipBy ?? "")).toBe(Date.UTC(2026, 1, 3, 16));
    expect(Date.parse(row?.deliverBy ?? "")).toBe(Date.UTC(2026, 1, 5, 22));
    const prices = await house.database.query(
      "select price_cents from selvedge.order_line where order_id = $1",
      [orderId],
    );
    expect(prices).toEqual([{ price_cents: 1_999 }]);
  });

  test("takes only from the warehouse and the grade it is for", async () => {
    await house.stocks("PLACE", 5);
    const lines = [
      { sku: "PLACE", qty: 1 },
      { sku: "PLACE", qty: 1, grade: "B" },
    ];
    const here = await house.sells({}, { lines });
    expect(here.lines.map(({ allocated }) => allocated)).toEqual([true, false]);
    const north = await house.sells({}, { lines, warehouse: "north" });
    expect(north.lines.map(({ allocated }) => allocated)).toEqual([false, false]);
  });

  test("may have two thousand lines", async () => {
    await house.stocks("THOUSAND", 600);
    const lines = Array.from({ length: 2_000 }, () => ({ sku: "THOUSAND", qty: 1 }));
    const placed = await house.sells({}, { lines });
    expect(placed.lines.filter(({ allocated }) => allocated).length).toBe(600);
    expect(placed.lines.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 1));
    expect(await boardOf(placed.orderId)).toMatchObject({ lines: 2_000, allocatedLines: 600 });
  });

  test("that is sent again under the same command id is placed once", async () => {
    await house.stocks("AGAIN", 5);
    const lines = [{ sku: "AGAIN", qty: 1 }];
    const { data } = await house.answersOnce((options) =>
      house.client.orders.placeOrder({ channel: "shop", externalRef: "again", lines }, options),
    );
    expect(await boardOf(data.orderId)).toMatchObject({ externalRef: "again" });
  });

  test("sent twice under one id is placed once and answers the same, with lines of several SKUs", async () => {
    await house.stocks("FIRST", 5);
    await house.stocks("SECOND", 5);
    const lines = ["FIRST", "SECOND"].map((sku) => ({ sku, qty: 1 }));
    await house.answersOnce((options) =>
      house.client.orders.placeOrder(
        { channel: "shop", externalRef: "of-several", lines },
        options,
      ),
    );
  });
});

describe("a reference that a channel has used is refused", () => {
  test("the second time, whatever is ordered", async () => {
    await house.stocks("TAKEN", 5);
    await house.sells({ TAKEN: 1 }, { externalRef: "taken" });
    const error = await house.refuses(
      () => house.sells({ TAKEN: 2 }, { externalRef: "taken" }),
      "external-ref-taken",
    );
    expect(error).toMatchObject({ kind: "conflict", retryable: false });
  });

  test("after the order was cancelled, too", async () => {
    await house.stocks("GONE", 5);
    const { orderId } = await house.sells({ GONE: 1 }, { externalRef: "gone" });
    await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
    await house.refuses(
      () => house.sells({ GONE: 1 }, { externalRef: "gone" }),
      "external-ref-taken",
    );
  });

  test("but not to another channel", async () => {
    await house.stocks("BOTH", 5);
    const one = await house.sells({ BOTH: 1 }, { externalRef: "both" });
    const other = await house.sells({ BOTH: 1 }, { externalRef: "both", channel: "market" });
    expect(other.orderId).not.toBe(one.orderId);
  });

  test("but not in another house", async () => {
    await house.stocks("APART", 5);
    await house.sells({ APART: 1 }, { externalRef: "apart" });
    await house.elsewhere.catalogue.registerVariant({ sku: "APART" });
    const { data } = await house.elsewhere.orders.placeOrder({
      ...{ channel: "shop", externalRef: "apart", lines: [{ sku: "APART", qty: 1 }] },
    });
    // Their house has none of it, whatever ours has.
    expect(data.lines).toEqual([{ line: 1, allocated: false, batch: null, lpns: [] }]);
  });

  test("but for one of sixteen who use it at once", async () => {
    await house.stocks("RACE", 50);
    const all = await Promise.allSettled(
      Array.from({ length: 16 }, () => house.sells({ RACE: 1 }, { externalRef: "race" })),
    );
    expect(all.filter(({ status }) => status === "fulfilled").length).toBe(1);
    const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
    expect(reasons).toEqual(Array(15).fill("external-ref-taken"));
    const { data } = await house.client.stock.sellableAvailability({ sku: "RACE" });
    expect(data.rows).toMatchObject([{ reserved: 1 }]);
  });
});

describe("an order of variants that nobody registered is refused", () => {
  test("whole, naming each of them once", async () => {
    await house.stocks("KNOWN", 5);
    const lines = ["KNOWN", "X", "Y", "X"].map((sku) => ({ sku, qty: 1 }));
    const error = await house.refuses(() => house.sells({}, { lines }), "variant-unknown");
    expect(error).toMatchObject({ kind: "not-found", details: { skus: ["X", "Y"] } });
  });

  test("naming twenty at most", async () => {
    const lines = Array.from({ length: 30 }, (_, i) => ({ sku: `U${i}`, qty: 1 }));
    const { details } = await house.refuses(() => house.sells({}, { lines }), "variant-unknown");
    expect(details).toEqual({ skus: lines.slice(0, 20).map(({ sku }) => sku) });
  });

  test("where only another house registered them", async () => {
    await house.elsewhere.catalogue.registerVariant({ sku: "THEIRS" });
    await house.refuses(() => house.sells({ THEIRS: 1 }), "variant-unknown");
  });
});

test.each([
  ["no lines", { lines: [] }],
  ["two thousand and one lines", { lines: Array(2_001).fill({ sku: "S", qty: 1 }) }],
  ["a line without pieces", { lines: [{ sku: "S", qty: 0 }] }],
  ["a price below zero", { lines: [{ sku: "S", qty: 1, priceCents: -1 }] }],
  ["a price that is no whole number of cents", { lines: [{ sku: "S", qty: 1, priceCents: 0.5 }] }],
  ["an empty channel", { channel: "" }],
  ["a moment without a time zone", { orderedAt: "2026-01-01T00:00:00" }],
  ["a day for a moment", { promise: { shipBy: "2026-01-01" } }],
  ["a promise nobody knows", { promise: { giftWrap: "yes" } }],
  ["a priority beyond a thousand", { priority: 1_001 }],
  ["an id of its own", { orderId: randomUUID() }],
  ["a tenant", { tenant: "elsewhere" }],
])("input with %s is not taken", async (_, odd) => {
  await house.stocks("S");
  const input = { channel: "shop", externalRef: "odd", lines: [{ sku: "S", qty: 1 }], ...odd };
  const call = house.client.orders.placeOrder(input as object as PlaceOrderInput);
  await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
  const { data } = await house.client.orders.orderBoard({ externalRef: "odd" });
  expect(data.rows).toEqual([]);
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
