import { initTRPC } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { jsonObject, timestamp } from "../kernel/primitives.ts";
import { compareContracts } from "./compatibility.ts";
import { shapeOf, walkRouter } from "./walk.ts";

const t = initTRPC.meta<Record<string, unknown>>().create();
const never = () => undefined as never;

/** The contract of one command, `bins.fill`. */
function fill(
  input: z.ZodType = z.strictObject({}),
  output: z.ZodType = z.strictObject({}),
  meta: Record<string, unknown> = {},
) {
  const procedure = t.procedure
    .meta({ kind: "command", scope: "bins:write", ...meta })
    .input(input)
    .output(output)
    .mutation(never);
  return walkRouter(t.router({ bins: t.router({ fill: procedure }) })).map(shapeOf);
}

const object = (fields: z.core.$ZodLooseShape) => z.strictObject(fields);
const compare = (was: ReturnType<typeof fill>, is: ReturnType<typeof fill>) =>
  compareContracts("0.1.0", was, is);
const ofInput = (was: z.core.$ZodLooseShape, is: z.core.$ZodLooseShape) =>
  compare(fill(object(was)), fill(object(is)));
const ofOutput = (was: z.core.$ZodLooseShape, is: z.core.$ZodLooseShape) =>
  compare(fill(undefined, object(was)), fill(undefined, object(is)));

type Pair = [string, z.core.$ZodLooseShape, z.core.$ZodLooseShape];
const text = z.string();
const line = (fields: z.core.$ZodLooseShape = {}) => z.array(object({ sku: text, ...fields }));

describe("an input still takes what it took, if", () => {
  test.each<Pair>([
    ["nothing changed", { a: text }, { a: text }],
    ["a field came that may be left out", { a: text }, { a: text, b: text.optional() }],
    ["a field came that has a default", { a: text }, { a: text, b: text.default("x") }],
    ["a field may be left out now", { a: text }, { a: text.optional() }],
    ["it takes one more value", { a: z.enum(["x"]) }, { a: z.enum(["x", "y"]) }],
    ["it takes any text for some", { a: z.enum(["x"]) }, { a: text }],
    ["it takes null too", { a: text }, { a: text.nullable() }],
    ["it takes a list too", { a: text }, { a: z.union([text, z.array(text)]) }],
    ["it takes any number for whole ones", { a: z.int() }, { a: z.number() }],
    ["it takes more", { a: z.int().min(1).max(5) }, { a: z.int().min(0).max(9) }],
    ["it takes longer texts", { a: text.max(5) }, { a: text.max(50) }],
    ["it takes any text for a moment", { a: timestamp() }, { a: text }],
    ["it takes more lines", { a: line().max(5) }, { a: line().max(9) }],
    ["a line has a further field", { a: line() }, { a: line({ b: text.optional() }) }],
    ["a text explains more", { a: text }, { a: text.describe("More.") }],
    [
      "a variant came",
      { a: z.discriminatedUnion("k", [object({ k: z.literal("x") })]) },
      {
        a: z.discriminatedUnion("k", [
          object({ k: z.literal("x") }),
          object({ k: z.literal("y") }),
        ]),
      },
    ],
  ])("%s", (_, was, is) => {
    expect(ofInput(was, is).breaks).toEqual([]);
  });
});

