import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { appRouter } from "../router.gen.ts";
import type { JsonSchema } from "./json-schema.ts";
import { restPath } from "./print-openapi.ts";
import { type ContractProcedure, walkRouter } from "./walk.ts";

/*
 * Whatever a caller sends to any procedure, either way: a small typed error, nothing written, and a
 * process that lives. The inputs are made from the contract, so that a new procedure is tried
 * without being asked.
 */

let it: TestSelvedge;
beforeAll(async () => {
  it = await startSelvedge();
});
afterAll(() => it.stop());

const procedures = walkRouter(appRouter);

/** The ways to a procedure: the SDK's, and that of callers of the REST facade. */
function waysTo(procedure: ContractProcedure): string[] {
  const { path, kind } = procedure;
  return [`/trpc/${path}`, ...(kind === "operation" ? [] : [restPath(procedure)])];
}

async function call(way: string, input: unknown) {
  const response = await fetch(`${it.baseUrl}${way}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "selvedge-command-id": randomUUID(),
      "idempotency-key": randomUUID(),
    },
    body: typeof input === "string" ? input : JSON.stringify(input),
  });
  const text = await response.text();
  const answer = JSON.parse(text);
  return { status: response.status, text, fault: answer.error?.data ?? answer };
}

const oddValues: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["an object", {}],
  ["a list of lists", [[[]]]],
  ["a boolean", true],
  ["a number no integer holds", 1e300],
  ["a fraction", 0.5],
  ["a negative number", -1],
  ["2 to the 31st", 2 ** 31],
  ["an empty text", ""],
  ["NUL", "a\u0000b"],
  ["half a character", "\ud800"],
  ["a huge text", "x".repeat(200_000)],
  ["SQL", "'; drop table selvedge.journal; --"],
  ["a year no clock shows", "+300000-01-01T00:00:00.000Z"],
  ["a prototype", JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')],
];

/** The procedure's own example with one field after the other replaced by something odd. */
function oddInputs({ input, example }: ContractProcedure): [string, unknown][] {
  const base = { ...(example as object) };
  const fields = Object.entries((input as JsonSchema).properties ?? {});
  return fields.flatMap(([field]) =>
    oddValues.map(([what, value]): [string, unknown] => [
      `${field}: ${what}`,
      { ...base, [field]: value },
    ]),
  );
}

test("every procedure of the contract is tried", () => {
  expect(procedures.length).toBeGreaterThanOrEqual(14);
});

describe.each(procedures.map((one) => [one.path, one] as const))("%s", (_path, procedure) => {
  test.each([
    ["no JSON", "{"],
    ["a list", []],
    ["a text", '"text"'],
    ["a field nobody knows", { unknownField: 1 }],
  ])("%s is BAD_INPUT", async (_what, input) => {
    for (const way of waysTo(procedure)) {
      const { status, fault, text } = await call(way, input);
      expect([status, fault.code]).toEqual([400, "BAD_INPUT"]);
      expect(text.length).toBeLessThan(4_000);
    }
  });

  test("odd values in any field are taken, refused, bad or of nothing, never a failure of the server", async () => {
    const tried = oddInputs(procedure);
    const codes = new Set<string>();
    const ways = waysTo(procedure);
    for (const [i, [what, input]] of tried.entries()) {
      // In turn: both lead to the same procedure.
      const { status, fault, text } = await call(ways[i % ways.length] ?? "", input);
      const code = status === 200 ? "taken" : fault.code;
      codes.add(code);
      const lawful = expect.stringMatching(/^(taken|BAD_INPUT|REFUSED|NOT_FOUND)$/);
      expect([what, code]).toEqual([what, lawful]);
      if (status !== 200) expect(text.length).toBeLessThan(4_000);
    }
    if (tried.length > 0) expect(codes).toContain("BAD_INPUT");
    expect({}).not.toHaveProperty("polluted");
  });
});

test("what was bad left nothing behind, and what was taken left all of it", async () => {
  const [row] = await it.database.query<Record<string, string>>(
    `select
      (select count(*) from selvedge.journal as j where not exists (
        select from selvedge.command_log as c where c.command_id = j.command_id)) as orphans,
      (select count(*) from selvedge.sales_order as o where not exists (
        select from selvedge.order_line as l where l.order_id = o.id)) as empty_orders,
      (select count(*) from selvedge.batch as b where not exists (
        select from selvedge.journal as j where j.data ->> 'batch' = b.ref
          or j.data ->> 'ref' = b.ref)) as silent_batches`,
  );
  expect(row).toEqual({ orphans: "0", empty_orders: "0", silent_batches: "0" });
});
