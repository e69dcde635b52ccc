import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { currentOf } from "../../../../../../test/harness/generations.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  putUpBins,
  releasedWave,
  sellPieces,
  storePieces,
} from "../../../../../../test/harness/waves.ts";

/* How an order's row follows its pieces, from the wave to the customer. */

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.stocks("TEE", 100);
  await house.stocks("RARE");
  await putUpBins(house.database, "A-1");
  await storePieces(house.database, { sku: "RARE", bin: "A-1" }, "L1", "L2", "L3");
});
afterAll(() => house.stop());

/** The order's row, after a command that came later than all that a test has written itself. */
async function board(orderId: string) {
  await house.sells({ TEE: 1 }, { channel: "later" });
  const { data } = await house.client.orders.orderBoard({ orderId });
  return data.rows[0];
}

/** Writes down that an order's pieces are in a parcel that has come so far. */
async function parcel(orderId: string, status: string, items: readonly object[]): Promise<string> {
  const [row] = await house.database.query<{ id: string }>(
    `insert into selvedge.shipment (tenant, id, order_id, warehouse, status, packed_at,
       handed_over_at, version)
     values ('default', $1, $2, 'main', $3, now(),
       case when $3 in ('handedOver', 'delivered', 'lost') then now() end, 1)
     returning id`,
    [randomUUID(), orderId, status],
  );
  await house.database.query(
    `insert into selvedge.parcel_item (tenant, shipment_id, item, order_id, line, sku, grade, lpn,
       batch, qty)
     select 'default', $1, item, $2, line, sku, grade, lpn, batch, qty
     from jsonb_to_recordset($3) as items (item int, line int, sku text, grade text, lpn text,
       batch text, qty int)`,
    [row?.id, orderId, JSON.stringify(items)],
  );
  return row?.id ?? "";
}

const none = { pickedUnits: 0, packedUnits: 0, shippedUnits: 0 };

describe("an order of a batch's pieces", () => {
  test("is allocated, picking, packed, shipped and delivered, as its pieces are", async () => {
    const { orderId } = await house.sells({ TEE: 3 });
    expect(await board(orderId)).toMatchObject({ ...none, status: "allocated", toPickUnits: 3 });
    const { waveId } = await releasedWave(house, orderId);
    expect(await board(orderId)).toMatchObject({ ...none, status: "picking", toPickUnits: 0 });
    await house.client.waves.confirmPick({ waveId, task: 1, scannedSku: "TEE", qty: 3 });
    const picked = { ...none, pickedUnits: 3, toPickUnits: 0, blocker: null };
    expect(await board(orderId)).toMatchObject({ ...picked, status: "picking" });

    const item = { item: 1, line: 1, sku: "TEE", grade: "N", batch: "TEE/1" };
    const first = await parcel(orderId, "packed", [{ ...item, qty: 2 }]);
    expect(await board(orderId)).toMatchObject({ ...picked, packedUnits: 2, status: "picking" });
    await parcel(orderId, "delivered", [{ ...item, qty: 1 }]);
    const packed = { ...picked, packedUnits: 3 };
    expect(await board(orderId)).toMatchObject({ ...packed, shippedUnits: 1, status: "packed" });
    const move = (status: string) =>
      house.database.query(
        "update selvedge.shipment set status = $2, handed_over_at = now() where id = $1",
        [first, status],
      );
    await move("handedOver");
    expect(await board(orderId)).toMatchObject({ ...packed, shippedUnits: 3, status: "shipped" });
    await move("delivered");
    expect(await board(orderId)).toMatchObject({ ...packed, shippedUnits: 3, status: "delivered" });
  });

  test("is picking again where its parcel was unpacked", async () => {
    const { orderId } = await house.sells({ TEE: 1 });
    const { waveId } = await releasedWave(house, orderId);
    await house.client.waves.confirmPick({ waveId, task: 1, scannedSku: "TEE", qty: 1 });
    const item = { item: 1, line: 1, sku: "TEE", grade: "N", batch: "TEE/1", qty: 1 };
    await parcel(orderId, "unpacked", [item]);
    const picked = { ...none, pickedUnits: 1, status: "picking" };
    expect(await board(orderId)).toMatchObject(picked);
  });
});

describe("an order of single pieces", () => {
  test("waits where one is missing, and keeps the others", async () => {
    const { orderId } = await sellPieces(house, "RARE", 3);
    expect(await board(orderId)).toMatchObject({ status: "allocated", toPickUnits: 3 });
    const { waveId } = await releasedWave(house, orderId);
    await house.client.waves.confirmPick({ waveId, task: 1, scannedLpn: "L1" });
    await house.client.waves.reportShortPick({ waveId, task: 2, reason: "bin is empty" });
    expect(await board(orderId)).toMatchObject({
      ...{ ...none, status: "backordered", allocatedLines: 0, pickedUnits: 1, toPickUnits: 0 },
      blocker: "no stock for RARE",
    });
  });
});

