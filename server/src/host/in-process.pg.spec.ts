import { randomUUID } from "node:crypto";
import { isSelvedgeError } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import type { Identity } from "../kernel/context.ts";
import type { Selvedge } from "../selvedge.ts";
import { SelvedgeError } from "./selvedge-error.ts";

/* Calls in the host's own process, held against the same calls over HTTP. */

let it: TestSelvedge;
let selvedge: Selvedge;
beforeAll(async () => {
  it = await startSelvedge();
  ({ selvedge } = it);
});
afterAll(() => it.stop());

// As the edge knows a caller on this machine, so that both ways are the same caller's.
const local: Identity = { tenant: "default", partner: "local", actor: "local", scopes: ["*"] };

/** A SKU with so many pieces, sent in process. */
async function stocked(qty: number): Promise<{ sku: string; receipt: string }> {
  const sku = `SKU-${randomUUID().slice(0, 8)}`;
  await selvedge.execute("catalogue.registerVariant", { sku }, local);
  const { receipt } = await selvedge.execute("stock.addBatch", { ref: sku, sku, qty }, local);
  return { sku, receipt };
}

const order = (sku: string) => ({
  channel: "shop",
  externalRef: randomUUID(),
  lines: [{ sku, qty: 1 }],
});

const failed = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable("it was to fail"),
    (error: unknown) => error as SelvedgeError,
  );

describe("a command", () => {
  test("is applied once under one id, whichever way it comes", async () => {
    const { sku } = await stocked(3);
    const commandId = randomUUID();
    const input = order(sku);
    const here = await selvedge.execute("orders.placeOrder", input, local, { commandId });
    const again = await selvedge.execute("orders.placeOrder", input, local, { commandId });
    const there = await it.client.orders.placeOrder(input, { commandId });
    expect(here).toEqual({ ...again, repeated: false });
    expect(there).toEqual(again);
    expect(again.repeated).toBe(true);
    const [{ count } = { count: 0 }] = await it.database.query<{ count: number }>(
      "select count(*)::int as count from selvedge.sales_order where external_ref = $1",
      [input.externalRef],
    );
    expect(count).toBe(1);
  });

  test("has an id made for it unless one is given, and the journal knows whose it is", async () => {
    const sku = `SKU-${randomUUID().slice(0, 8)}`;
    const ines = { ...local, partner: "shop", actor: "ines" };
    const { commandId } = await selvedge.execute("catalogue.registerVariant", { sku }, ines);
    const rows = await it.database.query(
      "select partner, actor, tenant from selvedge.journal where command_id = $1",
      [commandId],
    );
    expect(rows).toEqual([{ partner: "shop", actor: "ines", tenant: "default" }]);
  });

  test("may go on a decision, and is refused where that has changed", async () => {
    const { sku, receipt } = await stocked(2);
    const { data } = await selvedge.ask("stock.sellableAvailability", { sku }, local, {
      atLeast: receipt,
      deadlineMs: 5_000,
    });
    const [{ warehouse, grade, available } = expect.unreachable("there is no row")] = data.rows;
    expect(available).toBe(2);
    const key = { warehouse, sku, grade };
    const facts = [{ readModel: "sellableAvailability", key, columns: { available: 9 } }] as const;
    const error = await failed(
      selvedge.execute("orders.placeOrder", order(sku), local, { basedOn: { facts } }),
    );
    expect(error).toMatchObject({ code: "REFUSED", reason: "decision-stale" });
  });

  test("is a command: neither a query nor an operation is sent as one", async () => {
    for (const path of ["stock.sellableAvailability", "operations.pause", "nothing.at.all", "a"]) {
      const error = await failed(selvedge.execute(path as "orders.holdOrder", {} as never, local));
      expect([path, error.code]).toEqual([path, "NOT_FOUND"]);
    }
  });
});

