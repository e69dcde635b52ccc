import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import {
  aGarment,
  anotherLine,
  grades,
  itsBin,
  itsInbound,
  itsLine,
  march,
  openSeam,
  stain,
} from "./garment.fixture.ts";
import { Garment } from "./garment.ts";

const rules = Object.values(grades);
const nobody = { orderId: null, orderLine: null, reservedUntil: null };
const toReceive = {
  ...{ tenant: "t", lpn: "L-1", warehouse: "main", sku: "TEE", consignor: null },
  ...{ ...itsInbound, at: march(1) },
};

describe("a piece that comes in", () => {
  test("has no grade, no bin and no promise, and is not yet recorded", () => {
    const { aggregate, type, data } = Garment.receive(toReceive);
    const { at, ...facts } = toReceive;
    expect(aggregate).toMatchObject({
      ...{ ...facts, owner: "own", status: "received", version: 0, receivedAt: at, movedAt: at },
      ...{ grade: null, gradeBefore: null, defects: [], disposition: null, bin: null, ...nobody },
    });
    expect({ type, data }).toEqual({
      type: "GarmentReceived",
      data: { sku: "TEE", owner: "own", ...itsInbound },
    });
  });

  test("for a consignor is theirs", () => {
    const { aggregate, data } = Garment.receive({ ...toReceive, consignor: "anna" });
    expect(aggregate).toMatchObject({ owner: "consignor", consignor: "anna" });
    expect(data).toMatchObject({ owner: "consignor" });
  });

  test("stands in the journal under its licence plate", () => {
    expect(aGarment("received").journalKey()).toEqual({ kind: "Garment", id: "L-1" });
  });
});

describe("a piece that comes back", () => {
  const back = { warehouse: "north", inboundId: "i-2", inboundLine: 3 };

  test("is nobody's order's, where it now is, and has to be graded anew", () => {
    const shipped = aGarment("shipped", { defects: [stain], grade: "B" });
    const { events, it } = given(shipped)
      .when((one) => one.comeBack(back, march(20)))
      .thenHappened("GarmentReturned");
    expect(it).toMatchObject({
      ...{ ...back, ...nobody, status: "received", grade: null, gradeBefore: "B", defects: [] },
      ...{ disposition: null, bin: null, receivedAt: march(20), movedAt: march(20) },
      ...{ gradedAt: null, storedAt: null },
    });
    const { warehouse: _, ...inbound } = back;
    expect(events[0]?.data).toEqual({ sku: "TEE", ...inbound, ...itsLine, gradeBefore: "B" });
  });

  test("keeps its owner, and takes nothing else from who brings it", () => {
    const brought = { ...toReceive, ...back, lpn: "L-2", sku: "CAP", consignor: null };
    const { it } = given(aGarment("shipped"))
      .when((one) => one.comeBack(brought, march(20)))
      .thenHappened("GarmentReturned");
    expect(it).toMatchObject({ lpn: "L-1", sku: "TEE", owner: "consignor", consignor: "anna" });
    expect(it).not.toHaveProperty("at");
  });
});

describe("grading", () => {
  test("says what it is worth, and what is wrong with it", () => {
    const { events, it } = given(aGarment("received"))
      .when((one) => one.gradeAs(grades.B, [stain], march(9)))
      .thenHappened("GarmentGraded");
    expect(it).toMatchObject({ grade: "B", defects: [stain], gradedAt: march(9) });
    expect(events[0]?.data).toEqual({ sku: "TEE", grade: "B", defects: [stain] });
  });

  test.each([
    ["no defect", []],
    ["a defect from production", [openSeam]],
  ])("as new takes %s", (_, defects) => {
    given(aGarment("received"))
      .when((one) => one.gradeAs(grades.N, defects, march(9)))
      .thenHappened("GarmentGraded");
  });

  test.each([
    ["graded", "received", (one: Garment) => one.gradeAs(grades.N, [openSeam, stain], march(9))],
    ["regraded", "stored", (one: Garment) => one.regradeAs(grades.N, [openSeam, stain], "why")],
  ] as const)("as new is refused for what is worn, when it is %s", (_, status, act) => {
    given(aGarment(status))
      .when(act)
      .thenRefused("grade-forbids-defects", { grade: "N", defects: ["stain"] });
  });
});

