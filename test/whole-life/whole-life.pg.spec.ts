import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../harness/house.ts";
import { expectSoundBooks, hasBin, pieceOf } from "../harness/pieces.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  for (const sku of ["COAT", "TEE"]) await house.client.catalogue.registerVariant({ sku });
  await hasBin(house, "A-1");
  await hasBin(house, "B-1", { capacity: 100, pickSequence: 2 });
  await house.client.settings.changeSettings({ carriers: [{ name: "DHL", cutOff: "17:30" }] });
});
afterAll(() => house.stop());

const source = "ann's wardrobe";
let orderId = "";
let shipmentId = "";

/** A coat comes in, is graded A, and is to be sold. */
async function receiveCoat(): Promise<void> {
  const { inbound, garments } = house.client;
  const lines = [
    { sku: "COAT", qty: 1 },
    { sku: "TEE", qty: 20 },
  ];
  const announced = { source, ref: "IN-1", kind: "seller", lines } as const;
  const { inboundId } = (await inbound.announceInbound(announced)).data;
  await inbound.receivePiece({ inboundId, line: 1, lpn: "LPN-1" });
  const lot = { inboundId, line: 2, batchRef: "lot-1", qty: 18, grade: "N", bin: "B-1" };
  await inbound.receiveLot(lot);
  const discrepancies = [{ line: 2, reason: "two never came" }];
  await inbound.closeInbound({ inboundId, discrepancies });
  await garments.gradeGarment({ lpn: "LPN-1", grade: "A" });
  await garments.decideDisposition({ lpn: "LPN-1", disposition: "sell" });
  await garments.putAway({ lpn: "LPN-1", bin: "A-1" });
}

/** An order of the coat and of some shirts is picked from both bins. */
async function pickOrder(): Promise<void> {
  const { waves } = house.client;
  const lines = [
    { sku: "COAT", grade: "A", qty: 1 },
    { sku: "TEE", grade: "N", qty: 3 },
  ];
  const sold = await house.sells({}, { lines });
  expect(sold.lines).toMatchObject([{ lpns: ["LPN-1"] }, { batch: "lot-1" }]);
  orderId = sold.orderId;
  const { waveId, tasks } = (await waves.planWave({ orderIds: [orderId] })).data;
  expect(tasks.map(({ bin }) => bin)).toEqual(["A-1", "B-1"]);
  await waves.releaseWave({ waveId });
  await waves.confirmPick({ waveId, task: 1, scannedBin: "A-1", scannedLpn: "LPN-1" });
  await waves.confirmPick({ waveId, task: 2, scannedBin: "B-1", scannedSku: "TEE", qty: 3 });
}

/** All of it goes in one parcel to the customer. */
async function shipOrder(): Promise<void> {
  const { shipments } = house.client;
  const items = [
    { line: 1, lpn: "LPN-1" },
    { line: 2, qty: 3 },
  ];
  const packed = await shipments.packParcel({ orderId, items, carrier: "DHL" });
  expect(packed.data.cutOff).toMatch(/T17:30:00.000Z$/);
  shipmentId = packed.data.shipmentId;
  await shipments.labelParcel({ shipmentId, carrier: "DHL", tracking: "JD-1" });
  await shipments.handOver({ shipmentIds: [shipmentId], manifest: "DHL/1" });
  await shipments.confirmDelivery({ shipmentId });
}

/** The coat and one of the shirts come back; the coat is worn now. */
async function takeBack(): Promise<void> {
  const { inbound, garments } = house.client;
  const lines = [
    { sku: "COAT", qty: 1, orderLine: 1 },
    { sku: "TEE", qty: 1, orderLine: 2 },
  ];
  const announced = { source: "returns", ref: "RMA-1", kind: "return", orderId, lines } as const;
  const returned = await inbound.announceInbound({ ...announced, returnReason: "too small" });
  const { inboundId } = returned.data;
  await inbound.receivePiece({ inboundId, line: 1, lpn: "LPN-1" });
  await inbound.receivePiece({ inboundId, line: 2, lpn: "LPN-2" });
  await inbound.closeInbound({ inboundId });
  const defects = [{ kind: "stain", place: "sleeve", severity: "minor" }] as const;
  await garments.gradeGarment({ lpn: "LPN-1", grade: "B", defects });
  await garments.decideDisposition({ lpn: "LPN-1", disposition: "sell" });
  await garments.putAway({ lpn: "LPN-1", bin: "A-1" });
}

describe("a garment's whole life, beside a batch", () => {
  test("from the dock to the shelf", async () => {
    await receiveCoat();
    expect(await pieceOf(house, "LPN-1")).toMatchObject({ status: "stored", bin: "A-1" });
    await expectSoundBooks(house);
  });

  test("from the shelf to the packing bench", async () => {
    await pickOrder();
    expect(await pieceOf(house, "LPN-1")).toMatchObject({ status: "picked", bin: null });
    await expectSoundBooks(house);
  });

  test("to the customer", async () => {
    await shipOrder();
    expect(await pieceOf(house, "LPN-1")).toMatchObject({ status: "shipped" });
    const rows = await house.database.query(
      "select qty, allocated, picked from selvedge.batch where ref = 'lot-1'",
    );
    expect(rows).toEqual([{ qty: 15, allocated: 0, picked: 0 }]);
    await expectSoundBooks(house);
  });

  test("and back, under another grade", async () => {
    await takeBack();
    expect(await pieceOf(house, "LPN-1")).toMatchObject({ status: "stored", bin: "A-1" });
    const { data } = await house.client.stock.sellableAvailability(
      { sku: "COAT" },
      { maxStaleMs: 0, onMiss: "wait" },
    );
    expect(data.rows).toMatchObject([{ grade: "B", onHand: 1, available: 1 }]);
    await expectSoundBooks(house);
  });

  test("stands in its passport, step by step", async () => {
    const { data } = await house.client.journal.garmentPassport({ lpn: "LPN-1", limit: 100 });
    const own = data.rows.filter(({ kind }) => kind === "Garment").map(({ type }) => type);
    expect(own).toEqual([
      ...["GarmentReceived", "GarmentGraded", "DispositionDecided", "GarmentStored"],
      ...["PieceReserved", "GarmentPicked", "GarmentPacked", "GarmentShipped"],
      ...["GarmentReturned", "GarmentGraded", "DispositionDecided", "GarmentStored"],
    ]);
  });

  test("shows on every board, which all agree with their definitions", async () => {
    const fresh = { maxStaleMs: 0, onMiss: "live" } as const;
    const { client } = house;
    const order = await client.orders.orderBoard({ orderId }, fresh);
    expect(order.data.rows).toMatchObject([{ status: "delivered" }]);
    const parcels = await client.shipments.packAndShipQueue({ orderId }, fresh);
    expect(parcels.data.rows).toMatchObject([{ shipmentId, status: "delivered", pieces: 4 }]);
    const returns = await client.inbound.returnsPipeline({ orderId }, fresh);
    expect(returns.data.rows.length).toBe(2);
    const hours = await client.floor.throughput({ limit: 100 }, fresh);
    const pieces = new Map<string, number>();
    for (const { step, pieces: some } of hours.data.rows) {
      pieces.set(step, (pieces.get(step) ?? 0) + some);
    }
    expect(Object.fromEntries(pieces)).toEqual({
      ...{ received: 21, graded: 2, stored: 2, ordered: 4, allocated: 4 },
      ...{ picked: 4, packed: 4, shipped: 4, returned: 2 },
    });
  });
});
