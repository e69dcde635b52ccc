import { initTRPC } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { jsonObject } from "../kernel/primitives.ts";
import { declareRefusals } from "../kernel/refusals.ts";
import { printOpenapi } from "./print-openapi.ts";
import { reasonsOf } from "./reasons.ts";
import { walkRouter } from "./walk.ts";

const t = initTRPC.meta<Record<string, unknown>>().create();
const command = t.procedure.meta({ kind: "command", scope: "bins:write" });
const query = t.procedure.meta({ kind: "query", scope: "bins:read" });
const never = () => undefined as never;

const reasons = reasonsOf([
  declareRefusals({
    "bin-unknown": { kind: "not-found", text: "There is no such bin." },
    "bin-full": { kind: "conflict", text: "The bin has no room left." },
    "bin-odd": { kind: "invalid", text: "A bin cannot be asked that." },
  }),
]);

const emptyBin = command
  .meta({
    doc: "Empties a bin. What lay in it waits.",
    example: { bin: "A-1" },
    refuses: ["bin-unknown", "bin-full", "bin-odd"],
  })
  .input(z.strictObject({ bin: z.string(), why: z.enum(["sorted", "lost"]).default("sorted") }))
  .output(z.strictObject({ bin: z.string(), seen: z.array(jsonObject()) }))
  .mutation(never);
const bins = query
  .meta({ paged: true, doc: "What lies in each bin." })
  .input(
    z.strictObject({
      bin: z.union([z.string(), z.array(z.string())]).optional(),
      owner: z.string().nullable().optional(),
      of: z.strictObject({ kind: z.string() }).optional(),
      limit: z.int().min(1).max(500),
    }),
  )
  .output(
    z.strictObject({
      rows: z.array(z.strictObject({ bin: z.string(), at: z.iso.datetime(), pieces: z.int() })),
      nextCursor: z.string().nullable(),
    }),
  )
  .query(never);

type Procedures = Parameters<typeof t.router>[0];
/** Reads a part of the document of a module "bins" with these procedures. */
function documentOf(procedures: Procedures) {
  const contract = walkRouter(t.router({ bins: t.router(procedures) }));
  const document: unknown = printOpenapi(contract, { reasons, version: "1.2.3" });
  return (...path: (string | number)[]) =>
    path.reduce((part, name) => (part as Record<string, unknown>)[name], document);
}

const schema = (name: string) => ({ $ref: `#/components/schemas/${name}` });

test("a command is a POST with a key, a body, its scope and an example that works", () => {
  const at = documentOf({ emptyBin });
  const post = at("paths", "/v1/commands/bins/emptyBin", "post");
  expect(Object.keys(at("paths", "/v1/commands/bins/emptyBin") as object)).toEqual(["post"]);
  expect(post).toMatchObject({
    operationId: "emptyBin",
    tags: ["bins"],
    summary: "Empties a bin.",
    description: "Empties a bin. What lay in it waits.\n\nNeeds the scope `bins:write`.",
    security: [{ partnerKey: ["bins:write"] }],
    parameters: [
      { $ref: "#/components/parameters/IdempotencyKey" },
      { $ref: "#/components/parameters/BasedOn" },
    ],
    requestBody: {
      required: true,
      content: { "application/json": { schema: schema("EmptyBinInput"), example: { bin: "A-1" } } },
    },
  });
  expect(post).not.toHaveProperty("deprecated");
  expect(at("components", "parameters", "IdempotencyKey")).toMatchObject({
    name: "Idempotency-Key",
    in: "header",
    required: true,
  });
});

test("a command answers its data with a receipt", () => {
  const answer = documentOf({ emptyBin })(
    ...["paths", "/v1/commands/bins/emptyBin", "post", "responses", 200],
    ...["content", "application/json", "schema"],
  );
  expect(answer).toMatchObject({
    properties: { data: schema("EmptyBinData"), receipt: schema("Receipt") },
    required: ["data", "receipt", "repeated", "commandId"],
  });
});

test("each refusal stands in words under the status that it is answered with", () => {
  const at = documentOf({ emptyBin });
  const said = (status: number) =>
    at("paths", "/v1/commands/bins/emptyBin", "post", "responses", status, "description");
  expect(said(404)).toBe("Refused:\n- `bin-unknown`: There is no such bin.");
  expect(said(422)).toBe("Refused:\n- `bin-odd`: A bin cannot be asked that.");
  expect(said(409)).toContain("- `bin-full`: The bin has no room left.");
  expect(said(409)).toContain("- `decision-stale`: What this command was decided on is no longer");
  expect(said(409)).toContain("`COMMAND_ID_REUSED`");
  expect(at("components", "schemas", "EmptyBinRefusal", "allOf", 1, "properties")).toEqual({
    code: { const: "REFUSED" },
    reason: {
      type: "string",
      enum: ["bin-full", "bin-odd", "bin-unknown", "changed-in-between", "decision-stale"],
    },
  });
});

