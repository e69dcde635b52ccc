import type { Selvedge } from "@selvedge/sdk";
import { expect, expectTypeOf, test } from "vitest";
import { failure } from "../import/fake-server.fixture.ts";
import type { ProcedureMeta } from "../kernel/procedure.ts";
import { appRouter } from "../router.gen.ts";
import { FakeHouse } from "./fake-house.fixture.ts";
import { type DaySize, smallDay, wholeDay } from "./plan/day-size.ts";
import { playSampleDay, type SampleDayOptions } from "./play-sample-day.ts";
import type { CommandPath, SampleDayClient } from "./sample-day-client.ts";
import { seededRandom } from "./seeded-random.ts";

/** Commands that have no place on a day in a warehouse, and why. */
const leftOut: Readonly<Partial<Record<CommandPath, string>>> = {
  "stock.adjustBatch": "sent by imports; the day's corrections say what was counted",
  "orders.reduceLine": "sent by imports of invoices; the day's customers cancel whole orders",
};

const refusedByDesign = ["more-than-shipped", "order-handed-over", "reserved-for-another"];

/** Plays a day in a house, or in one of its own. */
async function played(
  size: DaySize,
  { house = new FakeHouse(), ...more }: Partial<SampleDayOptions> & { house?: FakeHouse } = {},
) {
  const report = await playSampleDay({ clientOf: house.clientOf, size, ...more });
  return { house, report };
}

