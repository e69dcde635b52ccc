import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import { aBin, binFacts } from "./bin.fixture.ts";
import { Bin, type BinFacts, type CountResult } from "./bin.ts";
import { binKinds } from "./inputs.ts";

const at = new Date("2026-03-01T12:00:00Z");
const due = { countState: "due", countReason: "a piece was missing" } as const;
const counting = { ...due, countState: "counting" } as const;
const counted: CountResult = { pieces: -1, expected: 4, seen: 3, reason: "stolen", unknown: [] };

describe("a new bin", () => {
  test("says what it is, is empty, and nobody has to count it", () => {
    const of = { tenant: "t", warehouse: "main", code: "A-1" };
    const event = Bin.register(of, binFacts());
    expect(event).toMatchObject({ type: "BinRegistered", data: binFacts() });
    const none = { countReason: null, countingBy: null, countSince: null, countedAt: null };
    const expected = { ...of, ...binFacts(), ...none, occupied: 0, countState: "none" };
    expect({ ...event.aggregate }).toEqual({ ...expected, version: 0 });
  });

  test.each([
    ["main", "A-1", "main/A-1"],
    ["main/north", "A", "main%2Fnorth/A"],
    ["main", "north/A", "main/north%2FA"],
    ["50%", "A%2F", "50%25/A%252F"],
  ])("of warehouse %s with the code %s has a history of its own", (warehouse, code, id) => {
    const { aggregate } = Bin.register({ tenant: "t", warehouse, code }, binFacts());
    expect(aggregate.journalKey()).toEqual({ kind: "Bin", id });
  });
});

describe("registering it again", () => {
  test("with the same facts is fine", () => {
    given(aBin())
      .when((it) => it.requireFacts(binFacts()) as undefined)
      .thenNothing();
  });

  const others: Partial<BinFacts>[] = [
    { zone: "B" },
    { pickSequence: 11 },
    { kind: "pack" },
    { capacity: 11 },
  ];
  test.each(others)("with %o is refused, and says what differs", (other) => {
    const [[fact, given_] = ["", ""]] = Object.entries(other);
    const known = binFacts()[fact as keyof BinFacts];
    given(aBin())
      .when((it) => it.requireFacts(binFacts(other)) as undefined)
      .thenRefused("bin-differs", { bin: "A-1", differs: [{ fact, known, given: given_ }] });
  });
});

describe.each(["none", "due"] as const)("while its count is %s", (countState) => {
  test.each([
    [1, 5],
    [6, 10],
    [-4, 0],
    [0, 4],
  ])("%i pieces go in", (pieces, occupied) => {
    const bin = aBin({ countState });
    bin.hold(pieces);
    expect(bin.occupied).toBe(occupied);
  });

  test("no more go in than there is room for", () => {
    given(aBin({ countState }))
      .when((it) => it.hold(7) as undefined)
      .thenRefused("bin-full", { bin: "A-1", capacity: 10, occupied: 4 });
  });

  test("more than lie in it cannot be taken out: that is a bug", () => {
    const bin = aBin({ countState });
    expect(() => bin.hold(-5)).toThrow("would hold -1 pieces");
    expect(bin.occupied).toBe(4);
  });

  test("somebody starts to count it", () => {
    const { events, it } = given(aBin({ countState, countReason: "odd" }))
      .when((bin) => bin.startCount("ann", at))
      .thenHappened("BinCountStarted");
    expect(events[0]?.data).toEqual({ reason: "odd" });
    expect(it).toMatchObject({ countState: "counting", countingBy: "ann", countSince: at });
  });

  test("a count cannot be ended", () => {
    given(aBin({ countState }))
      .when((it) => it.endCount(counted, at))
      .thenRefused("bin-not-being-counted");
    given(aBin({ countState }))
      .when((it) => it.requireCounting("ann", true) as undefined)
      .thenRefused("bin-not-being-counted");
  });
});

describe("while it is being counted", () => {
  test.each([1, -1, 0])("%i pieces do not go in", (pieces) => {
    given(aBin(counting))
      .when((it) => it.hold(pieces) as undefined)
      .thenRefused("bin-being-counted", { bin: "A-1", countingBy: "ann" });
  });

  test("its books may change, within its room", () => {
    const bin = aBin(counting);
    bin.hold(-1, "books");
    expect(bin.occupied).toBe(3);
    given(bin)
      .when((it) => it.hold(8, "books") as undefined)
      .thenRefused("bin-full");
  });

  test("nobody starts again", () => {
    given(aBin(counting))
      .when((it) => it.startCount("bob", at))
      .thenRefused("bin-being-counted", { bin: "A-1", countingBy: "ann" });
  });

  test.each([
    ["ann", false],
    ["ann", true],
    ["bob", true],
  ])("%s may end it (a lead: %s)", (by, isLead) => {
    given(aBin(counting))
      .when((it) => it.requireCounting(by, isLead) as undefined)
      .thenNothing();
  });

  test("somebody else who is no lead may not", () => {
    given(aBin(counting))
      .when((it) => it.requireCounting("bob", false) as undefined)
      .thenRefused("counted-by-another", { bin: "A-1", countingBy: "ann" });
  });
});

describe("the end of a count", () => {
  test.each([-4, -1, 0, 1, 6])("puts its books right by %i pieces", (pieces) => {
    const { events, it } = given(aBin(counting))
      .when((bin) => bin.endCount({ ...counted, pieces, unknown: ["X"] }, at))
      .thenHappened("BinCounted");
    const { pieces: _, ...data } = counted;
    expect(events[0]?.data).toEqual({ ...data, unknown: ["X"] });
    const none = { countState: "none", countReason: null, countingBy: null, countSince: null };
    expect(it).toMatchObject({ ...none, occupied: 4 + pieces, countedAt: at });
  });

  test("is refused where more was seen than there is room for", () => {
    given(aBin(counting))
      .when((it) => it.endCount({ ...counted, pieces: 7 }, at))
      .thenRefused("bin-full");
  });
});

describe("asking for a count", () => {
  test("is news where nobody has asked", () => {
    const { events, it } = given(aBin())
      .when((bin) => bin.askForCount("a piece was missing"))
      .thenHappened("BinCountAsked");
    expect(events[0]?.data).toEqual({ reason: "a piece was missing" });
    expect(it).toMatchObject(due);
  });

  test.each([due, counting])("is no news where its count is $countState", (known) => {
    given(aBin(known))
      .when((it) => it.askForCount("again"))
      .thenNothing();
  });
});

describe.each(binKinds)("a bin of kind %s", (kind) => {
  test("fits where that is asked for, alone or among others", () => {
    given(aBin({ kind }))
      .when((it) => it.requireKind([kind]) as undefined)
      .thenNothing();
    given(aBin({ kind }))
      .when((it) => it.requireKind(binKinds) as undefined)
      .thenNothing();
  });

  test("fits nothing else", () => {
    const needs = binKinds.filter((one) => one !== kind);
    given(aBin({ kind }))
      .when((it) => it.requireKind(needs) as undefined)
      .thenRefused("bin-unfit", { bin: "A-1", kind, needs });
  });
});
