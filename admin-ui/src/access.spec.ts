import { expect, test } from "vitest";
import { covers } from "./access.ts";

test.each([
  [["*"], true],
  [["operations:*"], true],
  [["operations:write"], true],
  [["orders:*", "operations:read"], false],
  [["operations"], false],
  [[], false],
])("%j covers operations:write: %s", (scopes, expected) => {
  expect(covers(scopes, "operations:write")).toBe(expected);
});
