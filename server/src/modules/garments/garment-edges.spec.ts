import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import { aGarment, grades, itsBin, itsLine, march } from "./garment.fixture.ts";
import type { Garment } from "./garment.ts";
import { type GarmentStatus, garmentLife } from "./garment-life.ts";

const all = [
  ...["received", "graded", "rework", "stored", "reserved", "picked", "packed", "shipped"],
  ...["quarantined", "missing", "donated", "recycled", "returnedToOwner", "writtenOff"],
] as GarmentStatus[];

/** Something that is asked of a piece: what happens by it, from where to where, and what not. */
interface Asked {
  readonly asked: string;
  readonly act: Parameters<ReturnType<typeof given<Garment>>["when"]>[0];
  readonly happens: string;
  /** Where it leads, by where the piece is. */
  readonly leads: Partial<Record<GarmentStatus, GarmentStatus>>;
  /** Facts that the piece has beside what belongs to its status. */
  readonly facts?: Partial<Garment>;
  /** Why it is refused where it is not for the status. */
  readonly unless?: Partial<Record<GarmentStatus, string>>;
}

const rules = Object.values(grades);
const inHouse = ["received", "graded", "rework", "stored", "quarantined"] as const;
const lead = (to: GarmentStatus, ...from: readonly GarmentStatus[]) =>
  Object.fromEntries(from.map((one) => [one, to]));
const stay = (...at: readonly GarmentStatus[]) => Object.fromEntries(at.map((one) => [one, one]));
const because = (reason: string, ...at: readonly GarmentStatus[]) =>
  Object.fromEntries(at.map((one) => [one, reason]));
const promised = ["reserved", "picked", "packed", "shipped"] as const;
const nobodys = all.filter((status) => !promised.some((one) => one === status));
const binless = all.filter((one) => !["stored", "reserved", "quarantined"].includes(one));