describe("who calls is refused, and told so, if", () => {
  test.each<[...Pair, string]>([
    [
      "a field is required",
      {},
      { a: text },
      "calling bins.fill without `a` would be refused: it is required now",
    ],
    [
      "a field may not be left out any more",
      { a: text.optional() },
      { a: text },
      "calling bins.fill without `a` would be refused: it is required now",
    ],
    [
      "a field of a line is required",
      { lines: line() },
      { lines: line({ qty: z.int() }) },
      "calling bins.fill without `lines[].qty` would be refused: it is required now",
    ],
    [
      "a field went",
      { a: text, promise: object({ shipBy: text }).optional() },
      { a: text, promise: object({}).optional() },
      "calling bins.fill with `promise.shipBy` would be refused: it is not known any more",
    ],
    [
      "values went",
      { a: z.enum(["x", "y", "z"]) },
      { a: z.enum(["x"]) },
      'calling bins.fill with `a` would be refused: it does not take "y", "z" any more',
    ],
    [
      "some values are taken of any",
      { a: text },
      { a: z.enum(["x"]) },
      "calling bins.fill with `a` would be refused: it does not take string any more",
    ],
    [
      "null is not taken any more",
      { a: text.nullable() },
      { a: text },
      "calling bins.fill with `a` would be refused: it does not take null any more",
    ],
    [
      "a list is not taken any more",
      { a: z.union([text, z.array(text)]) },
      { a: text },
      "calling bins.fill with `a` would be refused: it does not take array any more",
    ],
    [
      "a text became a number",
      { a: text },
      { a: z.int() },
      "calling bins.fill with `a` would be refused: it does not take string any more",
    ],
    [
      "numbers have to be whole",
      { a: z.number() },
      { a: z.int() },
      "calling bins.fill with `a` would be refused: it does not take number any more",
    ],
    [
      "less is taken",
      { a: z.int().max(9) },
      { a: z.int().max(5) },
      "calling bins.fill with `a` would be refused: its maximum is 5, and was 9",
    ],
    [
      "a text has to be longer",
      { a: text },
      { a: text.min(3) },
      "calling bins.fill with `a` would be refused: its minLength is 3, and was none",
    ],
    [
      "fewer lines are taken",
      { lines: line().max(9) },
      { lines: line().max(5) },
      "calling bins.fill with `lines` would be refused: its maxItems is 5, and was 9",
    ],
    [
      "a text has to look otherwise",
      { a: text.regex(/^a/) },
      { a: text.regex(/^b/) },
      'calling bins.fill with `a` would be refused: its pattern is "^b", and was "^a"',
    ],
    [
      "a text has to be a moment",
      { a: text },
      { a: z.iso.datetime() },
      "calling bins.fill with `a` would be refused: it has to be a date-time",
    ],
    [
      "a variant takes less",
      {
        a: z.union([
          object({ k: z.literal("x"), n: z.int().max(9) }),
          object({ k: z.literal("y") }),
        ]),
      },
      {
        a: z.union([
          object({ k: z.literal("x"), n: z.int().max(5) }),
          object({ k: z.literal("y") }),
        ]),
      },
      "calling bins.fill with `a.n` would be refused: its maximum is 5, and was 9",
    ],
    [
      "a variant went",
      { a: z.union([object({ k: z.literal("x") }), object({ k: z.literal("y") })]) },
      { a: z.union([object({ k: z.literal("x") })]) },
      "calling bins.fill with `a` would be refused: it does not take object any more",
    ],
    [
      "data may not name every field any more",
      { a: z.partialRecord(z.enum(["x", "y"]), z.int()) },
      { a: z.partialRecord(z.enum(["x"]), z.int()) },
      'calling bins.fill with `a (a name)` would be refused: it does not take "y" any more',
    ],
    [
      "what fields of any name hold is narrower",
      { a: z.record(text, z.int()) },
      { a: z.record(text, z.int().max(5)) },
      "calling bins.fill with `a[*]` would be refused: its maximum is 5, and was 9007199254740991",
    ],
  ])("%s", (_, was, is, words) => {
    expect(ofInput(was, is)).toEqual({ breaks: [`0.1.0 partners ${words}.`], notes: [] });
  });
});

test("a pair that became three is said to have another number of parts", () => {
  const { breaks } = ofInput({ a: z.tuple([text, text]) }, { a: z.tuple([text, text, text]) });
  expect(breaks).toContain(
    "0.1.0 partners calling bins.fill with `a` would be refused: it has another number of parts.",
  );
});

describe("an answer is still what it was, if", () => {
  test.each<Pair>([
    ["nothing changed", { a: text }, { a: text }],
    ["it has a field more", { a: text }, { a: text, b: text }],
    ["a line has a field more", { a: line() }, { a: line({ b: text }) }],
    ["one value never comes any more", { a: z.enum(["x", "y"]) }, { a: z.enum(["x"]) }],
    ["null never comes any more", { a: text.nullable() }, { a: text }],
    ["a field always comes", { a: text.optional() }, { a: text }],
    ["texts are known ones", { a: text }, { a: z.enum(["x"]) }],
    ["numbers are whole", { a: z.number() }, { a: z.int() }],
    ["there may be more of it", { a: z.array(text).max(5) }, { a: z.array(text).max(9) }],
    ["any JSON is something known", { a: jsonObject() }, { a: z.record(text, z.int()) }],
  ])("%s", (_, was, is) => {
    expect(ofOutput(was, is)).toEqual({ breaks: [], notes: [] });
  });
});