describe("a query", () => {
  test("shows what a receipt stands for, and says how fresh it is", async () => {
    const { sku, receipt } = await stocked(7);
    const asked = { atLeast: [receipt], deadlineMs: 5_000 };
    const answer = await selvedge.ask("stock.sellableAvailability", { sku }, local, asked);
    expect(answer.data.rows).toMatchObject([{ sku, available: 7 }]);
    expect(answer.freshness.includesReceipt).toBe(true);
  });

  test("shows a house its own rows alone", async () => {
    const { sku, receipt } = await stocked(7);
    const other = { ...local, tenant: "elsewhere" };
    const asked = { atLeast: receipt, deadlineMs: 5_000 };
    const { data } = await selvedge.ask("stock.sellableAvailability", { sku }, other, asked);
    expect(data.rows).toEqual([]);
  });

  test.each([
    [{ maxStaleMs: -1 }, "BAD_INPUT", "maxStaleMs"],
    [{ deadlineMs: 0.5 }, "BAD_INPUT", "deadlineMs"],
    [{ onMiss: "guess" as "serve" }, "BAD_INPUT", "onMiss"],
  ])("is not asked with %j", async (asked, code, path) => {
    const error = await failed(selvedge.ask("orders.orderTotals", {}, local, asked));
    expect(error).toMatchObject({ code, details: { issues: [{ path }] } });
  });

  test.each(["", "r1.nothing", `r1.${"0".repeat(12)}.1`])(
    "takes %j for no receipt of this database",
    async (atLeast) => {
      const error = await failed(selvedge.ask("orders.orderTotals", {}, local, { atLeast }));
      expect(error.code).toBe("RECEIPT_REFUSED");
    },
  );
});

describe("a failure", () => {
  test("is the very one that the SDK tells of", async () => {
    const { sku } = await stocked(1);
    const input = order(sku);
    await selvedge.execute("orders.placeOrder", input, local);
    const here = await failed(selvedge.execute("orders.placeOrder", input, local));
    const there = await failed(it.client.orders.placeOrder(input) as Promise<unknown>);
    expect(here).toBeInstanceOf(SelvedgeError);
    expect(isSelvedgeError(here)).toBe(true);
    const facts = ({ message, code, reason, kind, details, retryable }: SelvedgeError) => ({
      ...{ message, code, reason, kind, details, retryable },
    });
    expect(facts(here)).toEqual(facts(there));
    expect(here).toMatchObject({ code: "REFUSED", reason: "external-ref-taken" });
    expect(here.commandId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    ["nobody", undefined as unknown as Identity, "UNAUTHENTICATED"],
    ["somebody who may only read", { ...local, scopes: ["catalogue:read"] }, "FORBIDDEN"],
  ])("meets %s", async (_, identity, code) => {
    const error = await failed(
      selvedge.execute("catalogue.registerVariant", { sku: "CAP" }, identity),
    );
    // Of headers and keys there is nothing to say here.
    expect([error.code, error.hint]).toEqual([code, undefined]);
  });

  const circular: Record<string, unknown> = { sku: "CAP" };
  circular.self = circular;
  test.each([
    ["what no schema knows", { sku: "CAP", colour: undefined, hue: 7 }, "BAD_INPUT"],
    ["nothing", undefined, "BAD_INPUT"],
    ["a circle", circular, "BAD_INPUT"],
    ["a big integer", { sku: 7n }, "BAD_INPUT"],
    ["a megabyte", { sku: "x".repeat(1_000_001) }, "TOO_LARGE"],
  ])("meets %s", async (_, input, code) => {
    const error = await failed(
      selvedge.execute("catalogue.registerVariant", input as never, local),
    );
    expect(error.code).toBe(code);
  });

  test("meets an id that is none", async () => {
    const error = await failed(
      selvedge.execute("catalogue.registerVariant", { sku: "CAP" }, local, { commandId: "7" }),
    );
    expect(error).toMatchObject({
      code: "BAD_INPUT",
      details: { issues: [{ path: "commandId" }] },
    });
  });

  test("before a start is said in words", async () => {
    const { createSelvedge } = await import("../selvedge.ts");
    const idle = createSelvedge({ databaseUrl: it.database.url });
    const error = await failed(idle.ask("orders.orderTotals", {}, local));
    expect(error).toMatchObject({
      code: "UNAVAILABLE",
      message: "Selvedge is not running just now (idle).",
    });
  });
});