test("an order lacks nothing for a piece that was sent and has come back", async () => {
  await house.stocks("BACK");
  await storePieces(house.database, { sku: "BACK", bin: "A-1" }, "B1", "B2");
  const { orderId } = await sellPieces(house, "BACK", 2);
  const item = { item: 1, line: 1, sku: "BACK", grade: "B", lpn: "B1", qty: 1 };
  await parcel(orderId, "delivered", [item]);
  await house.database.query(
    `update selvedge.garment set status = 'received', bin = null, order_id = null, order_line = null
     where lpn = 'B1'`,
  );
  expect(await board(orderId)).toMatchObject({
    ...{ status: "picking", allocatedLines: 1, toPickUnits: 1, shippedUnits: 1, blocker: null },
  });
  const { data } = await house.client.stock.allocations({ orderId });
  expect(data.rows).toMatchObject([{ state: "allocated", allocatedQty: 2, lpns: ["B2"] }]);
});

describe("orders to pick", () => {
  const toPick = async (input: Parameters<House["client"]["orders"]["ordersToPick"]>[0] = {}) => {
    const { data } = await house.client.orders.ordersToPick(input);
    return data.rows.filter(({ channel }) => channel === "pick").map((row) => row.externalRef);
  };

  test("are free, wholly there and in no wave; the most urgent come first", async () => {
    const sell = (externalRef: string, more: object = {}) =>
      house.sells({ TEE: 1 }, { channel: "pick", externalRef, ...more });
    const promise = (shipBy: string) => ({ promise: { shipBy, carrierService: "express" } });
    await sell("someday", { orderedAt: "2026-03-01T08:00:00Z" });
    await sell("later", { ...promise("2026-03-03T17:00:00Z") });
    await sell("soon", { ...promise("2026-03-02T17:00:00Z") });
    await sell("urgent", { priority: 5 });
    await sell("first", { orderedAt: "2026-02-01T08:00:00Z" });
    const held = await sell("held", { priority: 9 });
    await house.client.orders.holdOrder({ orderId: held.orderId, reason: "address" });
    const inWave = await sell("in wave", { priority: 9 });
    await releasedWave(house, inWave.orderId);
    await house.sells({ RARE: 9 }, { channel: "pick", externalRef: "waits", priority: 9 });

    const all = ["urgent", "soon", "later", "first", "someday"];
    expect(await toPick()).toEqual(all);
    expect(await toPick({ channel: "pick", limit: 2 })).toEqual(all.slice(0, 2));
    expect(await toPick({ shipBefore: "2026-03-02T18:00:00Z" })).toEqual(["soon"]);
    expect(await toPick({ carrierService: "express" })).toEqual(["soon", "later"]);
    expect(await toPick({ warehouse: "north" })).toEqual([]);
    expect((await house.elsewhere.orders.ordersToPick({})).data.rows).toEqual([]);
  });

  test("may be picked in part, and stand among the others as urgent as they are", async () => {
    await house.stocks("SHORT", 5, 5);
    const lines = [
      { sku: "SHORT", qty: 2 },
      { sku: "TEE", qty: 1 },
    ];
    const more = { channel: "pick", externalRef: "in part", lines, priority: 3 };
    const { orderId } = await house.sells({}, more);
    const { waveId, tasks } = await releasedWave(house, orderId);
    const taskOf = (sku: string) => tasks.find((one) => one.sku === sku)?.task ?? -1;
    const scan = { scannedSku: "TEE", qty: 1 };
    await house.client.waves.confirmPick({ waveId, task: taskOf("TEE"), ...scan });
    expect(await toPick()).not.toContain("in part");
    const missing = { waveId, task: taskOf("SHORT"), reason: "bin is empty" };
    const { data } = await house.client.waves.reportShortPick(missing);
    expect(data.batch).toBe("SHORT/2");
    expect(await board(orderId)).toMatchObject({ status: "picking", toPickUnits: 2 });
    expect((await toPick()).slice(0, 3)).toEqual(["urgent", "in part", "soon"]);
  });

  test("are found by an index that has them in their order", async () => {
    const rows = await house.database.query<{ columns: string }>(
      `select substring(indexdef from '[(](.*)[)]') as columns from pg_indexes
       where tablename = $1 and indexdef like '%DESC%'`,
      [(await currentOf(house.database, "order_board")).parts.rows.split('"')[3]],
    );
    const before = "tenant, status, warehouse, priority DESC, ship_by, ordered_at, order_id";
    expect(rows).toEqual([{ columns: `${before}, channel, carrier_service` }]);
  });
});

test("the rows are what the definition says", async () => {
  const { orderId } = await house.sells({ TEE: 1 });
  expect(await board(orderId)).toMatchObject({ status: "allocated" });
  expect(await house.differences("order_board")).toEqual([]);
});
