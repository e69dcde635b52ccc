import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { releasedWave } from "../../../../../../test/harness/waves.ts";

/* Which orders came later than was promised. */

let house: House;
let parcels = 0;

interface Told {
  readonly promised?: string;
  readonly channel?: string;
  /** One for each parcel: when it was delivered, `now` where the carrier tells no time. */
  readonly delivered: readonly string[];
}

/** An order of one piece a parcel, placed and handed over long ago, and delivered like that. */
async function delivered(externalRef: string, { promised, channel = "shop", delivered }: Told) {
  const { waves, shipments } = house.client;
  const { orderId } = await house.sells(
    { TEE: delivered.length },
    {
      ...{ externalRef, channel, orderedAt: "2024-01-01T10:00:00Z" },
      ...(promised && { promise: { deliverBy: promised } }),
    },
  );
  const { waveId } = await releasedWave(house, orderId);
  const qty = delivered.length;
  await waves.confirmPick({ waveId, task: 1, scannedSku: "TEE", qty });
  for (const at of delivered) {
    parcels += 1;
    const items = [{ line: 1, qty: 1 }];
    const { shipmentId } = (await shipments.packParcel({ orderId, items })).data;
    await shipments.labelParcel({ shipmentId, carrier: "DHL", tracking: `T-${parcels}` });
    const handedOver = { shipmentIds: [shipmentId], manifest: "m", at: "2024-01-02T10:00:00Z" };
    await shipments.handOver(handedOver);
    if (at === "never") continue;
    await shipments.confirmDelivery({ shipmentId, ...(at !== "now" && { at }) });
  }
}

const promised = "2024-01-10T00:00:00Z";

beforeAll(async () => {
  house = await startHouse();
  await house.stocks("TEE", 100);
  await delivered("in time", { promised, delivered: ["2024-01-09T23:59:59Z"] });
  await delivered("to the second", { promised, delivered: [promised] });
  await delivered("a second late", { promised, delivered: ["2024-01-10T00:00:01Z"] });
  await delivered("days late", { promised, delivered: ["2024-01-15T12:00:00Z"] });
  await delivered("market", {
    ...{ promised, channel: "market", delivered: ["2024-01-12T00:00:00Z"] },
  });
  await delivered("half late", {
    ...{ promised, delivered: ["2024-01-05T00:00:00Z", "2024-01-11T00:00:00Z"] },
  });
  await delivered("on its way", { promised, delivered: ["never"] });
  await delivered("not promised", { delivered: ["2024-06-01T00:00:00Z"] });
  await delivered("untold", { promised, delivered: ["now"] });
});
afterAll(() => house.stop());

async function late(input: Parameters<House["client"]["orders"]["lateOrders"]>[0] = {}) {
  const { data } = await house.client.orders.lateOrders(input);
  return { ...data, rows: data.rows.map(({ externalRef }) => externalRef) };
}

test("orders of which a parcel came after the promise are late, the latest first", async () => {
  expect(await late()).toEqual({
    ...{ orders: 5, reported: 4 },
    rows: ["untold", "days late", "market", "half late", "a second late"],
  });
});

test("a late order says what was promised, when it came, and who says so", async () => {
  const { data } = await house.client.orders.lateOrders({ channel: "market" });
  expect(data).toEqual({
    ...{ orders: 1, reported: 1 },
    rows: [
      {
        orderId: expect.any(String),
        ...{ channel: "market", externalRef: "market", status: "delivered" },
        deliverBy: expect.stringContaining("2024-01-10T00:00:00"),
        deliveredAt: expect.stringContaining("2024-01-12T00:00:00"),
        deliveryReported: true,
      },
    ],
  });
});

test.each([
  ["with the most of them", { limit: 2 }, [5, 4, ["untold", "days late"]]],
  [
    "from a time, itself included",
    { from: "2024-01-15T12:00:00Z" },
    [2, 1, ["untold", "days late"]],
  ],
  [
    "up to a time, itself left out",
    { to: "2024-01-12T00:00:00Z" },
    [2, 2, ["half late", "a second late"]],
  ],
  [
    "between two times of another zone",
    { from: "2024-01-11T01:00:00+01:00", to: "2024-01-13T00:00:00Z" },
    [2, 2, ["market", "half late"]],
  ],
  ["of a channel that sells nothing", { channel: "fair" }, [0, 0, []]],
] as const)("they are told %s", async (_what, input, [orders, reported, rows]) => {
  expect(await late(input)).toEqual({ orders, reported, rows });
});

test("a house sees its own only", async () => {
  const { data } = await house.elsewhere.orders.lateOrders();
  expect(data).toEqual({ orders: 0, reported: 0, rows: [] });
});

test("what comes back has been late all the same", async () => {
  const [row] = (await house.client.orders.lateOrders({ limit: 1 })).data.rows;
  const { orderId = "" } = row ?? {};
  const lines = [{ sku: "TEE", qty: 1, orderLine: 1 }];
  const back = { source: "shop", ref: "R", kind: "return" as const, orderId, lines };
  await house.client.inbound.announceInbound(back);
  const { data } = await house.client.orders.lateOrders({ limit: 1 });
  expect(data).toMatchObject({ orders: 5, rows: [{ externalRef: "untold", status: "returning" }] });
});
