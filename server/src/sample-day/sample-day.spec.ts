import { expect, test } from "vitest";
import { smallDay, wholeDay } from "./plan/day-size.ts";
import type { SampleCommand, Script } from "./plan/planning.ts";
import { planSampleDay, type SampleDay } from "./sample-day.ts";

function ordersOf({ keptPieces, morningOrders, afternoonOrders }: SampleDay) {
  const kept = keptPieces.flatMap(({ order, rival }) => (rival ? [order, rival] : [order]));
  return [...kept, ...morningOrders, ...afternoonOrders];
}

function inboundsOf({ deliveries: { morning, noon, evening, tomorrow } }: SampleDay) {
  return [...morning, ...noon, ...evening, tomorrow];
}

function batchesOf({ openingBatches, announcedBatches }: SampleDay) {
  return [...openingBatches, ...announcedBatches.map(({ announcement }) => announcement)];
}

/** Scripts of the day, as far as they follow from the plan alone. */
function scriptsOf({ announcedBatches, grading, shelfWork }: SampleDay): Script[] {
  const arrivals = announcedBatches.map(({ arrival }) => arrival);
  return [...arrivals, ...grading.map(({ work }) => work), ...shelfWork.moves, shelfWork.counts];
}

function commandsOf(day: SampleDay): SampleCommand[] {
  return [
    ...[day.settings, ...day.variants, ...day.bins.registrations, ...batchesOf(day)],
    ...inboundsOf(day).map(({ announcement }) => announcement),
    ...[...scriptsOf(day).flat(), ...ordersOf(day)],
  ];
}

test("the plan of a day is the same each time it is asked for", () => {
  const plain = (day: SampleDay) => JSON.stringify(day);
  expect(plain(planSampleDay())).toBe(plain(planSampleDay()));
});

test("no two commands have one id, on this day, on another, and on a small one", () => {
  const days = [
    planSampleDay("2026-03-02"),
    planSampleDay("2026-03-03"),
    planSampleDay("2026-03-03", smallDay),
  ];
  const ids = days.flatMap((day) => commandsOf(day).map(({ commandId }) => commandId));
  expect(ids.length).toBeGreaterThan(2_500);
  expect(new Set(ids).size).toBe(ids.length);
});

test("another day has the same house, and other orders, batches, inbounds and pieces", () => {
  const [one, other] = [planSampleDay("2026-03-02"), planSampleDay("2026-03-03")];
  const house = ({ variants, bins }: SampleDay) =>
    [...variants, ...bins.registrations].map(({ input }) => input);
  expect(house(other)).toEqual(house(one));
  const small = planSampleDay("2026-03-02", smallDay);
  const known = new Set(house(one).map((input) => JSON.stringify(input)));
  expect(house(small).filter((input) => !known.has(JSON.stringify(input)))).toEqual([]);
  const names = (day: SampleDay) => [
    ...batchesOf(day).map(({ input }) => input.ref),
    ...ordersOf(day).map(({ input }) => input.externalRef),
    ...inboundsOf(day).map(({ ref }) => ref),
    ...inboundsOf(day).flatMap(({ lots }) => lots.map(({ receipt }) => receipt.batchRef)),
    ...day.deliveries.pieces.map(({ lpn }) => lpn),
  ];
  const all = [...names(one), ...names(other), ...names(small)];
  expect(new Set(all).size).toBe(all.length);
  expect(all.filter((name) => !/^(SMP-|sample\/|SAMPLE-)/.test(name))).toEqual([]);
  expect(all.filter((name) => name.length > 100)).toEqual([]);
});

test("orders come in through the day, and are for things that the house knows", () => {
  const { morningOrders, afternoonOrders, variants } = planSampleDay();
  const orders = [...morningOrders, ...afternoonOrders].map(({ input }) => input);
  const times = orders.map(({ orderedAt }) => orderedAt ?? "");
  expect(times).toEqual(times.toSorted());
  expect([times[0], times.at(-1)]).toEqual([
    "2026-03-03T08:00:00.000Z",
    "2026-03-03T16:58:00.000Z",
  ]);
  expect(new Set(orders.map(({ channel }) => channel)).size).toBe(3);
  expect(new Set(orders.map(({ lines }) => lines.length))).toEqual(new Set([1, 2, 3, 4]));
  const known = new Set(variants.map(({ input }) => input.sku));
  const lines = orders.flatMap((order) => order.lines);
  expect(lines.filter(({ sku }) => !known.has(sku))).toEqual([]);
  expect(
    lines.filter(({ priceCents = 0 }) => !Number.isInteger(priceCents) || priceCents <= 0),
  ).toEqual([]);
});

