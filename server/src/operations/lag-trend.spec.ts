import { expect, test } from "vitest";
import { trendOf } from "./lag-trend.ts";

const at = "2026-03-02T12:00:00.000Z";
/** Samples at so many seconds before now. */
const samples = (...lags: [agoS: number, lagMs: number | null][]) =>
  lags.map(([agoS, lagMs]) => ({
    at: new Date(Date.parse(at) - agoS * 1_000).toISOString(),
    lagMs,
  }));
const promiseMs = 1_000;

test.each([
  ["more than it was", 48_000, samples([20, 28_000], [5, 40_000]), "growing"],
  ["less than it was", 20_000, samples([20, 48_000], [5, 30_000]), "shrinking"],
  ["about what it was", 48_000, samples([20, 45_000]), "steady"],
  ["within its promise, whatever it was", 900, samples([20, 0]), "steady"],
  ["unknown", null, samples([20, 0]), null],
  ["of a past that is unknown", 48_000, samples([20, null]), null],
  ["of a past too short to tell", 48_000, samples([10, 40_000]), null],
  ["never measured before", 48_000, [], null],
] as const)("a lag that is %s", (_what, lagMs, before, trend) => {
  expect(trendOf({ lagMs, promiseMs, at }, before)).toBe(trend);
});
