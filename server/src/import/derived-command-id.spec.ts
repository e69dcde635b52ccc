import { expect, test } from "vitest";
import { derivedCommandId } from "./derived-command-id.ts";

test("the same fact has the same command id in every run", () => {
  expect(derivedCommandId("fashion-orders", "placeOrder", "shop", "A-1")).toBe(
    "6aeebcbe-6b3f-52c2-94a0-87b53a5bb9d5",
  );
});

test("a command id is a UUID of version 5", () => {
  const version5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const ids = Array.from({ length: 500 }, (_none, at) => derivedCommandId("m", String(at)));
  expect(ids.filter((id) => !version5.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(500);
});

test("parts that read alike when joined make different ids", () => {
  const ids = [derivedCommandId("a", "bc"), derivedCommandId("ab", "c"), derivedCommandId("abc")];
  expect(new Set(ids).size).toBe(3);
});
