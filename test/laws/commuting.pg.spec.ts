import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askable, asksOf, before } from "./asks.ts";
import { type Names, playStory } from "./base-world.ts";
import { type Meeting, meet } from "./commuting.ts";
import { commutingPairs, type Desk, openDesk } from "./desk.ts";
import { runs, timeout } from "./runs.ts";

/*
 * Whatever two commands say of each other, they are let meet in two worlds that are alike: in the
 * one in this order, in the other one in that. To play a failure again, give its seed:
 * SELVEDGE_SEED=123456. To play more: SELVEDGE_RUNS=20.
 */

const tenant = "base";
const meetingsByDefault = 3;

let desk: Desk;
let names: Names;
beforeAll(async () => {
  desk = await openDesk();
  names = await playStory(desk, tenant);
});
afterAll(() => desk.stop());

/** The law that two commands commute, whatever they are asked to do and whatever was before. */
function commuteLaw([x, y]: readonly [string, string]) {
  const meeting = fc.record({ before, pair: fc.tuple(asksOf(x), asksOf(y)) });
  return fc.asyncProperty(meeting, async (one: Meeting) => {
    const { met, broken } = await meet(desk, { tenant, names }, one);
    fc.pre(met);
    if (broken.length > 0) throw new Error(broken.join("\n"));
  });
}

test("what commutes is known to be asked", () => {
  const paths = new Set(commutingPairs.flat());
  const unknown = [...paths].filter((path) => !askable.includes(path));
  const words = unknown.map(
    (path) => `${path} commutes: say in asks.ts what it may be asked to do`,
  );
  expect(words).toEqual([]);
});

describe("in either order the same comes of", { timeout }, () => {
  test.each(commutingPairs)("%s and %s", async (x, y) => {
    await fc.assert(commuteLaw([x, y]), runs(meetingsByDefault));
  });
});

describe("what the design says", () => {
  const isDeclared = (pair: readonly string[]) =>
    commutingPairs.some((one) => one.toSorted().join() === pair.toSorted().join());

  test.each([
    ["stock.allocateLine", "garments.putAway"],
    ["stock.allocateLine", "stock.addBatch"],
    ["waves.confirmPick", "waves.confirmPick"],
    ["inbound.receivePiece", "inbound.receivePiece"],
  ])("commutes is declared to: %s and %s", (...pair) => {
    expect(isDeclared(pair)).toBe(true);
  });

  test.each([
    ["stock.allocateLine", "stock.changeBatchQuantity"],
    ["garments.reservePiece", "garments.regradeGarment"],
    ["orders.cancelOrder", "shipments.handOver"],
    ["garments.putAway", "bins.startCount"],
  ])(
    "does not commute is not declared to, and would be found out: %s and %s",
    async (x, y) => {
      expect(isDeclared([x, y])).toBe(false);
      const found = await fc.check(commuteLaw([x, y]), { ...runs(100), endOnFailure: true });
      expect(found.failed).toBe(true);
      expect(String(found.errorInstance)).toMatch(/refused: |then [xy]: /);
    },
    timeout,
  );
});
