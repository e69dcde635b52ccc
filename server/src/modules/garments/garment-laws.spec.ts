import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DomainEvent } from "../../kernel/events.ts";
import { Refusal } from "../../kernel/refusals.ts";
import { anotherLine, grades, itsInbound, itsLine, march } from "./garment.fixture.ts";
import { Garment } from "./garment.ts";
import type { ReservedFor } from "./garment-facts.ts";
import { type GarmentStatus, garmentLife } from "./garment-life.ts";

type Act = (it: Garment) => DomainEvent;

const rules = Object.values(grades);
const bin = fc.constantFrom("A-01", "B-02");
const line = fc.constantFrom(itsLine, anotherLine);
const kind = fc.constantFrom("stain", "hole", "production");
const defects = fc.array(
  fc.record({ kind, place: fc.constant("sleeve"), severity: fc.constant("minor" as const) }),
  { maxLength: 2 },
);
const grade = fc.constantFrom(...rules);
const said = (does: string, act: Act) => ({ does, act });

/** One thing that commands do to a piece; printed as what it was when a law is found broken. */
const step = fc.oneof(
  fc
    .tuple(grade, defects)
    .map(([to, of]) => said(`grade ${to.code}`, (it) => it.gradeAs(to, of, march(2)))),
  fc
    .tuple(grade, defects)
    .map(([to, of]) => said(`regrade ${to.code}`, (it) => it.regradeAs(to, of, "why"))),
  fc
    .constantFrom("sell" as const, "donate" as const, "recycle" as const, "returnToOwner" as const)
    .map((to) => said(`decide ${to}`, (it) => it.decide(to, rules))),
  fc.constant(said("decide sell", (it) => it.decide("sell", rules))),
  bin.map((to) => said(`putAway ${to}`, (it) => it.putAway(to, march(3)))),
  fc.tuple(bin, bin).map(([a, b]) => said(`move ${a} ${b}`, (it) => it.move(a, b, march(4)))),
  line.map((by) => said(`reserve ${by.orderId}`, (it) => it.reserve(by, null))),
  line.map((by) => said(`pick ${by.orderId}`, (it) => it.pick(by))),
  line.map((by) => said(`pack ${by.orderId}`, (it) => it.pack(by, "s"))),
  fc.constantFrom(
    said("ship", (it) => it.ship("s")),
    said("lose", (it) => it.lose("s", "why")),
    said("release", (it) => it.release("why")),
    said("unpick", (it) => it.unpick("why")),
    said("comeBack", (it) => it.comeBack({ ...itsInbound, warehouse: "main" }, march(9))),
    said("sendToRework", (it) => it.sendToRework("wash")),
    said("completeRework", (it) => it.completeRework("clean")),
    said("quarantine", (it) => it.quarantine("why")),
    said("miss", (it) => it.miss(null, "why")),
    said("writeOff", (it) => it.writeOff("why")),
  ),
  fc.boolean().map((isPick) =>
    // What lies in no bin lies in none that is for sale.
    said("aired", (it) => it.releaseQuarantine("why", isPick && it.bin !== null, march(9))),
  ),
  bin.map((at) => said(`find ${at}`, (it) => it.find(at, march(5)))),
);

/** What most pieces go through; by chance alone few would ever be sold. */
const usual = [
  said("grade A", (it) => it.gradeAs(grades.A, [], march(2))),
  said("decide sell", (it) => it.decide("sell", rules)),
  said("putAway A-01", (it) => it.putAway("A-01", march(3))),
  said("reserve", (it) => it.reserve(itsLine, null)),
  said("pick", (it) => it.pick(itsLine)),
  said("pack", (it) => it.pack(itsLine, "s")),
  said("ship", (it) => it.ship("s")),
];
const steps = fc.oneof(
  { weight: 3, arbitrary: step.map((one) => [one]) },
  { weight: 1, arbitrary: fc.nat(usual.length).map((many) => usual.slice(0, many)) },
);
const consignor = fc.option(fc.constant("anna"));
const lives = fc.tuple(
  consignor,
  fc.array(steps, { minLength: 1, maxLength: 40 }).map((all) => all.flat()),
);

/** What a piece goes through: what was asked, what happened by it, and what it was before. */
function* live([consignor, steps]: [string | null, { does: string; act: Act }[]]) {
  const facts = { tenant: "t", lpn: "L-1", warehouse: "main", sku: "TEE", consignor };
  const { aggregate } = Garment.receive({ ...facts, ...itsInbound, at: march(1) });
  const garment = aggregate as Garment;
  for (const { act } of steps) {
    const before = Object.assign(new Garment(), garment);
    const event = tryTo(() => act(garment));
    yield { garment, before, event };
  }
}

