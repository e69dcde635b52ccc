import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { releasedWave } from "../../../../../../test/harness/waves.ts";

/* What an order has come to, once a carrier has had it. */

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.stocks("TEE", 100);
});
afterAll(() => house.stop());

let parcels = 0;

/** An order of so many pieces in parcels of so many each, all of which a carrier has. */
async function shipped(...quantities: readonly number[]) {
  const qty = quantities.reduce((sum, one) => sum + one, 0);
  const { waves, shipments } = house.client;
  const { orderId } = await house.sells({ TEE: qty }, { channel: "shipped" });
  const { waveId } = await releasedWave(house, orderId);
  await waves.confirmPick({ waveId, task: 1, scannedSku: "TEE", qty });
  const shipmentIds: string[] = [];
  for (const one of quantities) {
    const items = [{ line: 1, qty: one }];
    const { shipmentId } = (await shipments.packParcel({ orderId, items })).data;
    parcels += 1;
    await shipments.labelParcel({ shipmentId, carrier: "DHL", tracking: `T-${parcels}` });
    shipmentIds.push(shipmentId);
  }
  await shipments.handOver({ shipmentIds, manifest: "m" });
  return { orderId, shipmentIds };
}

/** So many pieces of the order are to come back. */
async function sendBack(orderId: string, qty: number): Promise<string> {
  const announced = await house.client.inbound.announceInbound({
    ...{ source: "shop", ref: `${orderId}/${qty}`, kind: "return", orderId },
    lines: [{ sku: "TEE", qty, orderLine: 1 }],
  });
  return announced.data.inboundId;
}

/** And so many of them are back. */
async function takeBack(inboundId: string, qty: number): Promise<void> {
  const lot = { inboundId, line: 1, batchRef: `${inboundId}/${qty}`, qty, grade: "N" };
  await house.client.inbound.receiveLot(lot);
}

async function board(orderId: string) {
  const { data } = await house.client.orders.orderBoard({ orderId });
  const [row] = data.rows;
  if (!row) throw new Error("The order is not on the board.");
  const { status, shippedUnits, deliveredUnits, returningUnits, returnedUnits, lostUnits } = row;
  return [status, shippedUnits, deliveredUnits, returningUnits, returnedUnits, lostUnits];
}

const deliver = (shipmentId = "") => house.client.shipments.confirmDelivery({ shipmentId });
const lose = (shipmentId = "") => house.client.shipments.reportLoss({ shipmentId, reason: "lost" });

describe("an order of two parcels", () => {
  test("is shipped while one is on its way, whatever has become of the other", async () => {
    const { orderId, shipmentIds } = await shipped(2, 1);
    expect(await board(orderId)).toEqual(["shipped", 3, 0, 0, 0, 0]);
    await lose(shipmentIds[0]);
    expect(await board(orderId)).toEqual(["shipped", 3, 0, 0, 0, 2]);
    await deliver(shipmentIds[1]);
    expect(await board(orderId)).toEqual(["delivered", 3, 1, 0, 0, 2]);
  });

  test("is lost where all of it is", async () => {
    const { orderId, shipmentIds } = await shipped(1, 1);
    await lose(shipmentIds[0]);
    await lose(shipmentIds[1]);
    expect(await board(orderId)).toEqual(["lost", 2, 0, 0, 0, 2]);
  });
});

describe("an order that comes back", () => {
  test("is returning until it is there, delivered before or not", async () => {
    const { orderId, shipmentIds } = await shipped(2);
    await deliver(shipmentIds[0]);
    const inboundId = await sendBack(orderId, 2);
    expect(await board(orderId)).toEqual(["returning", 2, 0, 2, 0, 0]);
    await takeBack(inboundId, 2);
    expect(await board(orderId)).toEqual(["returned", 2, 0, 0, 2, 0]);

    const refused = await shipped(1);
    const back = await sendBack(refused.orderId, 1);
    expect(await board(refused.orderId)).toEqual(["returning", 1, 0, 1, 0, 0]);
    await takeBack(back, 1);
    expect(await board(refused.orderId)).toEqual(["returned", 1, 0, 0, 1, 0]);
  });

  test("in part stays delivered, and its pieces are told apart", async () => {
    const { orderId, shipmentIds } = await shipped(3);
    await deliver(shipmentIds[0]);
    const inboundId = await sendBack(orderId, 2);
    expect(await board(orderId)).toEqual(["returning", 3, 1, 2, 0, 0]);
    await takeBack(inboundId, 1);
    expect(await board(orderId)).toEqual(["returning", 3, 1, 1, 1, 0]);
    const discrepancies = [{ line: 1, reason: "kept after all" }];
    await house.client.inbound.closeInbound({ inboundId, discrepancies });
    expect(await board(orderId)).toEqual(["delivered", 3, 2, 0, 1, 0]);
  });

  test("in part, of which the rest is lost, is returned", async () => {
    const { orderId, shipmentIds } = await shipped(1, 2);
    await lose(shipmentIds[1]);
    await takeBack(await sendBack(orderId, 1), 1);
    expect(await board(orderId)).toEqual(["returned", 3, 0, 0, 1, 2]);
  });
});

test("the totals count each piece by its own way, and each order by its status", async () => {
  await house.sells({ TEE: 4 }, { channel: "shipped" });
  const { orderId } = await house.sells({ TEE: 5 }, { channel: "shipped" });
  await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
  await shipped(7);
  const { data } = await house.client.orders.orderTotals({ channel: "shipped" });
  expect(data.byOutcome).toEqual([
    { outcome: "placed", orders: 1, lines: 1, units: 4 },
    { outcome: "cancelled", orders: 1, lines: 1, units: 5 },
    { outcome: "shipped", orders: 1, lines: 1, units: 7 },
    { outcome: "delivered", orders: 2, lines: 2, units: 3 },
    { outcome: "returned", orders: 3, lines: 3, units: 5 },
    { outcome: "lost", orders: 1, lines: 1, units: 6 },
  ]);
  const sum = data.byOutcome.reduce((total, { units }) => total + units, 0);
  expect(sum).toBe(data.units);
});

test("the rows are what the definition says", async () => {
  await house.sells({ TEE: 1 });
  await house.client.orders.orderBoard({ channel: "shop" });
  expect(await house.differences("order_board")).toEqual([]);
});