const table: Asked[] = [
  {
    asked: "to come back",
    act: (it) => it.comeBack({ ...it, warehouse: "north" }, march(9)),
    happens: "GarmentReturned",
    leads: lead("received", "shipped"),
  },
  {
    asked: "to be graded",
    act: (it) => it.gradeAs(grades.B, [], march(9)),
    happens: "GarmentGraded",
    leads: lead("graded", "received"),
  },
  {
    asked: "to be graded higher or lower",
    act: (it) => it.regradeAs(grades.B, [], "why"),
    happens: "GarmentRegraded",
    leads: stay("graded", "stored", "quarantined"),
  },
  {
    asked: "to be graded as what is not sold",
    act: (it) => it.regradeAs(grades.D, [], "why"),
    happens: "GarmentRegraded",
    leads: { ...stay("graded", "quarantined"), stored: "graded" },
  },
  {
    asked: "to be regraded before it has a grade",
    act: (it) => it.regradeAs(grades.B, [], "why"),
    happens: "GarmentRegraded",
    leads: {},
    facts: { grade: null },
  },
  {
    asked: "to go to the workshop",
    act: (it) => it.sendToRework("wash"),
    happens: "ReworkStarted",
    leads: lead("rework", "graded", "stored"),
  },
  {
    asked: "to come from the workshop",
    act: (it) => it.completeRework("clean"),
    happens: "ReworkCompleted",
    leads: lead("received", "rework"),
  },
  {
    asked: "to be sold",
    act: (it) => it.decide("sell", rules),
    happens: "DispositionDecided",
    leads: stay("graded", "stored"),
  },
  {
    asked: "to be donated",
    act: (it) => it.decide("donate", rules),
    happens: "DispositionDecided",
    leads: lead("donated", "graded", "stored"),
  },
  {
    asked: "to be recycled",
    act: (it) => it.decide("recycle", rules),
    happens: "DispositionDecided",
    leads: lead("recycled", "graded", "stored"),
  },
  {
    asked: "to go back to its owner",
    act: (it) => it.decide("returnToOwner", rules),
    happens: "DispositionDecided",
    leads: lead("returnedToOwner", "graded", "stored"),
  },
  {
    asked: "to be put away",
    act: (it) => it.putAway("B-02", march(9)),
    happens: "GarmentStored",
    leads: { graded: "stored", quarantined: "quarantined" },
  },
  {
    asked: "to be put away undecided",
    act: (it) => it.putAway("B-02", march(9)),
    happens: "GarmentStored",
    leads: { quarantined: "quarantined" },
    facts: { disposition: null },
    unless: { graded: "not-for-sale" },
  },
  {
    asked: "to be carried from its bin",
    act: (it) => it.move(itsBin, "B-02", march(9)),
    happens: "GarmentMoved",
    leads: stay("stored", "reserved", "quarantined"),
  },
  {
    asked: "to be carried from another bin",
    act: (it) => it.move("Z-99", "B-02", march(9)),
    happens: "GarmentMoved",
    leads: {},
    unless: because("garment-elsewhere", "stored", "reserved", "quarantined"),
  },
  {
    asked: "to be set aside",
    act: (it) => it.quarantine("smells"),
    happens: "GarmentQuarantined",
    leads: lead("quarantined", ...inHouse.slice(0, 4), "reserved"),
  },
  {
    asked: "to be set aside no longer, in a bin for sale",
    act: (it) => it.releaseQuarantine("aired", true, march(9)),
    happens: "QuarantineReleased",
    leads: lead("stored", "quarantined"),
  },
  {
    asked: "to be set aside no longer, elsewhere",
    act: (it) => it.releaseQuarantine("aired", false, march(9)),
    happens: "QuarantineReleased",
    leads: lead("graded", "quarantined"),
  },
  {
    asked: "to be set aside no longer, undecided",
    act: (it) => it.releaseQuarantine("aired", true, march(9)),
    happens: "QuarantineReleased",
    leads: lead("graded", "quarantined"),
    facts: { disposition: null },
  },
  {
    asked: "to be set aside no longer, without a grade",
    act: (it) => it.releaseQuarantine("aired", true, march(9)),
    happens: "QuarantineReleased",
    leads: lead("received", "quarantined"),
    facts: { grade: null },
  },
  {
    asked: "to be missed",
    act: (it) => it.miss(null, "not there"),
    happens: "GarmentMissing",
    leads: lead("missing", ...inHouse, "reserved"),
  },
  {
    asked: "to be missed in its bin",
    act: (it) => it.miss(itsBin, "not there"),
    happens: "GarmentMissing",
    leads: lead("missing", "stored", "reserved", "quarantined"),
    unless: because("garment-elsewhere", ...binless),
  },
  {
    asked: "to turn up",
    act: (it) => it.find("B-02", march(9)),
    happens: "GarmentFound",
    leads: lead("stored", "missing"),
  },
  {
    asked: "to turn up undecided",
    act: (it) => it.find("B-02", march(9)),
    happens: "GarmentFound",
    leads: lead("graded", "missing"),
    facts: { disposition: null },
  },
  {
    asked: "to turn up without a grade",
    act: (it) => it.find("B-02", march(9)),
    happens: "GarmentFound",
    leads: lead("received", "missing"),
    facts: { grade: null },
  },
  {
    asked: "to be given up",
    act: (it) => it.writeOff("torn"),
    happens: "GarmentWrittenOff",
    leads: lead("writtenOff", ...inHouse, "missing"),
  },
  {
    asked: "to be promised",
    act: (it) => it.reserve(itsLine, null),
    happens: "PieceReserved",
    leads: lead("reserved", "stored"),
    unless: because("reserved-for-another", ...promised),
  },
  {
    asked: "to be promised undecided",
    act: (it) => it.reserve(itsLine, null),
    happens: "PieceReserved",
    leads: {},
    facts: { disposition: null },
    unless: { stored: "not-for-sale", ...because("reserved-for-another", ...promised) },
  },
  {
    asked: "to be free again",
    act: (it) => it.release("why"),
    happens: "ReservationReleased",
    leads: lead("stored", "reserved"),
  },
  {
    asked: "to be free again in time",
    act: (it) => it.release("why", "expired"),
    happens: "ReservationExpired",
    leads: lead("stored", "reserved"),
  },
  {
    asked: "to be picked",
    act: (it) => it.pick(itsLine),
    happens: "GarmentPicked",
    leads: lead("picked", "reserved"),
    unless: because("wrong-piece", ...nobodys),
  },
  {
    asked: "to be put away anew",
    act: (it) => it.unpick("why"),
    happens: "GarmentUnpicked",
    leads: lead("graded", "picked", "packed"),
  },
  {
    asked: "to be packed",
    act: (it) => it.pack(itsLine, "s"),
    happens: "GarmentPacked",
    leads: lead("packed", "picked"),
    unless: because("wrong-piece", ...nobodys),
  },
  {
    asked: "to be shipped",
    act: (it) => it.ship("s"),
    happens: "GarmentShipped",
    leads: lead("shipped", "packed"),
  },
  {
    asked: "to be lost on its way",
    act: (it) => it.lose("s", "carrier says so"),
    happens: "GarmentWrittenOff",
    leads: lead("writtenOff", "shipped"),
  },
];

test("all points of a life are asked about", () => {
  const { begins, steps } = garmentLife;
  const known = Object.values(steps).flatMap(({ from, to }) => [to, ...from]);
  expect(new Set(all)).toEqual(new Set([begins, ...known]));
});

test("all steps of a life but those that parcels take are asked for", () => {
  const taken = table.flatMap(({ leads }) => Object.entries(leads).map(String));
  const there = Object.entries(garmentLife.steps)
    .filter(([verb]) => verb !== "unpack")
    .flatMap(([, { from, to }]) => from.map((one) => `${one},${to}`));
  expect(there.filter((step) => !taken.includes(step))).toEqual([]);
});

describe.each(table)("a piece that is asked $asked", (row) => {
  const { act, happens, leads, facts, unless } = row;
  const led = Object.entries(leads) as [GarmentStatus, GarmentStatus][];
  const refused = all.filter((status) => leads[status] === undefined);
  expect(refused.length + led.length).toBe(all.length);

  for (const [from, to] of led) {
    test(`${from}, is ${to} then`, () => {
      const { it } = given(aGarment(from, facts)).when(act).thenHappened(happens);
      expect(it.status).toBe(to);
    });
  }

  test.each(refused)("%s, is refused and stays as it was", (status) => {
    const reason = unless?.[status] ?? "garment-status-forbids";
    const garment = aGarment(status, facts);
    given(garment).when(act).thenRefused(reason);
  });
});
