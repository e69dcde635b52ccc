import { expect, test } from "vitest";
import { planSampleDay, type SampleDay } from "./sample-day.ts";

function batchesOf(day: SampleDay) {
  const { openingBatches, incoming, noonDelivery, eveningDelivery } = day;
  return [...openingBatches, ...incoming, ...noonDelivery.batches, ...eveningDelivery.batches];
}

function ordersOf(day: SampleDay) {
  return [...day.morningOrders, ...day.afternoonOrders];
}

test("the plan of a day is the same each time it is asked for", () => {
  expect(planSampleDay()).toEqual(planSampleDay());
});

test("another day has the same wardrobe, but other orders, batches and command ids", () => {
  const [one, other] = [planSampleDay("2026-03-02"), planSampleDay("2026-03-03")];
  const ids = (day: SampleDay) =>
    [...day.variants, ...batchesOf(day), ...ordersOf(day)].map(({ commandId }) => commandId);
  const refs = (day: SampleDay) => [
    ...batchesOf(day).map(({ input }) => input.ref),
    ...ordersOf(day).map(({ input }) => input.externalRef),
  ];
  expect(other.variants.map(({ input }) => input)).toEqual(one.variants.map(({ input }) => input));
  expect(new Set([...ids(one), ...ids(other)]).size).toBe(ids(one).length * 2);
  expect(new Set([...refs(one), ...refs(other)]).size).toBe(refs(one).length * 2);
});

test("the day is as large as a demonstration wants it", () => {
  const day = planSampleDay();
  expect([day.variants.length, ordersOf(day).length]).toEqual([150, 1_700]);
  expect(batchesOf(day).length).toBeGreaterThan(400);
  expect(day.incoming.length).toBeGreaterThan(20);
  expect(day.corrections.length).toBeGreaterThan(40);
  expect(new Set(day.openingBatches.map(({ input }) => input.grade))).toEqual(
    new Set(["N", "A", "B", "C"]),
  );
  expect(new Set(ordersOf(day).map(({ input }) => input.channel)).size).toBe(3);
  expect(new Set(ordersOf(day).map(({ input }) => input.lines.length))).toEqual(
    new Set([1, 2, 3, 4]),
  );
});

test("every name is unique and says that it is a sample", () => {
  const day = planSampleDay();
  const skus = day.variants.map(({ input }) => input.sku);
  const refs = batchesOf(day).map(({ input }) => input.ref);
  const orders = ordersOf(day).map(({ input }) => input.externalRef);
  for (const names of [skus, refs, orders]) expect(new Set(names).size).toBe(names.length);
  expect(
    [...skus, ...refs, ...orders].filter((name) => !/^(SMP-|sample\/|SAMPLE-)/.test(name)),
  ).toEqual([]);
  expect([...skus, ...refs].filter((name) => name.length > 100)).toEqual([]);
});

test("every quantity, price and moment is one that the commands take", () => {
  const day = planSampleDay();
  const orders = ordersOf(day).map(({ input }) => input);
  const lines = orders.flatMap((order) => order.lines);
  const known = new Set(day.variants.map(({ input }) => input.sku));
  const least = (numbers: number[]) => Math.min(...numbers);
  expect(least(batchesOf(day).map(({ input }) => input.qty))).toBeGreaterThanOrEqual(1);
  expect(least(day.corrections.map(({ input }) => input.qty))).toBeGreaterThanOrEqual(0);
  expect(least(lines.map((line) => line.qty))).toBe(1);
  expect(least(lines.map((line) => line.priceCents ?? -1))).toBeGreaterThan(0);
  expect(lines.filter((line) => !Number.isInteger(line.priceCents))).toEqual([]);
  expect(lines.filter((line) => !known.has(line.sku))).toEqual([]);
  const moments = [
    ...orders.flatMap((order) => [order.orderedAt, order.promise?.shipBy]),
    ...day.incoming.map(({ input }) => input.eta),
  ];
  expect(moments.filter((at) => at !== new Date(at ?? "").toISOString())).toEqual([]);
});

test("orders come in through the day, and what is on its way arrives on a later one", () => {
  const day = planSampleDay();
  const times = ordersOf(day).map(({ input }) => input.orderedAt ?? "");
  expect(times).toEqual(times.toSorted());
  expect([times[0], times.at(-1)]).toEqual([
    "2026-03-02T08:00:00.000Z",
    "2026-03-02T16:59:00.000Z",
  ]);
  const etas = day.incoming.map(({ input }) => input.eta ?? "");
  expect(etas.filter((eta) => eta <= "2026-03-03")).toEqual([]);
});

test("batches are corrected down and up", () => {
  const day = planSampleDay();
  const before = new Map(day.openingBatches.map(({ input }) => [input.ref, input.qty]));
  const changes = day.corrections.map(({ input }) => input.qty - (before.get(input.ref) ?? 0));
  expect(changes.filter((change) => change < 0).length).toBeGreaterThan(10);
  expect(changes.filter((change) => change > 0).length).toBeGreaterThan(10);
});

test.each(["tomorrow", "2026-13-01", "2026-02-31", "2 March", ""])("%j is no day", (day) => {
  expect(() => planSampleDay(day)).toThrow(RangeError);
});
