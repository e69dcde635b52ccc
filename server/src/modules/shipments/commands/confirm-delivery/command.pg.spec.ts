import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { picked } from "../../../../../../test/harness/parcels.ts";

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

/** The same, and the carrier has it. */
async function shippedOrder(sku: string, qty = 2) {
  const { orderId, shipmentId } = await labelledOrder(sku, qty);
  await house.client.shipments.handOver({ shipmentIds: [shipmentId], manifest: "m" });
  return { orderId, shipmentId };
}

/** Says when the house learned that the carrier has it. */
function handedOver(shipmentId: string, at: string) {
  const change = "update selvedge.shipment set handed_over_at = $2 where id = $1";
  return house.database.query(change, [shipmentId, at]);
}

test("a parcel is delivered once, at the time that is told", async () => {
  const { shipmentId } = await shippedOrder("ONE");
  await handedOver(shipmentId, "2024-03-03T08:00:00Z");
  const answer = await house.answersOnce((options) =>
    house.client.shipments.confirmDelivery({ shipmentId, at: "2024-03-04T10:15:00Z" }, options),
  );
  expect(await house.journalOf(answer)).toMatchObject([
    { type: "ParcelDelivered", data: { deliveredAt: "2024-03-04T10:15:00.000Z" } },
  ]);
  const [parcel] = await house.database.query(
    `select ended_at > now() - interval '1 minute' as now,
       reported_delivered_at = '2024-03-04T10:15:00Z' as told
     from selvedge.shipment where id = $1`,
    [shipmentId],
  );
  expect(parcel).toEqual({ now: true, told: true });
  const again = () => house.client.shipments.confirmDelivery({ shipmentId });
  await house.refuses(again, "shipment-status-forbids");
});

test("where no time is told it is now", async () => {
  const { shipmentId } = await shippedOrder("NOW");
  await house.client.shipments.confirmDelivery({ shipmentId });
  const [parcel] = await house.database.query(
    `select ended_at > now() - interval '1 minute' as now, reported_delivered_at as told
     from selvedge.shipment where id = $1`,
    [shipmentId],
  );
  expect(parcel).toEqual({ now: true, told: null });
});

test("a time is refused that has not come, or in which the carrier did not have it", async () => {
  const { shipmentId } = await shippedOrder("WHEN");
  await handedOver(shipmentId, "2024-03-03T08:00:00Z");
  const confirm = (at: string) => house.client.shipments.confirmDelivery({ shipmentId, at });
  await house.refuses(() => confirm("2199-01-01T00:00:00Z"), "time-in-future");
  const early = await house.refuses(() => confirm("2024-03-03T07:59:59Z"), "time-out-of-sequence");
  expect(early.details).toMatchObject({ shipmentId, step: "handedOver" });
  await confirm("2024-03-03T08:00:00Z");
});

test("nothing is delivered that no carrier has, or that there is not", async () => {
  const { shipmentId } = await labelledOrder("TWO");
  const confirm = (of = shipmentId) => house.client.shipments.confirmDelivery({ shipmentId: of });
  await house.refuses(confirm, "shipment-status-forbids");
  await house.refuses(() => confirm(randomUUID()), "shipment-unknown");
});
