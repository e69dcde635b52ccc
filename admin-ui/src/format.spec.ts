import { expect, test } from "vitest";
import {
  countOf,
  formatAge,
  formatBytes,
  formatClock,
  formatCount,
  formatCounted,
  formatDuration,
  formatEstimate,
  isKnown,
  msBetween,
} from "./format.ts";

test.each([
  [0, "0 s"],
  [-20, "0 s"],
  [4, "4 ms"],
  [99.6, "0.1 s"],
  [400, "0.4 s"],
  [1_000, "1 s"],
  [2_149, "2.1 s"],
  [9_949, "9.9 s"],
  [9_950, "10 s"],
  [48_000, "48 s"],
  [119_499, "119 s"],
  [119_500, "2 min"],
  [12 * 60_000, "12 min"],
  [119.4 * 60_000, "119 min"],
  [119.6 * 60_000, "2 h"],
  [47 * 3_600_000, "47 h"],
  [72 * 3_600_000, "3 days"],
  [2_000 * 86_400_000, "2,000 days"],
])("%d ms reads %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, "0\u00a0B"],
  [999, "999\u00a0B"],
  [8_192, "8.2\u00a0kB"],
  [1_400_000_000, "1.4\u00a0GB"],
  [2_500_000_000_000, "2,500\u00a0GB"],
])("%d bytes read %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, "0.0 s"],
  [420, "0.4 s"],
  [9_949, "9.9 s"],
  [12_300, "12 s"],
  [-500, "0.0 s"],
])("numbers that are %d ms old are %s old", (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});

test("counts have separators and the right noun", () => {
  expect(formatCount(1_234)).toBe("1,234");
  expect(countOf(1, "key")).toBe("1 key");
  expect(countOf(0, "key")).toBe("0 keys");
  expect(formatCounted(100_000, true)).toBe("100,000 or more");
  expect(formatCounted(99_999, false)).toBe("99,999");
  expect(countOf(12_000, "query", "queries")).toBe("12,000 queries");
});

test("an estimate says that it is one, and is not more exact than it can be", () => {
  expect(formatEstimate(82_411)).toBe("≈\u00a082,411");
  expect(formatEstimate(0)).toBe("≈\u00a00");
  expect(formatEstimate(1_204_310)).toBe("≈\u00a01.2\u00a0M");
  expect(formatEstimate(2_345_000_000)).toBe("≈\u00a02,345\u00a0M");
});

test("a missing or unreadable instant gives no length of time, never 0", () => {
  expect(msBetween(null, "2026-01-05T12:00:00Z")).toBeNull();
  expect(msBetween("2026-01-05T12:00:00Z", null)).toBeNull();
  expect(msBetween("yesterday", "2026-01-05T12:00:00Z")).toBeNull();
  expect(msBetween("2026-01-05T12:00:00Z", "2026-01-05T12:00:02.5Z")).toBe(2_500);
});

test("an instant of another day is shown with its date", () => {
  const noon = new Date(2026, 0, 5, 12, 3, 4).getTime();
  expect(formatClock(noon, noon)).toBe("12:03:04");
  expect(formatClock(noon, noon + 86_400_000)).toBe("2026-01-05 12:03:04");
  expect(formatClock("nonsense", noon)).toBe("unknown");
});

test("only a finite number is known", () => {
  expect([0, 1.5].every(isKnown)).toBe(true);
  expect([null, undefined, Number.NaN, Number.POSITIVE_INFINITY].some(isKnown)).toBe(false);
});
