import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { picked, pickedPiece } from "../../../../../../test/harness/parcels.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

/** An order of so many pieces of a SKU of its own in one parcel. */
async function packedOrder(sku: string, qty = 2) {
  await house.stocks(sku, qty);
  const { orderId } = await house.sells({ [sku]: qty });
  await picked(house, orderId);
  const parcel = { orderId, items: [{ line: 1, qty }] };
  const { data } = await house.client.shipments.packParcel(parcel);
  return { orderId, shipmentId: data.shipmentId };
}

let tracking = 0;

/** The same, labelled. */
async function labelledOrder(sku: string, qty = 2) {
  const { orderId, shipmentId } = await packedOrder(sku, qty);
  tracking += 1;
  const label = { shipmentId, carrier: "DHL", tracking: `T-${tracking}` };
  await house.client.shipments.labelParcel(label);
  return { orderId, shipmentId };
}

test("what a carrier takes leaves the stock", async () => {
  const one = await labelledOrder("ONE");
  const two = await labelledOrder("TWO", 3);
  const shipmentIds = [one.shipmentId, two.shipmentId];
  const answer = await house.answersOnce((options) =>
    house.client.shipments.handOver({ shipmentIds, manifest: "DHL/1" }, options),
  );
  expect(answer.data).toEqual({ manifest: "DHL/1", parcels: 2, pieces: 5 });
  const batches = await house.database.query(
    "select ref, qty, allocated, picked from selvedge.batch order by ref",
  );
  expect(batches).toEqual([
    { ref: "ONE/1", qty: 0, allocated: 0, picked: 0 },
    { ref: "TWO/1", qty: 0, allocated: 0, picked: 0 },
  ]);
  expect(await house.gaps()).toEqual([]);
});

test("the time that the carrier tells is kept beside the house's own", async () => {
  const { orderId, shipmentId } = await labelledOrder("TOLD");
  const order = { orderedAt: "2024-02-29T08:00:00Z" };
  await house.database.query("update selvedge.sales_order set ordered_at = $2 where id = $1", [
    ...[orderId, order.orderedAt],
  ]);
  const go = (at: string) =>
    house.client.shipments.handOver({ shipmentIds: [shipmentId], manifest: "m", at });
  await house.refuses(() => go("2199-01-01T00:00:00Z"), "time-in-future");
  const early = await house.refuses(() => go("2024-02-29T07:59:59Z"), "time-out-of-sequence");
  expect(early.details).toMatchObject({ shipmentId, step: "placed" });

  const answer = await go("2024-03-01T09:30:00+01:00");
  expect(await house.journalOf(answer)).toContainEqual(
    expect.objectContaining({
      type: "ParcelHandedOver",
      data: expect.objectContaining({ reportedAt: "2024-03-01T08:30:00.000Z" }),
    }),
  );
  const [parcel] = await house.database.query(
    `select handed_over_at > now() - interval '1 minute' as now,
       reported_handed_over_at = '2024-03-01T08:30:00Z' as told
     from selvedge.shipment where id = $1`,
    [shipmentId],
  );
  expect(parcel).toEqual({ now: true, told: true });
});

test("a single piece is shipped", async () => {
  await house.client.catalogue.registerVariant({ sku: "COAT" });
  const { orderId } = await house.sells({ COAT: 1 });
  await pickedPiece(house, "L-1", { orderId, line: 1, sku: "COAT" });
  const parcel = { orderId, items: [{ line: 1, lpn: "L-1" }] };
  const { data } = await house.client.shipments.packParcel(parcel);
  const { shipmentId } = data;
  await house.client.shipments.labelParcel({ shipmentId, carrier: "UPS", tracking: "1Z" });
  await house.client.shipments.handOver({ shipmentIds: [shipmentId], manifest: "UPS/1" });
  const [piece] = await house.database.query("select status, bin from selvedge.garment");
  expect(piece).toEqual({ status: "shipped", bin: null });
  expect(await house.gaps()).toEqual([]);
});

test("all parcels of a manifest go, or none", async () => {
  const ready = await labelledOrder("READY");
  const open = await packedOrder("OPEN");
  const go = (...shipmentIds: string[]) =>
    house.client.shipments.handOver({ shipmentIds, manifest: "DHL/2" });
  await house.refuses(() => go(ready.shipmentId, open.shipmentId), "shipment-status-forbids");
  await house.refuses(() => go(ready.shipmentId, randomUUID()), "shipment-unknown");
  await go(ready.shipmentId);
});

test("nothing goes of an order that is held or cancelled", async () => {
  const { orderId, shipmentId } = await labelledOrder("HOLD");
  const go = () => house.client.shipments.handOver({ shipmentIds: [shipmentId], manifest: "m" });
  await house.client.orders.holdOrder({ orderId, reason: "address" });
  await house.refuses(go, "order-held");
  await house.client.orders.cancelOrder({ orderId, reason: "no" });
  await house.refuses(go, "order-cancelled");
});

test("of a hand-over and a cancellation at once one wins, and the books are even", async () => {
  for (let i = 0; i < 8; i += 1) {
    const { orderId, shipmentId } = await labelledOrder(`RACE-${i}`);
    const [went, cancelled] = await Promise.allSettled([
      house.client.shipments.handOver({ shipmentIds: [shipmentId], manifest: "m" }),
      house.client.orders.cancelOrder({ orderId, reason: "no" }),
    ]);
    expect([went.status, cancelled.status].sort()).toEqual(["fulfilled", "rejected"]);
  }
  const odd = await house.database.query(
    "select * from selvedge.batch where ref like 'RACE%' and (allocated <> 0 or picked <> 0)",
  );
  expect(odd).toEqual([]);
  expect(await house.gaps()).toEqual([]);
});
