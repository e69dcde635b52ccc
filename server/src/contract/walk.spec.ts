import { initTRPC, lazy } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { walkRouter } from "./walk.ts";

const t = initTRPC.meta<Record<string, unknown>>().create();
const command = t.procedure.meta({ kind: "command" });
const query = t.procedure.meta({ kind: "query" });
const operation = t.procedure.meta({ kind: "operation" });
const bin = z.strictObject({ bin: z.string() });
const page = z.strictObject({ rows: z.array(bin), nextCursor: z.string().nullable() });
const never = () => undefined as never;
const bins = (procedures: Parameters<typeof t.router>[0]) =>
  t.router({ bins: t.router(procedures) });

test("the walk yields what each procedure says of itself, sorted by path", () => {
  const emptyBin = command
    .meta({ doc: "Empties a bin.", example: { bin: "A-1" }, refuses: ["bin-unknown", "bin-empty"] })
    .meta({ scope: "bins:write", commutes: ["bins.fillBin"], deprecated: "use bins.clear" })
    .input(z.strictObject({ bin: z.string(), reason: z.string().default("sorted") }))
    .output(bin)
    .mutation(never);
  const board = query
    .meta({ paged: true, factsBy: ["bin"] })
    .input(bin.partial())
    .output(page)
    .query(never);

  const contract = walkRouter(bins({ emptyBin, board }));

  expect(contract).toHaveLength(2);
  expect(contract[0]).toMatchObject({
    path: "bins.board",
    kind: "query",
    paged: true,
    factsBy: ["bin"],
    repeatable: true,
    doc: undefined,
    refuses: [],
  });
  expect(contract[1]).toEqual({
    path: "bins.emptyBin",
    kind: "command",
    paged: false,
    repeatable: true,
    doc: "Empties a bin.",
    example: { bin: "A-1" },
    // Its own, and those of any command.
    refuses: ["bin-empty", "bin-unknown", "changed-in-between", "decision-stale"],
    scope: "bins:write",
    deprecated: "use bins.clear",
    commutes: ["bins.fillBin"],
    // As callers write it: what has a default may be left out.
    input: {
      type: "object",
      properties: { bin: { type: "string" }, reason: { type: "string", default: "sorted" } },
      required: ["bin"],
      additionalProperties: false,
    },
    output: {
      type: "object",
      properties: { bin: { type: "string" } },
      required: ["bin"],
      additionalProperties: false,
    },
  });
});

test("no input and an input that may be left out are objects", () => {
  const contract = walkRouter(
    bins({
      a: query.output(bin).query(never),
      b: query.input(bin.partial().optional()).output(bin).query(never),
    }),
  );
  const inputs = contract.map(({ input }) => [input.type, Object.keys(input.properties ?? {})]);
  expect(inputs).toEqual([
    ["object", []],
    ["object", ["bin"]],
  ]);
});

test("an operation that changes something is not repeatable, one that reads is", () => {
  const contract = walkRouter(
    bins({ lag: operation.output(bin).query(never), pause: operation.output(bin).mutation(never) }),
  );
  expect(contract.map(({ path, repeatable }) => [path, repeatable])).toEqual([
    ["bins.lag", true],
    ["bins.pause", false],
  ]);
});

describe("the walk stops, naming the procedure, at", () => {
  const odd = t.procedure;
  test.each<[string, Parameters<typeof t.router>[0], string]>([
    ["no kind", { odd: odd.output(bin).query(never) }, "bins.odd has no meta.kind"],
    ["an unknown kind", { odd: odd.meta({ kind: "view" }).output(bin).query(never) }, "meta.kind"],
    ["no output", { odd: query.query(never) }, "bins.odd has no output schema"],
    ["a command that is no mutation", { odd: command.output(bin).query(never) }, "no mutation"],
    ["a query that is a mutation", { odd: query.output(bin).mutation(never) }, "in meta alone"],
    [
      "an output that JSON cannot carry",
      { odd: query.output(z.object({ at: z.date() })).query(never) },
      "bins.odd Date cannot be represented",
    ],
    [
      "a parser that is not zod's",
      { odd: query.output((value: unknown) => value).query(never) },
      "bins.odd has no zod schema as output",
    ],
    [
      "two input schemas",
      {
        odd: query
          .input(z.object({ a: z.string() }))
          .input(z.object({ b: z.string() }))
          .output(bin)
          .query(never),
      },
      "bins.odd has more than one input schema",
    ],
    [
      "an input that is no object",
      { odd: query.input(z.string()).output(bin).query(never) },
      "no object",
    ],
    [
      "an example that its own input refuses",
      {
        odd: query
          .meta({ example: { bin: 1 } })
          .input(bin)
          .output(bin)
          .query(never),
      },
      "bins.odd has an example that is refused",
    ],
    [
      "a deprecation that cannot stand in a sentence",
      { odd: query.meta({ deprecated: "Use \u201cb\u201d." }).output(bin).query(never) },
      "bins.odd has a meta.deprecated that is not like",
    ],
    [
      "a page without rows",
      { odd: query.meta({ paged: true }).output(bin).query(never) },
      "bins.odd is paged, so its output must be { rows",
    ],
    [
      "a query that is told live",
      { odd: query.meta({ live: true }).output(bin).query(never) },
      "bins.odd has meta.live, which is for operations that only ask",
    ],
    [
      "a feed without events",
      { odd: query.meta({ feed: true }).output(bin).query(never) },
      "bins.odd is a feed, so its output must have { events",
    ],
    [
      "a path of three parts",
      { odd: t.router({ er: query.output(bin).query(never) }) },
      "bins.odd.er stands",
    ],
  ])("%s", (_, procedures, message) => {
    expect(() => walkRouter(bins(procedures))).toThrow(message);
  });

  test("a lazy router", () => {
    const router = t.router({ bins: lazy(async () => ({ router: t.router({}) })) });
    expect(() => walkRouter(router)).toThrow("bins is loaded lazily");
  });
});
