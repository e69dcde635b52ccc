import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hasLeft } from "../../../../../../test/harness/dock.ts";
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

/** The same, and the carrier has it. */
async function shippedOrder(sku: string, qty = 2) {
  const { orderId, shipmentId } = await labelledOrder(sku, qty);
  await house.client.shipments.handOver({ shipmentIds: [shipmentId], manifest: "m" });
  return { orderId, shipmentId };
}

test("a parcel is lost once, with so many pieces", async () => {
  const { shipmentId } = await shippedOrder("ONE");
  const answer = await house.answersOnce((options) =>
    house.client.shipments.reportLoss({ shipmentId, reason: "lost in transit" }, options),
  );
  expect(answer.data).toEqual({ shipmentId, pieces: 2 });
  expect(await house.journalOf(answer)).toMatchObject([
    { type: "ParcelLost", data: { reason: "lost in transit", qty: 2 } },
  ]);
  const again = () => house.client.shipments.reportLoss({ shipmentId, reason: "again" });
  await house.refuses(again, "shipment-status-forbids");
});

test("a single piece in it is written off", async () => {
  await house.client.catalogue.registerVariant({ sku: "COAT" });
  const { orderId } = await house.sells({ COAT: 1 });
  await pickedPiece(house, "L-1", { orderId, line: 1, sku: "COAT" });
  const parcel = { orderId, items: [{ line: 1, lpn: "L-1" }] };
  const { data } = await house.client.shipments.packParcel(parcel);
  const { shipmentId } = data;
  await house.client.shipments.labelParcel({ shipmentId, carrier: "UPS", tracking: "1Z" });
  await house.client.shipments.handOver({ shipmentIds: [shipmentId], manifest: "m" });
  await house.client.shipments.reportLoss({ shipmentId, reason: "burnt" });
  const [piece] = await house.database.query("select status from selvedge.garment");
  expect(piece).toEqual({ status: "writtenOff" });
  expect(await house.gaps()).toEqual([]);
});

test("a piece that came back and has left again is not lost with its first parcel", async () => {
  const sku = "TWICE";
  await house.client.catalogue.registerVariant({ sku });
  const [first, second] = [await house.sells({ TWICE: 1 }), await house.sells({ TWICE: 1 })];
  await hasLeft(house, "L-2", { orderId: first.orderId, sku });
  await house.database.query(
    "update selvedge.shipment set status = 'handedOver' where order_id = $1",
    [first.orderId],
  );
  await house.database.query("update selvedge.garment set order_id = $1 where lpn = 'L-2'", [
    second.orderId,
  ]);
  const [parcel] = await house.database.query<{ id: string }>(
    "select id from selvedge.shipment where order_id = $1",
    [first.orderId],
  );
  const shipmentId = parcel?.id ?? "";
  const answer = await house.client.shipments.reportLoss({ shipmentId, reason: "late" });
  expect((await house.journalOf(answer)).map(({ type }) => type)).toEqual(["ParcelLost"]);
});

test("nothing is lost that no carrier has, or that there is not", async () => {
  const { shipmentId } = await labelledOrder("TWO");
  const lose = (of = shipmentId) =>
    house.client.shipments.reportLoss({ shipmentId: of, reason: "gone" });
  await house.refuses(lose, "shipment-status-forbids");
  await house.refuses(() => lose(randomUUID()), "shipment-unknown");
});
