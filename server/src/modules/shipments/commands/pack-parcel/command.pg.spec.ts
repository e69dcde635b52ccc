import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { picked, pickedPiece } from "../../../../../../test/harness/parcels.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

/** An order of so many pieces of a SKU of its own, all of them picked. */
async function pickedOrder(sku: string, qty = 2): Promise<string> {
  await house.stocks(sku, qty);
  const { orderId } = await house.sells({ [sku]: qty });
  await picked(house, orderId);
  return orderId;
}

const allocationOf = async (orderId: string) =>
  (
    await house.database.query(
      "select state, qty, packed, shipped from selvedge.allocation where order_id = $1",
      [orderId],
    )
  )[0];

test("picked pieces of a batch are packed, and the journal says so once", async () => {
  const orderId = await pickedOrder("PACK");
  const answer = await house.answersOnce((options) =>
    house.client.shipments.packParcel(
      { orderId, items: [{ line: 1, qty: 2 }], carton: "M", weightGrams: 640 },
      options,
    ),
  );
  expect(answer.data).toMatchObject({ items: 1, cutOff: null });
  expect(await allocationOf(orderId)).toEqual({ state: "picked", qty: 2, packed: 2, shipped: 0 });
  const types = (await house.journalOf(answer)).map(({ kind, type }) => [kind, type]);
  expect(types).toEqual([
    ["SkuStock", "BatchPacked"],
    ["Shipment", "ParcelPacked"],
  ]);
  expect(await house.gaps()).toEqual([]);
});

test("a line may go in two parcels, and no piece goes twice", async () => {
  const orderId = await pickedOrder("SPLIT", 3);
  const pack = (qty: number) =>
    house.client.shipments.packParcel({ orderId, items: [{ line: 1, qty }] });
  await pack(2);
  await house.refuses(() => pack(2), "not-picked");
  await pack(1);
  expect(await allocationOf(orderId)).toMatchObject({ packed: 3 });
});

test("a single piece is packed once, and only for the line that has it", async () => {
  await house.client.catalogue.registerVariant({ sku: "COAT" });
  const { orderId } = await house.sells({ COAT: 1 });
  const { orderId: other } = await house.sells({ COAT: 1 });
  await pickedPiece(house, "L-1", { orderId, line: 1, sku: "COAT" });
  const pack = (of: string, lpn: string) =>
    house.client.shipments.packParcel({ orderId: of, items: [{ line: 1, lpn }] });
  await house.refuses(() => pack(orderId, "L-unknown"), "garment-unknown");
  await house.refuses(() => pack(other, "L-1"), "wrong-piece");
  await pack(orderId, "L-1");
  await house.refuses(() => pack(orderId, "L-1"), "garment-status-forbids");
  expect(await house.gaps()).toEqual([]);
});

test("nothing is packed that is not picked, of no line, twice, or of no order", async () => {
  await house.stocks("EARLY", 1);
  const { orderId } = await house.sells({ EARLY: 1 });
  const { orderId: waits } = await house.sells({ EARLY: 1 });
  const pack = (of: string, items = [{ line: 1, qty: 1 }]) =>
    house.client.shipments.packParcel({ orderId: of, items });
  await house.refuses(() => pack(orderId), "not-picked");
  await house.refuses(() => pack(waits), "line-not-allocated");
  await house.refuses(() => pack(orderId, [{ line: 9, qty: 1 }]), "line-unknown");
  const twice = [
    { line: 1, qty: 1 },
    { line: 1, qty: 1 },
  ];
  await house.refuses(() => pack(orderId, twice), "item-twice");
  await house.refuses(() => pack(randomUUID()), "order-unknown");
});

test("nothing is packed of an order that is cancelled or held", async () => {
  const orderId = await pickedOrder("NOT");
  const pack = () => house.client.shipments.packParcel({ orderId, items: [{ line: 1, qty: 1 }] });
  await house.client.orders.holdOrder({ orderId, reason: "address" });
  await house.refuses(pack, "order-held");
  await house.client.orders.cancelOrder({ orderId, reason: "no" });
  await house.refuses(pack, "order-cancelled");
  expect(await house.gaps()).toEqual([]);
});
