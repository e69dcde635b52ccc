import { expect, test } from "vitest";
import { describeSpark, sparkPoints, sparkTop, unknownStretches } from "./spark-data.ts";

const samples = (...lags: [second: number, lagMs: number | null][]) =>
  lags.map(([second, lagMs]) => ({
    at: new Date(Date.UTC(2026, 0, 5, 12, 0, second)).toISOString(),
    lagMs,
  }));
const NOON = Date.UTC(2026, 0, 5, 12) / 1_000;

test("an unknown sample is a gap and not 0", () => {
  const { times, lags } = sparkPoints(samples([0, 10], [5, null], [10, 20]));
  expect(times).toEqual([NOON, NOON + 5, NOON + 10]);
  expect(lags).toEqual([10, null, 20]);
});

test("samples that nobody took are a gap too", () => {
  const { times, lags } = sparkPoints(samples([0, 10], [5, 10], [10, 10], [50, 20], [55, 20]));
  expect(times).toEqual([0, 5, 10, 30, 50, 55].map((second) => NOON + second));
  expect(lags).toEqual([10, 10, 10, null, 20, 20]);
});

test("samples out of order, twice, or without a time do no harm", () => {
  const odd = [...samples([5, 2], [0, 1], [5, 3]), { at: "never", lagMs: 7 }];
  expect(sparkPoints(odd)).toEqual({ times: [NOON, NOON + 5], lags: [1, 2] });
  expect(sparkPoints([])).toEqual({ times: [], lags: [] });
});

test("unknown stretches are found as pairs of first and last index", () => {
  expect(unknownStretches([1, null, null, 2, null])).toEqual([
    [1, 2],
    [4, 4],
  ]);
  expect(unknownStretches([1, 2])).toEqual([]);
});

test("the scale has room for the promise and for the highest lag", () => {
  expect(sparkTop([5, null], 1_000)).toBeCloseTo(1_150);
  expect(sparkTop([4_000, 5], 1_000)).toBeCloseTo(4_600);
  expect(sparkTop([], 0)).toBeGreaterThan(0);
});

test("the sparkline is also said in words", () => {
  expect(describeSpark([])).toBe("No lag was measured yet.");
  expect(describeSpark(samples([0, null], [5, null]))).toBe("No lag was measured yet.");
  expect(describeSpark(samples([0, 400], [5, null], [10, 2_100], [15, 40]))).toBe(
    "Lag over the last 15 s: last 40 ms, highest 2.1 s, unknown once.",
  );
  expect(describeSpark(samples([0, 400], [5, null]))).toBe(
    "Lag over the last 5 s: last unknown, highest 0.4 s, unknown once.",
  );
});