test("a query is a GET with its input in the address, or a POST with it as a body", () => {
  const at = documentOf({ bins });
  const path = "/v1/queries/bins/bins";
  expect(at("paths", path, "get", "operationId")).toBe("bins");
  expect(at("paths", path, "post", "operationId")).toBe("postBins");
  const text = { type: "string" };
  expect((at("paths", path, "get", "parameters") as object[]).slice(0, 5)).toEqual([
    {
      ...{ name: "bin", in: "query", required: false },
      schema: { anyOf: [text, { type: "array", items: text }] },
    },
    // Null is no word of an address.
    { name: "owner", in: "query", required: false, schema: text },
    {
      ...{ name: "of", in: "query", required: false },
      content: {
        "application/json": {
          schema: {
            ...{ type: "object", properties: { kind: text }, required: ["kind"] },
            additionalProperties: false,
          },
        },
      },
    },
    {
      ...{ name: "limit", in: "query", required: true },
      schema: { type: "integer", format: "int32", minimum: 1, maximum: 500 },
    },
    { $ref: "#/components/parameters/AtLeast" },
  ]);
  expect(at("paths", path, "get")).not.toHaveProperty("requestBody");
  expect(at("paths", path, "post", "requestBody", "content", "application/json", "schema")).toEqual(
    schema("BinsInput"),
  );
});

test("a page is named with its row, and says nothing of fields to come", () => {
  const at = documentOf({ bins });
  expect(at("components", "schemas", "BinsData", "properties")).toEqual({
    rows: { type: "array", items: schema("BinsRow") },
    nextCursor: { type: ["string", "null"] },
  });
  expect(at("components", "schemas", "BinsRow")).toEqual({
    type: "object",
    properties: {
      bin: { type: "string" },
      at: { type: "string", format: "date-time" },
      pieces: { type: "integer", format: "int64" },
    },
    required: ["bin", "at", "pieces"],
  });
});

test("an input refuses fields that it does not know, and any JSON has a name", () => {
  const at = documentOf({ emptyBin });
  expect(at("components", "schemas", "EmptyBinInput")).toEqual({
    type: "object",
    properties: {
      bin: { type: "string" },
      why: { type: "string", enum: ["sorted", "lost"], default: "sorted" },
    },
    required: ["bin"],
    additionalProperties: false,
  });
  expect(at("components", "schemas", "EmptyBinData", "properties", "seen", "items")).toEqual({
    type: "object",
    propertyNames: { type: "string" },
    additionalProperties: schema("JsonValue"),
  });
});

test("what is deprecated says so, and what instead", () => {
  const old = command
    .meta({ doc: "Empties.", deprecated: "use bins.emptyBin since 1.2.0" })
    .output(z.strictObject({}))
    .mutation(never);
  const post = documentOf({ old })("paths", "/v1/commands/bins/old", "post");
  expect(post).toMatchObject({
    deprecated: true,
    description: expect.stringContaining("Deprecated: use bins.emptyBin since 1.2.0."),
  });
});

test("operations are not served", () => {
  const pause = t.procedure.meta({ kind: "operation" }).output(z.strictObject({})).mutation(never);
  expect(documentOf({ emptyBin, pause })("paths")).toEqual({
    "/v1/commands/bins/emptyBin": expect.anything(),
  });
});

describe("the printer stops, naming the procedure, at", () => {
  test.each<[string, Procedures, string]>([
    [
      "a value of any type",
      { odd: query.output(z.strictObject({ a: z.any() })).query(never) },
      "bins.odd has a value of unknown type",
    ],
    [
      "a recursive type",
      { odd: query.output(z.strictObject({ a: z.json() })).query(never) },
      "bins.odd cannot express",
    ],
    [
      "a refusal that nobody declares",
      {
        odd: command
          .meta({ refuses: ["bin-gone"] })
          .output(z.strictObject({}))
          .mutation(never),
      },
      'bins.odd is refused for "bin-gone", which no module declares',
    ],
  ])("%s", (_, procedures, message) => {
    expect(() => documentOf(procedures)).toThrow(message);
  });

  test("two procedures of one name", () => {
    const contract = walkRouter(t.router({ a: t.router({ emptyBin }), b: t.router({ emptyBin }) }));
    const print = () => printOpenapi(contract, { reasons, version: "1.2.3" });
    expect(print).toThrow("b.emptyBin wants the schema EmptyBinInput, as another");
  });
});
