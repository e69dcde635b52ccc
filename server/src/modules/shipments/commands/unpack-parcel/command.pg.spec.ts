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

test("a parcel is opened again, and its pieces are packed anew", async () => {
  const { orderId, shipmentId } = await packedOrder("OPEN");
  const answer = await house.answersOnce((options) =>
    house.client.shipments.unpackParcel({ shipmentId, reason: "carton torn" }, options),
  );
  expect((await house.journalOf(answer)).map(({ type }) => type)).toEqual([
    "ParcelUnpacked",
    "BatchUnpacked",
  ]);
  await house.client.shipments.packParcel({ orderId, items: [{ line: 1, qty: 2 }] });
  expect(await house.gaps()).toEqual([]);
});

test("a single piece is picked again when its parcel is opened", async () => {
  await house.client.catalogue.registerVariant({ sku: "COAT" });
  const { orderId } = await house.sells({ COAT: 1 });
  await pickedPiece(house, "L-1", { orderId, line: 1, sku: "COAT" });
  const parcel = { orderId, items: [{ line: 1, lpn: "L-1" }] };
  const { data } = await house.client.shipments.packParcel(parcel);
  await house.client.shipments.unpackParcel({ shipmentId: data.shipmentId, reason: "torn" });
  const [piece] = await house.database.query("select status from selvedge.garment");
  expect(piece).toEqual({ status: "picked" });
  expect(await house.gaps()).toEqual([]);
});

test("a parcel that a carrier has is not opened, nor one that there is not", async () => {
  const { shipmentId } = await packedOrder("GONE");
  const open = (of = shipmentId) =>
    house.client.shipments.unpackParcel({ shipmentId: of, reason: "torn" });
  await house.client.shipments.labelParcel({ shipmentId, carrier: "DHL", tracking: "T" });
  await house.client.shipments.handOver({ shipmentIds: [shipmentId], manifest: "m" });
  await house.refuses(open, "shipment-status-forbids");
  await house.refuses(() => open(randomUUID()), "shipment-unknown");
});