describe("grading anew", () => {
  test("keeps the old grade, and says why", () => {
    const { events, it } = given(aGarment("stored"))
      .when((one) => one.regradeAs(grades.B, [stain], "seen in daylight"))
      .thenHappened("GarmentRegraded");
    expect(it).toMatchObject({ grade: "B", gradeBefore: "A", defects: [stain], bin: itsBin });
    expect(it.disposition).toBe("sell");
    const data = { sku: "TEE", before: "A", grade: "B", defects: [stain] };
    expect(events[0]?.data).toEqual({ ...data, reason: "seen in daylight" });
  });

  test.each(["graded", "stored", "quarantined"] as const)(
    "as what is not sold takes back that %s it was to be sold, and leaves it where it lies",
    (status) => {
      const garment = aGarment(status, { bin: "Q-01" });
      const { it } = given(garment)
        .when((one) => one.regradeAs(grades.D, [stain], "torn"))
        .thenHappened("GarmentRegraded");
      expect(it).toMatchObject({ grade: "D", disposition: null, bin: "Q-01", sellable: false });
    },
  );
});

describe("the workshop", () => {
  test("gets it out of its bin, and its grade holds no longer", () => {
    const { events, it } = given(aGarment("stored"))
      .when((one) => one.sendToRework("sew"))
      .thenHappened("ReworkStarted");
    const none = { grade: null, gradedAt: null, disposition: null, bin: null };
    expect(it).toMatchObject({ ...none, gradeBefore: "A" });
    expect(events[0]?.data).toEqual({ work: "sew", gradeBefore: "A", from: itsBin });
  });

  test("gives it back to be graded", () => {
    const { events, it } = given(aGarment("rework", { gradeBefore: "B" }))
      .when((one) => one.completeRework("sewn"))
      .thenHappened("ReworkCompleted");
    expect(events[0]?.data).toEqual({ result: "sewn", gradeBefore: "B" });
    given(it)
      .when((one) => one.gradeAs(grades.A, [], march(9)))
      .thenHappened("GarmentGraded");
    expect(it).toMatchObject({ grade: "A", gradeBefore: "B" });
  });

  test("is not left with the old grade by being set aside there", () => {
    const garment = aGarment("stored");
    garment.sendToRework("sew");
    garment.quarantine("smells");
    given(garment)
      .when((one) => one.releaseQuarantine("aired", true, march(9)))
      .thenHappened("QuarantineReleased");
    expect(garment).toMatchObject({ status: "received", grade: null });
  });
});

describe("what becomes of it", () => {
  test("is sold in its bin, or leaves it", () => {
    const sold = given(aGarment("stored")).when((one) => one.decide("sell", rules));
    expect(sold.thenHappened("DispositionDecided").it).toMatchObject({ bin: itsBin });
    const { events, it } = given(aGarment("stored"))
      .when((one) => one.decide("recycle", rules))
      .thenHappened("DispositionDecided");
    expect(it).toMatchObject({ disposition: "recycle", bin: null });
    expect(events[0]?.data).toEqual({ disposition: "recycle", from: itsBin });
  });

  test.each(["graded", "stored"] as const)(
    "is not the house's owner, where %s it is ours",
    (at) => {
      given(aGarment(at, { owner: "own", consignor: null }))
        .when((one) => one.decide("returnToOwner", rules))
        .thenRefused("not-consigned", { lpn: "L-1" });
    },
  );

  test.each(["D", "X"])("is not to be sold in grade %s", (grade) => {
    given(aGarment("graded", { grade }))
      .when((one) => one.decide("sell", rules))
      .thenRefused("grade-not-sellable", { lpn: "L-1", grade });
  });
});

describe("a place", () => {
  test("for sale is stored in, and since when is known", () => {
    const { events, it } = given(aGarment("graded", { storedAt: null }))
      .when((one) => one.putAway("B-02", march(9)))
      .thenHappened("GarmentStored");
    expect(it).toMatchObject({ bin: "B-02", storedAt: march(9), movedAt: march(9) });
    expect(it.sellable).toBe(true);
    expect(events[0]?.data).toEqual({ bin: "B-02", from: null });
  });

  test("for what is set aside stores nothing", () => {
    const { events, it } = given(aGarment("quarantined"))
      .when((one) => one.putAway("Q-01", march(9)))
      .thenHappened("GarmentStored");
    expect(it).toMatchObject({ bin: "Q-01", storedAt: march(3), sellable: false });
    expect(events[0]?.data).toEqual({ bin: "Q-01", from: itsBin });
  });

  test("is changed by a move, and the order keeps its piece", () => {
    const { events, it } = given(aGarment("reserved"))
      .when((one) => one.move(itsBin, "B-02", march(9)))
      .thenHappened("GarmentMoved");
    expect(it).toMatchObject({ bin: "B-02", movedAt: march(9), reservedFor: itsLine });
    expect(events[0]?.data).toEqual({ from: itsBin, to: "B-02" });
  });

  test("that it is not in proves nothing", () => {
    given(aGarment("stored"))
      .when((one) => one.move("Z-99", "B-02", march(9)))
      .thenRefused("garment-elsewhere", { lpn: "L-1", bin: "Z-99", isIn: itsBin });
  });
});