function tryTo(act: () => DomainEvent): DomainEvent | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Checks something after each step of many lives; how often it was put to the test is counted. */
function always(
  holds: (at: { garment: Garment; before: Garment; event?: DomainEvent }) => boolean,
) {
  let tested = 0;
  fc.assert(
    fc.property(lives, (life) => {
      for (const { garment, before, event } of live(life)) {
        if (holds({ garment, before, ...(event && { event }) })) tested += 1;
      }
    }),
    { numRuns: 300 },
  );
  expect(tested).toBeGreaterThan(0);
}

describe("whatever is asked of a piece, in whatever order,", () => {
  test("new it is never with a defect from wear", () => {
    always(({ garment }) => {
      const worn = garment.defects.filter((one) => one.kind !== "production");
      if (garment.grade === "N") expect(worn).toEqual([]);
      return garment.grade === "N";
    });
  });

  test("what is not sold in its grade is never for sale", () => {
    always(({ garment }) => {
      if (garment.grade === "D") expect(garment.disposition).not.toBe("sell");
      if (garment.sellable) expect(["N", "A", "B"]).toContain(garment.grade);
      return garment.sellable || garment.grade === "D";
    });
  });

  test("no order line gets it while another has it", () => {
    always(({ garment, before, event }) => {
      if (event?.type !== "PieceReserved") return false;
      expect(before).toMatchObject({ sellable: true, reservedFor: null });
      expect(event.data).toMatchObject(garment.reservedFor as ReservedFor);
      return true;
    });
  });

  test("it never goes from one order line to another at once", () => {
    always(({ garment, before }) => {
      const { reservedFor } = before;
      if (reservedFor) expect([reservedFor, null]).toContainEqual(garment.reservedFor);
      return reservedFor !== null;
    });
  });

  test("an order line has it from the promise until it is gone, and at no other time", () => {
    const having: GarmentStatus[] = ["reserved", "picked", "packed", "shipped"];
    always(({ garment: { status, reservedFor } }) => {
      // What was lost on its way stays with the order that it was lost for.
      if (status !== "writtenOff") expect(reservedFor !== null).toBe(having.includes(status));
      return reservedFor !== null;
    });
  });

  test("it lies in no bin once it is picked, or out of the house", () => {
    const elsewhere: GarmentStatus[] = [
      ...(["rework", "picked", "packed", "shipped", "missing"] as const),
      ...(["donated", "recycled", "returnedToOwner", "writtenOff"] as const),
    ];
    always(({ garment }) => {
      if (elsewhere.includes(garment.status)) expect(garment.bin).toBeNull();
      if (garment.status === "stored") expect(garment.bin).not.toBeNull();
      return garment.bin !== null;
    });
  });

  test("only a consigned piece goes back to its owner", () => {
    always(({ garment }) => {
      const { status, owner } = garment;
      if (status === "returnedToOwner") expect(owner).toBe("consignor");
      expect(owner === "consignor").toBe(garment.consignor !== null);
      return status === "returnedToOwner";
    });
  });

  test("what has a grade was graded, and what has none waits for it", () => {
    always(({ garment: { status, grade, gradedAt } }) => {
      if (["graded", "stored", "reserved", "picked", "packed", "shipped"].includes(status)) {
        expect(grade).not.toBeNull();
      }
      if (["received", "rework"].includes(status)) expect(grade).toBeNull();
      expect(gradedAt === null).toBe(grade === null);
      return grade === null;
    });
  });

  test("it takes a step that its life has, with one event, or none at all", () => {
    const known = Object.values(garmentLife.steps);
    always(({ garment, before, event }) => {
      if (!event) expect(garment).toEqual(before);
      if (garment.status === before.status) return false;
      expect(event?.aggregate).toBe(garment);
      const taken = known.filter((one) => one.from.some((from) => from === before.status));
      expect(taken.map(({ to }) => to)).toContain(garment.status);
      return true;
    });
  });

  test("it is a piece of its own variant under its own plate for ever", () => {
    always(({ garment }) => {
      expect(garment).toMatchObject({ tenant: "t", lpn: "L-1", sku: "TEE" });
      return garment.gradeBefore !== null;
    });
  });
});

test("its version is for the journal to count: what is asked of it never does", () => {
  always(({ garment, event }) => {
    expect(garment.version).toBe(0);
    return event !== undefined;
  });
});
