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

test("a packed parcel is labelled once", async () => {
  const { shipmentId } = await packedOrder("LABEL");
  const label = { shipmentId, carrier: "DHL", tracking: "T-1" };
  const answer = await house.answersOnce((options) =>
    house.client.shipments.labelParcel(label, options),
  );
  expect(await house.journalOf(answer)).toMatchObject([
    { kind: "Shipment", id: shipmentId, version: 2, type: "ParcelLabelled" },
  ]);
  await house.refuses(() => house.client.shipments.labelParcel(label), "shipment-status-forbids");
});

test("a tracking number is one parcel's", async () => {
  const one = await packedOrder("ONE");
  const two = await packedOrder("TWO");
  const label = (shipmentId: string, carrier: string) =>
    house.client.shipments.labelParcel({ shipmentId, carrier, tracking: "T-2" });
  await label(one.shipmentId, "DHL");
  await house.refuses(() => label(two.shipmentId, "DHL"), "tracking-taken");
  await label(two.shipmentId, "UPS");
});

test("no label for a parcel that there is not, or whose order is held or cancelled", async () => {
  const { orderId, shipmentId } = await packedOrder("HOLD");
  const label = (of = shipmentId) =>
    house.client.shipments.labelParcel({ shipmentId: of, carrier: "DHL", tracking: "T-3" });
  await house.refuses(() => label(randomUUID()), "shipment-unknown");
  await house.client.orders.holdOrder({ orderId, reason: "address" });
  await house.refuses(label, "order-held");
  await house.client.orders.cancelOrder({ orderId, reason: "no" });
  await house.refuses(label, "order-cancelled");
  expect(await house.gaps()).toEqual([]);
});