test.each([wholeDay, smallDay])(
  "on the $name day each fate of orders and pieces occurs",
  (size) => {
    const day = planSampleDay(undefined, size);
    const fates = new Set(ordersOf(day).map(({ fate }) => fate));
    expect([...fates].sort()).toEqual([
      ...["cancelled at noon", "cancelled in the evening", "cancelled too late"],
      ...["cancelled when picked", "held", "held for long", "held when packed", "let go", "lost"],
      ...["returned", "ships", "short", "torn carton", "two parcels"],
      "wants this piece",
    ]);
    const ends = new Set(
      day.grading.map(({ work }) => work.map(({ path }) => path.split(".")[1]).join(" ")),
    );
    expect([...ends].sort()).toEqual([
      "gradeGarment",
      "gradeGarment decideDisposition",
      "gradeGarment decideDisposition putAway",
      "gradeGarment decideDisposition putAway regradeGarment",
      "gradeGarment decideDisposition putAway regradeGarment decideDisposition",
      "gradeGarment sendToRework",
      "gradeGarment sendToRework completeRework gradeGarment decideDisposition putAway",
    ]);
    const open = inboundsOf(day).filter(({ discrepancies }) => discrepancies === null);
    const differing = inboundsOf(day).filter(({ discrepancies }) => discrepancies?.length);
    expect([open.length, differing.length]).toEqual([3, 2]);
  },
);

test.each([wholeDay, smallDay])(
  "on the $name day nothing is put where there is no room",
  (size) => {
    const day = planSampleDay(undefined, size);
    const room = new Map(day.bins.registrations.map(({ input }) => [input.code, input.capacity]));
    const put = (bin: string, pieces: number) => room.set(bin, (room.get(bin) ?? 0) - pieces);
    for (const { input } of day.openingBatches) put(input.bin ?? "", input.qty);
    for (const { announcement, arrival } of day.announcedBatches) {
      const stowed = arrival.flatMap(({ input }) => (input && "bin" in input ? [input.bin] : []));
      for (const bin of stowed) put(String(bin), announcement.input.qty);
    }
    for (const { lots } of inboundsOf(day)) {
      for (const { toBin, receipt } of lots) put(toBin, receipt.qty);
    }
    for (const { onSale } of day.grading) if (onSale) put(onSale.bin, 1);
    expect(room.has("")).toBe(false);
    // Some room is left for what turns up, is moved or comes back.
    expect([...room].filter(([, left]) => left < 10)).toEqual([]);
  },
);

test("batches turn out to hold fewer pieces, and more, but not those counted by hand", () => {
  const { corrections, openingBatches, bins } = planSampleDay();
  const counted = openingBatches.filter(({ input }) => input.bin === bins.lots[0]);
  expect(counted.length).toBeGreaterThan(3);
  const refs = new Set(counted.map(({ input }) => input.ref));
  expect(corrections.filter(({ ref }) => refs.has(ref))).toEqual([]);
  expect(corrections.filter(({ difference }) => difference < 0).length).toBeGreaterThan(10);
  expect(corrections.filter(({ difference }) => difference > 0).length).toBeGreaterThan(5);
});

test("what is on its way comes later, and some of it today", () => {
  const { announcedBatches } = planSampleDay();
  const today = announcedBatches.filter(({ arrival }) => arrival.length > 0);
  const later = announcedBatches.filter(({ arrival }) => arrival.length === 0);
  expect([today.length > 3, later.length > 10]).toEqual([true, true]);
  const eta = ({ announcement }: { announcement: SampleCommand<"stock.addBatch"> }) =>
    announcement.input.eta ?? "";
  expect(today.filter((one) => !eta(one).startsWith("2026-03-03"))).toEqual([]);
  expect(later.filter((one) => eta(one) <= "2026-03-04")).toEqual([]);
});

test.each(["tomorrow", "2026-13-01", "2026-02-31", "2 March", ""])("%j is no day", (day) => {
  expect(() => planSampleDay(day)).toThrow(RangeError);
});
