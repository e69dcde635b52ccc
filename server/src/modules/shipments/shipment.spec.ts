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

const minutes = (count: number) => new Date(at.getTime() + count * 60_000);

describe("the time that a carrier tells", () => {
  const orderedAt = minutes(-600);
  const handedOver = (told: Date | null) => {
    const parcel = aShipment("labelled");
    parcel.handOver("m1", at, told && { at: told, orderedAt });
    return parcel;
  };

  test.each([orderedAt, minutes(-60), at])(
    "of a hand-over is kept beside the house's own: %s",
    (told) => {
      const { events, it } = given(aShipment("labelled"))
        .when((parcel) => parcel.handOver("m1", at, { at: told, orderedAt }))
        .thenHappened("ParcelHandedOver");
      expect(it).toMatchObject({ handedOverAt: at, reportedHandedOverAt: told });
      expect(events[0]?.data).toMatchObject({ qty: 4, reportedAt: told.toISOString() });
    },
  );

  test.each([minutes(-60), at])("of a delivery is kept beside the house's own: %s", (told) => {
    const { events, it } = given(handedOver(minutes(-60)))
      .when((parcel) => parcel.deliver(minutes(5), told))
      .thenHappened("ParcelDelivered");
    expect(it).toMatchObject({ endedAt: minutes(5), reportedDeliveredAt: told });
    expect(events[0]?.data).toEqual({ orderId: "o", deliveredAt: told.toISOString() });
  });

  test("is not kept where none is told", () => {
    const parcel = handedOver(null);
    parcel.deliver(minutes(5));
    expect(parcel).toMatchObject({ handedOverAt: at, reportedHandedOverAt: null });
    expect(parcel).toMatchObject({ endedAt: minutes(5), reportedDeliveredAt: null });
  });

  test.each<[string, ShipmentStatus, (it: Shipment) => unknown]>([
    ["hand-over", "labelled", (it) => it.handOver("m", at, { at: minutes(1), orderedAt })],
    ["delivery", "handedOver", (it) => it.deliver(at, minutes(1))],
  ])("of a %s has come already", (_what, status, act) => {
    const parcel = Object.assign(aShipment(status), { handedOverAt: minutes(-5) });
    given(parcel)
      .when((it) => void act(it))
      .thenRefused("time-in-future", {
        ...{ shipmentId: "s", at: minutes(1).toISOString(), now: at.toISOString() },
      });
  });

  test("of a hand-over is not before the order", () => {
    given(aShipment("labelled"))
      .when((it) => void it.handOver("m", at, { at: minutes(-601), orderedAt }))
      .thenRefused("time-out-of-sequence", {
        ...{ shipmentId: "s", at: minutes(-601).toISOString(), step: "placed" },
        stepAt: orderedAt.toISOString(),
      });
  });

  test("of a delivery is not before the carrier had it, by its own word or by the house's", () => {
    for (const [told, stepAt] of [
      [minutes(-60), minutes(-60)],
      [null, at],
    ] as const) {
      const early = new Date(stepAt.getTime() - 1);
      given(handedOver(told))
        .when((it) => void it.deliver(minutes(5), early))
        .thenRefused("time-out-of-sequence", {
          ...{ shipmentId: "s", at: early.toISOString(), step: "handedOver" },
          stepAt: stepAt.toISOString(),
        });
    }
  });
});
