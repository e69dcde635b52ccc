import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import { Shipment } from "./shipment.ts";
import { type ShipmentStatus, shipmentLife } from "./shipment-life.ts";

const at = new Date("2026-03-02T10:00:00Z");
const items = [
  { line: 1, sku: "TEE", grade: "N", lpn: null, batch: "b", qty: 3 },
  { line: 2, sku: "COAT", grade: "A", lpn: "L1", batch: null, qty: 1 },
];
const facts = {
  ...{ tenant: "t", id: "s", orderId: "o", warehouse: "main", carrier: "DHL" },
  ...{ carrierService: "express", carton: "M", weightGrams: 900, cutOff: null, packedAt: at },
};

function aShipment(status: ShipmentStatus = "packed"): Shipment {
  return Object.assign(Shipment.pack({ ...facts, items }).shipment, { status, version: 1 });
}

test("a parcel is packed with all that is in it", () => {
  const { shipment, packed } = Shipment.pack({ ...facts, items });
  expect(packed).toMatchObject({ type: "ParcelPacked", data: { orderId: "o", items } });
  expect(shipment).toMatchObject({ status: "packed", version: 0, ...facts });
  expect(shipment.parts()).toMatchObject([
    { shipmentId: "s", item: 1, orderId: "o", batch: "b", qty: 3 },
    { shipmentId: "s", item: 2, orderId: "o", lpn: "L1", qty: 1 },
  ]);
  expect(shipment.journalKey()).toEqual({ kind: "Shipment", id: "s" });
});

const acts = {
  label: [(it: Shipment) => it.label("UPS", "1Z", at), "ParcelLabelled"],
  unpack: [(it: Shipment) => it.unpack("torn", at), "ParcelUnpacked"],
  handOver: [(it: Shipment) => it.handOver("m1", at), "ParcelHandedOver"],
  deliver: [(it: Shipment) => it.deliver(at), "ParcelDelivered"],
  lose: [(it: Shipment) => it.lose("gone", at), "ParcelLost"],
} as const;
const verbs = Object.keys(acts) as (keyof typeof acts)[];
const statuses: ShipmentStatus[] = [
  ...(["packed", "labelled", "handedOver", "delivered", "lost", "unpacked"] as const),
];

test("every step of the life is one that the parcel can be asked for", () => {
  expect(verbs.toSorted()).toEqual(Object.keys(shipmentLife.steps).sort());
});

describe.each(statuses)("a parcel that is %s", (status) => {
  test.each(verbs)("is asked to %s", (verb) => {
    const [act, type] = acts[verb];
    const { from, to } = shipmentLife.steps[verb];
    const asked = given(aShipment(status)).when(act);
    if (!(from as readonly string[]).includes(status)) {
      asked.thenRefused("shipment-status-forbids", { shipmentId: "s", status, needs: from });
      return;
    }
    expect(asked.thenHappened(type).it.status).toBe(to);
  });
});

test("what happened says how many pieces went, and where", () => {
  const { events, it } = given(aShipment("labelled"))
    .when((shipment) => shipment.handOver("m1", at))
    .thenHappened("ParcelHandedOver");
  expect(events[0]?.data).toEqual({ orderId: "o", carrier: "DHL", manifest: "m1", qty: 4 });
  expect(it).toMatchObject({ manifest: "m1", handedOverAt: at });
});

test("the label says which carrier, whatever was thought before", () => {
  const { it } = given(aShipment())
    .when((shipment) => shipment.label("UPS", "1Z", at))
    .thenHappened("ParcelLabelled");
  expect(it).toMatchObject({ carrier: "UPS", tracking: "1Z", labelledAt: at });
});

test("a parcel that is opened gives its tracking number back", () => {
  const labelled = Object.assign(aShipment("labelled"), { tracking: "1Z" });
  const { it } = given(labelled)
    .when((shipment) => shipment.unpack("torn", at))
    .thenHappened("ParcelUnpacked");
  expect(it).toMatchObject({ tracking: null, endedAt: at });
});
