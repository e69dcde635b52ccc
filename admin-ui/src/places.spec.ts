import { expect, test } from "vitest";
import {
  keyOf,
  partnerPlace,
  passportPlace,
  readModelPlace,
  spanOf,
  textIn,
  tracePlace,
  whyPlace,
} from "./places.ts";

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

test.each(["TEE", "50% off/A?b#c", 'say "hi", <b>'])("%s is read back as it was", (text) => {
  const lastOf = (place: string) => decodeURI(place.split("/").at(-1) ?? "");
  expect(keyOf(lastOf(whyPlace("stock", { sku: text, line: 3 })))).toEqual({ sku: text, line: 3 });
  expect(textIn(lastOf(partnerPlace(text)))).toBe(text);
});

test("an address that names no key names none", () => {
  expect(whyPlace("stock")).toBe("/why/stock");
  for (const odd of [undefined, "", "TEE", "7", "%"]) expect(keyOf(odd)).toBeUndefined();
});
