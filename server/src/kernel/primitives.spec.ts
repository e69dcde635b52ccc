import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { cents, id, keyText, quantity, quantityOrZero, safeText, timestamp } from "./primitives.ts";

const refuses = (type: z.ZodType, value: unknown) =>
  expect(type.safeParse(value).success).toBe(false);
const accepts = (type: z.ZodType, value: unknown) => expect(type.parse(value)).toEqual(value);

describe("text that PostgreSQL would refuse or change never gets in", () => {
  test.each([
    ["a NUL", "a\u0000b"],
    ["a lone high surrogate", "a\ud800b"],
    ["a lone low surrogate", "\udc00"],
    ["a newline", "a\nb"],
    ["a delete character", "a\u007f"],
    ["nothing", ""],
    ["too much", "x".repeat(101)],
    ["a number", 1],
  ])("%s", (_, value) => refuses(safeText(100), value));

  test.each([
    ["plain text", "JNE3405-KR-L"],
    ["other scripts", "कुर्ता 長い"],
    ["an astral character", "👗"],
    ["inner blanks", "SET397-KR-NP  -M"],
    ["quotes and backslashes", `O'Neil \\ "x"`],
  ])("but %s does", (_, value) => accepts(safeText(100), value));

  test("a key has no blank at its ends", () => {
    refuses(keyText(), " A");
    refuses(keyText(), "A ");
    accepts(keyText(), "A B");
  });
});

describe("numbers that an integer column cannot hold never get in", () => {
  test.each([0, -1, 1.5, 2 ** 31, 2 ** 53 + 1, Number.NaN, Number.POSITIVE_INFINITY, "1", null])(
    "a quantity is not %s",
    (value) => refuses(quantity(), value),
  );
  test.each([1, 1_000_000])("a quantity may be %s", (value) => accepts(quantity(), value));
  test("zero is a quantity only where zero is meant", () => accepts(quantityOrZero(), 0));
  test.each([-1, 0.5, 2 ** 31])("an amount is not %s cents", (value) => refuses(cents(), value));
});

describe("a moment is one that a warehouse can mean", () => {
  test.each([
    "300000-01-01T00:00:00Z",
    "+300000-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "2201-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-01-01",
    "2026-01-01T00:00:00",
    "yesterday",
    1_700_000_000,
  ])("not %s", (value) => refuses(timestamp(), value));
  test.each(["2026-01-01T00:00:00Z", "2026-01-01T08:00:00.123456+05:30"])("but %s", (value) =>
    accepts(timestamp(), value),
  );
});

test("an id is a UUID", () => {
  refuses(id(), "1");
  accepts(id(), "0199c0de-0000-4000-8000-000000000001");
});