describe("who reads is misled, and told so, if", () => {
  test.each<[...Pair, string]>([
    [
      "a field is gone",
      { a: text, b: text },
      { a: text },
      "`b` of bins.fill would be misled: it is gone",
    ],
    [
      "a field has another name",
      { lines: line({ qty: z.int() }) },
      { lines: line({ quantity: z.int() }) },
      "`lines[].qty` of bins.fill would be misled: it is gone",
    ],
    [
      "a field may be missing",
      { a: text },
      { a: text.optional() },
      "`a` of bins.fill would be misled: it may be missing now",
    ],
    [
      "a field may be null",
      { a: text },
      { a: text.nullable() },
      "`a` of bins.fill would be misled: it may be null now",
    ],
    [
      "a value came",
      { a: z.enum(["x"]) },
      { a: z.enum(["x", "y"]) },
      '`a` of bins.fill would be misled: it may be "y" now',
    ],
    [
      "known texts may be any",
      { a: z.enum(["x"]) },
      { a: text },
      "`a` of bins.fill would be misled: it may be string now",
    ],
    [
      "whole numbers may be any",
      { a: z.int() },
      { a: z.number() },
      "`a` of bins.fill would be misled: it may be number now",
    ],
    [
      "a text is a number",
      { a: text },
      { a: z.int() },
      "`a` of bins.fill would be misled: it may be integer now",
    ],
    [
      "a moment is any text",
      { a: z.iso.datetime() },
      { a: text },
      "`a` of bins.fill would be misled: it is no date-time",
    ],
    [
      "fields of any name hold something else",
      { a: z.record(text, z.int()) },
      { a: jsonObject() },
      "`a[*]` of bins.fill would be misled: it may be any JSON now",
    ],
    [
      "fields are named by data now",
      { a: object({ b: text }) },
      { a: z.record(text, text) },
      "`a.b` of bins.fill would be misled: it is gone",
    ],
  ])("%s", (_, was, is, words) => {
    expect(ofOutput(was, is).breaks[0]).toBe(`0.1.0 partners reading ${words}.`);
  });
});

describe("of a procedure itself", () => {
  const said = (was: Record<string, unknown>, is: Record<string, unknown>) =>
    compare(fill(undefined, undefined, was), fill(undefined, undefined, is));

  test("that is gone, callers are told NOT_FOUND", () => {
    expect(compare(fill(), []).breaks).toEqual([
      "0.1.0 partners calling bins.fill would be told NOT_FOUND: it is gone.",
    ]);
  });

  test("that is new, or that explains itself otherwise, nobody need know", () => {
    expect(compare([], fill())).toEqual({ breaks: [], notes: [] });
    const more = {
      doc: "Fills.",
      example: {},
      deprecated: "use bins.fill2",
      commutes: ["bins.fill"],
    };
    expect(said({}, more)).toEqual({ breaks: [], notes: [] });
  });

  test("another scope locks keys out", () => {
    expect(said({}, { scope: "bins:lead" }).breaks).toEqual([
      "0.1.0 partners with the scope bins:write would be told FORBIDDEN by bins.fill: it needs bins:lead.",
    ]);
  });

  test("another kind is another answer", () => {
    expect(said({}, { kind: "operation" }).breaks).toEqual([
      "0.1.0 partners calling bins.fill would be answered otherwise: it is an operation now.",
      "0.1.0 partners calling bins.fill may have it done twice: it is not repeatable any more.",
    ]);
  });

  test("a new refusal is a note, and one that is gone is nothing", () => {
    expect(said({ refuses: ["bin-full"] }, { refuses: ["bin-odd"] })).toEqual({
      breaks: [],
      notes: [
        "0.1.0 partners calling bins.fill may be refused for a reason that is new to them: bin-odd.",
      ],
    });
  });

  test("a default that changed is a note", () => {
    expect(ofInput({ a: text.default("x") }, { a: text.default("y") })).toEqual({
      breaks: [],
      notes: [
        '0.1.0 partners calling bins.fill without `a` may wonder: it stands for "y", and stood for "x".',
      ],
    });
  });

  test("a read model whose rows have another key is no basis of what was decided", () => {
    const facts = (factsBy?: string[]) => (factsBy ? { factsBy } : {});
    expect(said(facts(["sku", "bin"]), facts(["bin", "sku"])).breaks).toEqual([]);
    expect(said(facts(["sku"]), facts(["sku", "grade"])).breaks).toEqual([
      "0.1.0 partners basing commands on bins.fill would be refused: its rows are named by sku, grade.",
    ]);
    expect(said(facts(["sku"]), facts()).breaks).toEqual([
      "0.1.0 partners basing commands on bins.fill would be refused: it is no basis of commands any more.",
    ]);
  });
});
