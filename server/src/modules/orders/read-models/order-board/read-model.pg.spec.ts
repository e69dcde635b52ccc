import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let ask: House["client"]["orders"]["orderBoard"];

/** Five orders on two days from two channels, and one of another house. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.orders.orderBoard;
  await house.stocks("TEE", 10);
  await house.stocks("CAP", 1);
  await house.stocks("BAG");
  const first = { orderedAt: "2026-05-01T23:30:00Z" };
  const second = { orderedAt: "2026-05-02T00:30:00Z" };
  const by = { shipBy: "2026-05-03T16:00:00Z", deliverBy: "2026-05-06T22:00:00Z" };
  const promise = { ...by, carrierService: "express" };
  await house.sells({ TEE: 2, CAP: 1 }, { externalRef: "1", ...first, promise, priority: 4 });
  await house.sells({ TEE: 3, CAP: 1 }, { externalRef: "2", ...second });
  await house.sells({ CAP: 1, BAG: 1 }, { externalRef: "3", ...second, channel: "market" });
  await house.sells({ TEE: 1 }, { externalRef: "1", ...second, channel: "market" });
  const { orderId } = await house.sells({ TEE: 4 }, { externalRef: "4", ...first });
  await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
  await house.elsewhere.catalogue.registerVariant({ sku: "TEE" });
  await house.elsewhere.orders.placeOrder({
    ...{ channel: "shop", externalRef: "1", lines: [{ sku: "TEE", qty: 1_000 }] },
  });
});
afterAll(() => house.stop());

async function names(filter: Parameters<typeof ask>[0]) {
  const { data } = await ask(filter);
  return data.rows.map(({ channel, externalRef }) => `${channel} ${externalRef}`).sort();
}

test("an order that has all it needs waits for nothing", async () => {
  const { data } = await ask({ channel: "shop", externalRef: "1" });
  expect(data.nextCursor).toBeNull();
  expect(data.rows).toEqual([
    {
      orderId: expect.any(String),
      ...{ channel: "shop", externalRef: "1", warehouse: "main", priority: 4 },
      ...{ lines: 2, units: 3, allocatedLines: 2, status: "allocated", hold: null, blocker: null },
      ...{ toPickUnits: 3, pickedUnits: 0, packedUnits: 0, shippedUnits: 0 },
      ...{ deliveredUnits: 0, returningUnits: 0, returnedUnits: 0, lostUnits: 0 },
      orderedAt: expect.stringContaining("2026-05-01T23:30:00"),
      shipBy: expect.stringContaining("2026-05-03T16:00:00"),
      deliverBy: expect.stringContaining("2026-05-06T22:00:00"),
      ...{ deliveredAt: null, deliveryReported: false },
      carrierService: "express",
    },
  ]);
});

test.each([
  ["shop", "2", { allocatedLines: 1, status: "backordered", blocker: "no stock for CAP" }],
  ["market", "3", { allocatedLines: 0, status: "backordered", blocker: "no stock for BAG" }],
  ["market", "1", { allocatedLines: 1, status: "allocated", blocker: null }],
  ["shop", "4", { allocatedLines: 0, status: "cancelled", blocker: null, units: 4 }],
])("order %s %s shows how far it is and what it waits for", async (channel, externalRef, facts) => {
  const { data } = await ask({ channel, externalRef });
  expect(data.rows).toMatchObject([{ shipBy: null, carrierService: null, ...facts }]);
  expect(data.rows.length).toBe(1);
});

describe("rows are filtered", () => {
  const all = ["market 1", "market 3", "shop 1", "shop 2", "shop 4"];

  test.each([
    ["by nothing", {}, all],
    ["by channel", { channel: "market" }, ["market 1", "market 3"]],
    ["by reference", { externalRef: "1" }, ["market 1", "shop 1"]],
    ["by several references", { externalRef: ["1", "4"] }, ["market 1", "shop 1", "shop 4"]],
    ["by status", { status: "backordered" as const }, ["market 3", "shop 2"]],
    ["by several statuses", { status: ["allocated", "backordered", "cancelled"] as const }, all],
    ["by channel and status", { channel: "shop", status: "cancelled" as const }, ["shop 4"]],
    ["by what is not there", { channel: "fair" }, []],
  ])("%s", async (_, filter, expected) => {
    expect(await names(filter)).toEqual(expected);
  });

  test("by order", async () => {
    const { data } = await ask({ channel: "market" });
    const ids = data.rows.map(({ orderId }) => orderId);
    expect(await names({ orderId: ids })).toEqual(["market 1", "market 3"]);
    expect(await names({ orderId: ids[0] })).toHaveLength(1);
  });
});

test.each([1, 2, 4, 5, 6])("pages of %i show every order exactly once, in order", async (limit) => {
  const seen: string[] = [];
  for await (const { orderId } of ask.rows({ limit })) seen.push(orderId);
  const { data } = await ask();
  expect(seen).toEqual(data.rows.map(({ orderId }) => orderId));
  expect(new Set(seen).size).toBe(5);
});

test("pages keep to their filter", async () => {
  const seen: string[] = [];
  for await (const row of ask.rows({ limit: 1, channel: "shop" })) seen.push(row.externalRef);
  expect(seen.sort()).toEqual(["1", "2", "4"]);
});

test("another house sees its own orders only", async () => {
  const { data } = await house.elsewhere.orders.orderBoard();
  expect(data.rows).toMatchObject([{ externalRef: "1", units: 1_000, status: "backordered" }]);
});

describe("the totals", () => {
  test("count orders, lines and pieces, by status and by the day in UTC", async () => {
    const { data } = await house.client.orders.orderTotals();
    expect(data).toMatchObject({ orders: 5, lines: 8, units: 14 });
    expect(new Map(data.byStatus.map(({ status, ...of }) => [status, of]))).toEqual(
      new Map([
        ["allocated", { orders: 2, lines: 3, units: 4 }],
        ["backordered", { orders: 2, lines: 4, units: 6 }],
        ["cancelled", { orders: 1, lines: 1, units: 4 }],
      ]),
    );
    expect(data.byOutcome).toEqual([
      { outcome: "placed", orders: 4, lines: 7, units: 10 },
      { outcome: "cancelled", orders: 1, lines: 1, units: 4 },
    ]);
    expect(data.byDay).toEqual([
      { day: "2026-05-01", orders: 2, lines: 3, units: 7 },
      { day: "2026-05-02", orders: 3, lines: 5, units: 7 },
    ]);
  });

  test("may be asked for one channel", async () => {
    const { data } = await house.client.orders.orderTotals({ channel: "market" });
    expect(data).toEqual({
      ...{ orders: 2, lines: 3, units: 3 },
      byStatus: [
        { status: "allocated", orders: 1, lines: 1, units: 1 },
        { status: "backordered", orders: 1, lines: 2, units: 2 },
      ],
      byDay: [{ day: "2026-05-02", orders: 2, lines: 3, units: 3 }],
      byOutcome: [{ outcome: "placed", orders: 2, lines: 3, units: 3 }],
    });
  });

  test("of a channel that sells nothing are zero", async () => {
    const { data } = await house.client.orders.orderTotals({ channel: "fair" });
    const none = { byStatus: [], byDay: [], byOutcome: [] };
    expect(data).toEqual({ orders: 0, lines: 0, units: 0, ...none });
  });

  test("are those of one's own house", async () => {
    const { data } = await house.elsewhere.orders.orderTotals();
    expect(data).toMatchObject({ orders: 1, lines: 1, units: 1_000 });
  });

  test("may be more pieces than 32 bits can count", async () => {
    await house.stocks("HUGE");
    const lines = Array.from({ length: 1_000 }, () => ({ sku: "HUGE", qty: 1_000_000 }));
    for (let order = 0; order < 3; order += 1) await house.sells({}, { lines, channel: "bulk" });
    const { data } = await house.client.orders.orderTotals({ channel: "bulk" });
    expect(data).toMatchObject({ orders: 3, lines: 3_000, units: 3_000_000_000 });
  });
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("order_board")).toEqual(["tenant, order_id"]);
  await house.sells({ TEE: 1 }, { externalRef: "last" });
  expect((await ask({ externalRef: "last" })).freshness.includesReceipt).toBe(true);
  expect(await house.differences("order_board")).toEqual([]);
});
