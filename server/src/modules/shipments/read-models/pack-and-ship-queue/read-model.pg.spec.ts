import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { picked } from "../../../../../../test/harness/parcels.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const model = "pack_and_ship_queue";

async function rowOf(orderId: string, receipt: string) {
  const { data } = await house.client.shipments.packAndShipQueue(
    { orderId },
    { atLeast: [receipt] },
  );
  return data.rows[0];
}

test("a parcel shows what it waits for on its whole way", async () => {
  const { shipments, orders } = house.client;
  await house.stocks("TEE", 3);
  const { orderId } = await house.sells({ TEE: 2 });
  await picked(house, orderId);
  const items = [{ line: 1, qty: 2 }];
  const packed = await shipments.packParcel({ orderId, items, carrier: "DHL", weightGrams: 640 });
  const { shipmentId } = packed.data;
  expect(await rowOf(orderId, packed.receipt)).toMatchObject({
    ...{ shipmentId, channel: "shop", carrier: "DHL", status: "packed", waitsFor: "label" },
    ...{ items: 1, pieces: 2, weightGrams: 640, handedOverAt: null },
  });
  const held = await orders.holdOrder({ orderId, reason: "address" });
  expect(await rowOf(orderId, held.receipt)).toMatchObject({ waitsFor: "release" });
  const released = await orders.releaseOrder({ orderId, reason: "confirmed" });
  expect(await rowOf(orderId, released.receipt)).toMatchObject({ waitsFor: "label" });
  const labelled = await shipments.labelParcel({ shipmentId, carrier: "DHL", tracking: "T1" });
  expect(await rowOf(orderId, labelled.receipt)).toMatchObject({
    ...{ status: "labelled", waitsFor: "handOver", tracking: "T1" },
  });
  const went = await shipments.handOver({ shipmentIds: [shipmentId], manifest: "DHL/1" });
  expect(await rowOf(orderId, went.receipt)).toMatchObject({
    ...{ status: "handedOver", waitsFor: null, waitsSince: null, manifest: "DHL/1" },
  });
  const delivered = await shipments.confirmDelivery({ shipmentId });
  expect(await rowOf(orderId, delivered.receipt)).toMatchObject({ status: "delivered" });
  expect(await house.differences(model)).toEqual([]);
});

test("its key is unique, and other houses see nothing of it", async () => {
  expect(await house.uniqueKeysOf(model)).toEqual(["tenant, shipment_id"]);
  const { data } = await house.elsewhere.shipments.packAndShipQueue({});
  expect(data.rows).toEqual([]);
});