describe("an order loses a piece", () => {
  test.each([
    ["set aside", "quarantined", itsBin, (one: Garment) => one.quarantine("smells")],
    ["missing", "missing", null, (one: Garment) => one.miss(itsBin, "not there")],
  ])("that is %s, and it is said whose it was", (_, status, bin, act) => {
    const { events, it } = given(aGarment("reserved", { reservedUntil: march(30) }))
      .when(act)
      .thenHappened(status === "missing" ? "GarmentMissing" : "GarmentQuarantined");
    expect(it).toMatchObject({ ...nobody, status, bin });
    expect(events[0]?.data).toMatchObject({ freed: itsLine });
  });

  test("that turns up again free to be sold", () => {
    const garment = aGarment("reserved");
    garment.miss(null, "not there");
    given(garment)
      .when((one) => one.find("B-02", march(9)))
      .thenHappened("GarmentFound");
    expect(garment).toMatchObject({ sellable: true, bin: "B-02", storedAt: march(9), ...nobody });
  });

  test("but what was set aside is not for sale because it turns up", () => {
    const garment = aGarment("quarantined");
    garment.miss(null, "not there");
    garment.find("B-02", march(9));
    expect(garment).toMatchObject({ status: "graded", disposition: null, bin: "B-02" });
  });
});

describe("a promise", () => {
  test("may end with time, and says so", () => {
    const { events, it } = given(aGarment("stored"))
      .when((one) => one.reserve(anotherLine, march(30)))
      .thenHappened("PieceReserved");
    expect(it).toMatchObject({ reservedFor: anotherLine, reservedUntil: march(30), bin: itsBin });
    const until = "2026-03-30T00:00:00.000Z";
    expect(events[0]?.data).toEqual({ ...anotherLine, sku: "TEE", until });
  });

  test("is given once: who has the piece is told", () => {
    given(aGarment("reserved"))
      .when((one) => one.reserve(anotherLine, null))
      .thenRefused("reserved-for-another", { lpn: "L-1", ...itsLine });
  });

  test("that is taken back leaves the piece in its bin", () => {
    const { events, it } = given(aGarment("reserved", { reservedUntil: march(30) }))
      .when((one) => one.release("customer changed mind"))
      .thenHappened("ReservationReleased");
    expect(it).toMatchObject({ ...nobody, bin: itsBin, sellable: true });
    expect(events[0]?.data).toEqual({ ...itsLine, reason: "customer changed mind" });
  });
});

describe("a picked piece", () => {
  test("is out of its bin, and its promise ends with time no longer", () => {
    const { events, it } = given(aGarment("reserved", { reservedUntil: march(30) }))
      .when((one) => one.pick(itsLine))
      .thenHappened("GarmentPicked");
    expect(it).toMatchObject({ bin: null, reservedUntil: null, reservedFor: itsLine });
    expect(events[0]?.data).toEqual({ ...itsLine, from: itsBin });
  });

  test.each([
    ["picked", "reserved", (one: Garment) => one.pick(anotherLine)],
    ["packed", "picked", (one: Garment) => one.pack(anotherLine, "s")],
    [
      "picked for its order's other line",
      "reserved",
      (one: Garment) => one.pick({ ...itsLine, line: 1 }),
    ],
  ] as const)("is never %s for another line", (_, status, act) => {
    given(aGarment(status)).when(act).thenRefused("wrong-piece");
  });

  test("that is not shipped after all is put away anew", () => {
    const { it } = given(aGarment("packed"))
      .when((one) => one.unpick("order cancelled"))
      .thenHappened("GarmentUnpicked");
    expect(it).toMatchObject({ ...nobody, status: "graded", disposition: "sell", bin: null });
  });

  test("says in which parcel it is, and for which order it left", () => {
    const packed = given(aGarment("picked")).when((one) => one.pack(itsLine, "s-1"));
    const { events, it } = packed.thenHappened("GarmentPacked");
    expect(events[0]?.data).toEqual({ ...itsLine, shipmentId: "s-1" });
    const shipped = given(it).when((one) => one.ship("s-1"));
    const data = { shipmentId: "s-1", orderId: itsLine.orderId };
    expect(shipped.thenHappened("GarmentShipped").events[0]?.data).toEqual(data);
    const lost = given(it).when((one) => one.lose("s-1", "by the carrier"));
    const why = { reason: "by the carrier", shipmentId: "s-1", from: null };
    expect(lost.thenHappened("GarmentWrittenOff").events[0]?.data).toEqual(why);
  });
});

test("what is given up leaves its bin", () => {
  const { events, it } = given(aGarment("stored"))
    .when((one) => one.writeOff("mould"))
    .thenHappened("GarmentWrittenOff");
  expect(it).toMatchObject({ bin: null, ...nobody });
  expect(events[0]?.data).toEqual({ reason: "mould", from: itsBin });
});
