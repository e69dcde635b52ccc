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

test("a parcel is delivered once, at the time that is told", async () => {
  const { shipmentId } = await shippedOrder("ONE");
  const answer = await house.answersOnce((options) =>
    house.client.shipments.confirmDelivery({ shipmentId, at: "2026-03-04T10:15:00Z" }, options),
  );
  expect(await house.journalOf(answer)).toMatchObject([
    { type: "ParcelDelivered", data: { deliveredAt: "2026-03-04T10:15:00.000Z" } },
  ]);
  const again = () => house.client.shipments.confirmDelivery({ shipmentId });
  await house.refuses(again, "shipment-status-forbids");
});

test("nothing is delivered that no carrier has, or that there is not", async () => {
  const { shipmentId } = await labelledOrder("TWO");
  const confirm = (of = shipmentId) => house.client.shipments.confirmDelivery({ shipmentId: of });
  await house.refuses(confirm, "shipment-status-forbids");
  await house.refuses(() => confirm(randomUUID()), "shipment-unknown");
});
