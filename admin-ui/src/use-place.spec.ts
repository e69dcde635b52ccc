import { expect, test } from "vitest";
import { readHash, withFilter } from "./use-place.ts";

test.each([
  ["", "/", ""],
  ["#/", "/", ""],
  ["#/commands", "/commands", ""],
  ["#/trace/r1.a%3Fb?find=x", "/trace/r1.a%3Fb", "find=x"],
  ["#?status=behind", "/", "status=behind"],
])("%j is the place %s with the filters %j", (hash, path, query) => {
  expect(readHash(hash)).toEqual({ path, query });
});

test("a filter is set, changed and left out, and the others stay", () => {
  const found = withFilter("#/log?sort=-When", "find", "a&b=c #1");
  expect(found).toBe("/log?sort=-When&find=a%26b%3Dc+%231");
  expect(new URLSearchParams(readHash(found).query).get("find")).toBe("a&b=c #1");
  expect(withFilter(found, "sort", "")).toBe("/log?find=a%26b%3Dc+%231");
  expect(withFilter("#/log?find=x", "find", "")).toBe("/log");
});
