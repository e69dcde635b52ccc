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
import { forRouter } from "./use-place.ts";

test("a place has one segment for what it is about, whatever is in it", () => {
  expect(readModelPlace("orderBoard")).toBe("/read-models/orderBoard");
  expect(readModelPlace("orderBoard", "7d")).toBe("/read-models/orderBoard/7d");
  expect(tracePlace("a/b?c#d")).toBe("/trace/a%2Fb%3Fc%23d");
  expect(passportPlace("LPN 1")).toBe("/passport/LPN%201");
  expect(partnerPlace("acme/eu")).toBe("/partners/acme%2Feu");
  expect(whyPlace("stock", { sku: "TEE" })).toBe("/why/stock/%7B%22sku%22%3A%22TEE%22%7D");
});

test.each([
  ["24h", "24h"],
  ["2h", "1h"],
  [undefined, "1h"],
] as const)("the span %s is %s", (text, span) => {
  expect(spanOf(text)).toBe(span);
});

test.each(["TEE", "50% off/A?b#c", 'say "hi", <b>', "50%25", "a%2Fb", "Größe"])(
  "%s is read back as it was",
  (text) => {
    // What the router does to a path before it cuts it into segments.
    const lastOf = (place: string) => textIn(decodeURI(forRouter(place)).split("/").at(-1));
    for (const placeOf of [partnerPlace, passportPlace, tracePlace, readModelPlace]) {
      expect(lastOf(placeOf(text))).toBe(text);
    }
    const key = { sku: text, line: 3 };
    expect(keyOf(lastOf(whyPlace("stock", key)))).toEqual(key);
  },
);

test("what is written as no address would be is taken as it is", () => {
  expect(textIn("50%")).toBe("50%");
  expect(textIn(undefined)).toBeUndefined();
});

test("a key that was written twice over, as once it was, is read all the same", () => {
  const key = { sku: "50% off/A?b#c" };
  expect(keyOf(encodeURIComponent(JSON.stringify(key)))).toEqual(key);
});

test("an address that names no key names none", () => {
  expect(whyPlace("stock")).toBe("/why/stock");
  for (const odd of [undefined, "", "TEE", "7", "%"]) expect(keyOf(odd)).toBeUndefined();
});
