import { expect, test } from "vitest";
import { z } from "zod";
import { jsonObject } from "../kernel/primitives.ts";
import { printType } from "./print-type.ts";

const printed = (schema: z.ZodType, io: "input" | "output" = "output") => {
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, { unrepresentable: "throw", io });
  return printType(rest as object, io);
};

test.each<[z.ZodType, string]>([
  [z.string().min(1).max(9), "string"],
  [z.iso.datetime(), "string"],
  [z.int().min(0), "number"],
  [z.boolean(), "boolean"],
  [z.null(), "null"],
  [z.string().nullable(), "string | null"],
  [z.union([z.string(), z.number(), z.string()]), "string | number"],
  [z.enum(["a", "b"]), '"a" | "b"'],
  [z.literal([1, "a", null]), '1 | "a" | null'],
  [z.literal("a"), '"a"'],
  [z.array(z.string()).min(1).max(3), "string[]"],
  [z.array(z.string().nullable()), "(string | null)[]"],
  [z.array(z.array(z.string())), "string[][]"],
  [z.array(z.enum(["a"])), '"a"[]'],
  [z.array(z.record(z.string(), z.enum(["a", "b"]))), 'Record<string, "a" | "b">[]'],
  [
    z.array(z.union([z.strictObject({ a: z.int() }), z.strictObject({ b: z.int() })])),
    "({\n  a: number;\n} | {\n  b: number;\n})[]",
  ],
  [z.tuple([z.string(), z.int()]), "[string, number]"],
  [z.record(z.string(), z.int()), "Record<string, number>"],
  [z.record(z.enum(["a", "b"]), z.int()), 'Record<"a" | "b", number>'],
  [z.partialRecord(z.enum(["a", "b"]), z.int()), 'Partial<Record<"a" | "b", number>>'],
  [jsonObject(), "Record<string, JsonValue>"],
  [z.array(jsonObject()).max(3), "Record<string, JsonValue>[]"],
  [z.strictObject({}), "Record<string, never>"],
  [z.array(z.strictObject({ "a-b": z.string().optional() })), '{\n  "a-b"?: string;\n}[]'],
  [
    z.discriminatedUnion("k", [
      z.strictObject({ k: z.literal("a") }),
      z.strictObject({ k: z.literal("b"), of: z.strictObject({ x: z.int() }).nullable() }),
    ]),
    '{\n  k: "a";\n} | {\n  k: "b";\n  of: {\n    x: number;\n  } | null;\n}',
  ],
])("%# prints as %s", (schema, type) => {
  expect(printed(schema)).toBe(type);
});

test("an input takes read-only arrays, and undefined for what may be left out", () => {
  const schema = z.strictObject({
    ids: z.array(z.array(z.string())).optional(),
    pair: z.tuple([z.string(), z.int()]),
  });
  expect(printed(schema, "input")).toBe(
    "{\n  ids?: readonly (readonly string[])[] | undefined;\n  pair: readonly [string, number];\n}",
  );
});

test("a property's comment says what its type cannot", () => {
  const schema = z.strictObject({
    sku: z.string().describe("The key */ on the label"),
    qty: z.int().min(1).max(1_000).default(1),
    least: z.int().min(0),
    at: z.iso.datetime().nullable(),
    day: z.iso.date(),
    tags: z.array(z.string()).max(3),
    ends: z.array(z.string()).length(2),
    any: z.int(),
  });
  const comments = (io: "input" | "output") => printed(schema, io).match(/\/\*\*.*\*\//g);
  expect(comments("input")).toEqual([
    "/** The key *\\/ on the label. */",
    "/** 1 to 1,000. Default: `1`. */",
    "/** At least 0. */",
    "/** ISO 8601 date and time. */",
    "/** ISO 8601 date. */",
    "/** At most 3 items. */",
    "/** Exactly 2 items. */",
  ]);
  // What the server answers has no bounds to mind.
  expect(comments("output")).toEqual([
    "/** The key *\\/ on the label. */",
    "/** ISO 8601 date and time. */",
    "/** ISO 8601 date. */",
  ]);
});

test.each<[string, z.ZodType, string]>([
  ["any", z.strictObject({ a: z.any() }), "unknown type"],
  ["unknown in a record", z.record(z.string(), z.unknown()), "unknown type"],
  ["an open object", z.looseObject({ a: z.string() }), "known properties with others"],
  ["a recursive type", z.json(), '"$ref"'],
  ["never", z.strictObject({ a: z.never() }), '"not"'],
  ["a tuple with a rest", z.tuple([z.string()], z.int()), "unknown items"],
])("%s stops the printer rather than being guessed", (_, schema, message) => {
  expect(() => printed(schema)).toThrow(message);
});
