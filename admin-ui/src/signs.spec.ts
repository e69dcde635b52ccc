import { expect, test } from "vitest";
import type { ReadModelLag } from "./lag-report.ts";
import { signsOf } from "./signs.ts";

const at = (second: number) => `2026-01-05T10:00:${String(second).padStart(2, "0")}.000Z`;
const samples = (...seconds: number[]) => seconds.map((one) => ({ at: at(one), lagMs: 0 }));
const idle = {
  ...{ name: "stock", group: "stock", maintain: "byKey", status: "fresh", lagMs: 0, pending: 0 },
  ...{ held: 0, promiseMs: 1_000, asOf: at(1), rows: 1, lastError: null, building: null },
  ...{ lastRefresh: { at: at(1), tookMs: 1, keys: 1 }, paused: null, p95LagMs: 1 },
  spark: samples(3, 8),
} as ReadModelLag;

test("of an idle read model samples alone change no sign", () => {
  const signs = signsOf(idle, true);
  expect(signs.isQuiet).toBe(true);
  expect(signsOf({ ...idle, spark: samples(3, 8, 13), lagMs: 3, p95LagMs: 2 }, true)).toEqual(
    signs,
  );
});

test.each([
  ["pending", { pending: 1 }],
  ["a status", { status: "paused", paused: "why" }],
  ["an error", { status: "failing", lastError: "boom" }],
  ["a copy that is built", { building: { state: "building", rows: 3 } }],
  ["a refresh that only the newest sample may have", { lastRefresh: { at: at(4) } }],
] as [string, Partial<ReadModelLag>][])(
  "%s ends the quiet and changes its state",
  (_what, over) => {
    const signs = signsOf({ ...idle, ...over }, true);
    expect(signs.isQuiet).toBe(false);
    expect(signs.state).not.toBe(signsOf(idle, true).state);
  },
);

test("until a refresh is on record each new sample is a sign, and then once more", () => {
  const told = (...seconds: number[]) =>
    signsOf(
      { ...idle, lastRefresh: { at: at(9), tookMs: 1, keys: 1 }, spark: samples(...seconds) },
      true,
    );
  const records = [told(3, 8), told(8, 13), told(13, 18), told(18, 23)].map(({ record }) => record);
  expect(new Set(records).size).toBe(3);
  expect(records[3]).toBe(records[2]);
});

test("without a live report nothing is quiet, nor where lag was never measured", () => {
  expect(signsOf(idle, false).isQuiet).toBe(false);
  expect(signsOf({ ...idle, spark: [] }, true).isQuiet).toBe(false);
});
