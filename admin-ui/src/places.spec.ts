import { expect, test } from "vitest";
import { passportPlace, readModelPlace, spanOf, tracePlace } from "./places.ts";

test("a place has one segment for what it is about, whatever is in it", () => {
  expect(readModelPlace("orderBoard")).toBe("/read-models/orderBoard");
  expect(readModelPlace("orderBoard", "7d")).toBe("/read-models/orderBoard/7d");
  expect(tracePlace("a/b?c#d")).toBe("/trace/a%2Fb%3Fc%23d");
  expect(passportPlace("LPN 1")).toBe("/passport/LPN%201");
});

test.each([
  ["24h", "24h"],
  ["2h", "1h"],
  [undefined, "1h"],
] as const)("the span %s is %s", (text, span) => {
  expect(spanOf(text)).toBe(span);
});
