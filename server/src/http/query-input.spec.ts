import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { JsonSchema } from "../contract/json-schema.ts";
import { inputFromQuery } from "./query-input.ts";

const input = z.toJSONSchema(
  z.strictObject({
    sku: z.union([z.string(), z.array(z.string())]),
    owner: z.union([z.string().nullable(), z.array(z.string().nullable())]),
    kinds: z.array(z.enum(["piece", "batch"])),
    counts: z.array(z.int()),
    limit: z.int().min(1).max(500).default(100),
    least: z.number().nullable(),
    open: z.boolean(),
    key: z.union([z.string(), z.number(), z.boolean(), z.null()]),
    of: z.strictObject({ kind: z.string() }),
  }),
) as JsonSchema;

const read = (query: string) => inputFromQuery(input, `/orders/orderBoard${query}`);

test.each<[string, unknown]>([
  ["", {}],
  ["?", {}],
  ["?sku=A", { sku: "A" }],
  ["?sku=A&sku=B", { sku: ["A", "B"] }],
  ["?sku=", { sku: "" }],
  ["?sku=7&owner=null", { sku: "7", owner: "null" }],
  ["?sku=a%20b%2Bc%26d", { sku: "a b+c&d" }],
  ["?sku=a+b", { sku: "a b" }],
  ["?kinds=piece", { kinds: ["piece"] }],
  ["?kinds=piece&kinds=batch", { kinds: ["piece", "batch"] }],
  ["?counts=1&counts=02", { counts: [1, "02"] }],
  ["?limit=5&least=-0.5e1", { limit: 5, least: -5 }],
  ["?open=true", { open: true }],
  ["?open=false", { open: false }],
  ["?key=5", { key: "5" }],
  ["?of=%7B%22kind%22%3A%22a%22%7D", { of: { kind: "a" } }],
  ["?unknown=5", { unknown: "5" }],
])("%s is read by what its schema means", (query, expected) => {
  expect(read(query)).toEqual(expected);
});

describe("what is meant otherwise stays text, for the schema to refuse", () => {
  test.each(["", "five", "0x10", "1_000", " 5", "5 ", "Infinity", "+5", "1,5", "true", "null"])(
    "limit=%s",
    (text) => {
      expect(read(`?limit=${encodeURIComponent(text)}`)).toEqual({ limit: text });
    },
  );

  test.each(["", "1", "yes", "TRUE"])("open=%s", (text) => {
    expect(read(`?open=${text}`)).toEqual({ open: text });
  });

  test("one number that is given twice is a list", () => {
    expect(read("?limit=1&limit=2")).toEqual({ limit: ["1", "2"] });
  });
});

test.each(["{", "", "%7B%22a%22%3A"])("of=%s is no JSON, and says so", (text) => {
  expect(() => read(`?of=${text}`)).toThrow(
    expect.objectContaining({
      code: "BAD_INPUT",
      details: { issues: [{ path: "of", message: "is not JSON" }] },
    }),
  );
});

test("a parameter that is called like a prototype is a field like any other", () => {
  const fields = read("?__proto__=1&constructor=2&toString=3") as object;
  expect(Object.keys(fields)).toEqual(["__proto__", "constructor", "toString"]);
  expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
});