/** Plays a small day until so many commands have arrived; then nothing can be reached any more. */
async function playedUntil(commands: number): Promise<FakeHouse> {
  const house = new FakeHouse();
  house.before = () => {
    if (house.sent.length >= commands) throw failure("NETWORK", "refused");
  };
  await expect(played(smallDay, { house })).rejects.toThrow(/cannot be reached/);
  house.before = () => {};
  return house;
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("an instance of the SDK can play the day", () => {
  expectTypeOf<Selvedge>().toExtend<SampleDayClient>();
});

test.each([wholeDay, smallDay])(
  "on the $name day every command of the warehouse is sent",
  async (size) => {
    const { house } = await played(size);
    const procedures = Object.entries(
      appRouter._def.procedures as unknown as Record<string, { _def: { meta?: ProcedureMeta } }>,
    );
    const commands = procedures.filter(([, { _def }]) => _def.meta?.kind === "command");
    expect(commands.length).toBeGreaterThanOrEqual(44);
    const named = [...new Set(house.sent.map(({ path }) => path)), ...Object.keys(leftOut)];
    expect(named.sort()).toEqual(commands.map(([path]) => path).sort());
  },
);

test.each([wholeDay, smallDay])("the $name day is refused only what it should be", async (size) => {
  const { house, report } = await played(size);
  expect(Object.keys(report.refusals).sort()).toEqual(refusedByDesign);
  expect(report.refused).toBeLessThan(size.commands / 100 + 5);
  expect(report.repeated).toBe(0);
  expect(report.applied + report.refused).toBe(house.sent.length);
  expect(Math.abs(house.sent.length / size.commands - 1)).toBeLessThan(0.1);
  expect(new Set(house.sent.map(({ commandId }) => commandId)).size).toBe(house.sent.length);
});

test("every part of the whole day has something to show for it", async () => {
  const { report } = await played(wholeDay);
  const { taken, tallies } = report;
  expect(tallies.backordered / tallies.lines).toBeGreaterThan(0.02);
  expect(tallies.backordered / tallies.lines).toBeLessThan(0.1);
  const few: [number | undefined, number][] = [
    [taken["orders.placeOrder"], 400],
    [taken["inbound.receivePiece"], 100],
    [taken["inbound.receiveLot"], 80],
    [taken["waves.confirmPick"], 400],
    [taken["waves.reportShortPick"], 3],
    [taken["shipments.packParcel"], 200],
    [taken["shipments.reportLoss"], 2],
    [taken["garments.regradeGarment"], 5],
    [tallies.allocatedLater, 15],
    [tallies.deallocated, 3],
    [tallies.handedOver, 200],
    [tallies.toOwners, 1],
    [tallies.returnsTaken, 15],
    [tallies.returnsOnSale, 5],
  ];
  expect(few.filter(([count = 0, atLeast]) => count < atLeast)).toEqual([]);
});

test("the people of the house work under their own names", async () => {
  const { house } = await played(smallDay);
  const who = (path: CommandPath) =>
    [...new Set(house.sent.filter((one) => one.path === path).map(({ as }) => as))].sort();
  expect(who("garments.gradeGarment")).toEqual(["ines", "jonas", "priya"]);
  expect(who("waves.confirmPick")).toEqual(["anna", "ben", "chidi", "dora"]);
  expect(who("orders.placeOrder")).toEqual(["sample-market", "sample-outlet", "sample-shop"]);
});

test("a second play applies nothing, in whichever order the answers come", async () => {
  const house = new FakeHouse();
  const random = seededRandom(1);
  house.before = async () => {
    for (let turns = random.int(0, 9); turns > 0; turns -= 1) await nextTurn();
  };
  const { report } = await played(wholeDay, { house });
  const second = await played(wholeDay, { house });
  expect(second.report).toEqual({ ...report, applied: 0, repeated: report.applied });
});

test.each([30, 150, 260, 350, 420, 480, 540, 620])(
  "a day that is cut short after %i commands goes on where it was",
  async (commands) => {
    const { report } = await played(smallDay);
    const house = await playedUntil(commands);
    const { report: resumed } = await played(smallDay, { house });
    const { applied } = report;
    expect(resumed.repeated).toBeGreaterThan(commands - report.refused - 1);
    expect(resumed).toEqual({
      ...report,
      applied: applied - resumed.repeated,
      repeated: resumed.repeated,
    });
  },
);

test("a day that is ended early sends nothing more", async () => {
  const house = new FakeHouse();
  const ending = new AbortController();
  const onProgress = ({ commands }: { commands: number }) => {
    if (commands === 100) ending.abort(new Error("it is late"));
  };
  const { signal } = ending;
  await expect(played(smallDay, { house, onProgress, signal })).rejects.toThrow("it is late");
  expect(house.sent.length).toBeLessThan(120);
});

test("what others have changed in between is sent again, under the same id", async () => {
  const met = new Set<string>();
  const house = new FakeHouse();
  house.before = ({ path, commandId }) => {
    if (path !== "garments.putAway" || met.has(commandId)) return;
    met.add(commandId);
    throw failure("REFUSED", "in between", { reason: "changed-in-between" });
  };
  const { report } = await played(smallDay, { house });
  expect(met.size).toBeGreaterThan(10);
  expect(Object.keys(report.refusals).sort()).toEqual(refusedByDesign);
  expect(report.taken["garments.putAway"]).toBe(met.size);
});

test("who meets others again and again is told in the end, and the day goes on", async () => {
  const house = new FakeHouse();
  house.before = ({ path }) => {
    if (path === "garments.movePiece")
      throw failure("REFUSED", "in between", { reason: "changed-in-between" });
  };
  const { report } = await played(smallDay, { house });
  expect(report.refusals["changed-in-between"]).toBeGreaterThan(0);
  expect(report.taken["waves.cancelWave"]).toBe(1);
});

test("a step begins when the one before it is done", async () => {
  const house = new FakeHouse();
  house.before = nextTurn;
  const steps: string[] = [];
  const onProgress = ({ step }: { step: string }) => {
    if (steps.at(-1) !== step) steps.push(step);
  };
  await played(smallDay, { house, concurrency: 8, onProgress });
  expect(steps).toEqual([
    ...["settings", "variants", "bins", "opening batches", "announced batches"],
    ...["morning announcements", "morning receipts", "morning inbounds closed", "early orders"],
    ...["grading", "moves", "counts", "kept pieces"],
    ...["morning orders", "morning orders held", "noon cancellations", "flaws seen"],
    ...["expired reservations", "unpaid orders cancelled"],
    ...["noon announcements", "noon receipts", "noon inbounds closed", "arrivals"],
    ...["noon allocations", "noon waves", "noon picks", "noon parcels"],
    ...["packed noon orders held", "noon lists"],
    ...["afternoon orders", "orders released", "corrections", "late cancellations", "deliveries"],
    ...["returns announced", "returns received", "returns graded"],
    ...["evening announcements", "evening receipts", "evening inbounds closed"],
    ...["evening allocations", "evening waves", "evening picks", "cancelled when picked"],
    ...["put back", "evening parcels", "evening lists", "evening cancellations", "waves given up"],
    ...["evening count", "tomorrow's announcements"],
  ]);
  expect(house.inFlightMax).toBe(8);
});
