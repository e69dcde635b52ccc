import { expect, test } from "vitest";
import { SeenKeys } from "./seen-keys.ts";

test("a key is remembered with the row where it was first met", () => {
  const seen = new SeenKeys();
  expect(seen.add("A-1", 2)).toBeNull();
  expect(seen.add("A-1", 9)).toBe(2);
  expect(seen.rowOf("A-1")).toBe(2);
  expect(seen.rowOf("A-2")).toBeNull();
});

test("20,000 keys are all found again, and no other", () => {
  const seen = new SeenKeys();
  const keys = Array.from({ length: 20_000 }, (_none, at) => `order-${at}`);
  for (const [at, key] of keys.entries()) seen.add(key, at + 2);
  expect(seen.size).toBe(20_000);
  expect(keys.filter((key, at) => seen.rowOf(key) !== at + 2)).toEqual([]);
  expect(keys.filter((key) => seen.rowOf(`x${key}`) !== null)).toEqual([]);
});
