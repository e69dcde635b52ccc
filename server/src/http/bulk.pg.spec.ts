import { type BulkCommand, type BulkOutcome, Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";

/* Many commands in one request, over HTTP and the SDK, on a real database. */

let house: TestSelvedge;
beforeAll(async () => {
  house = await startSelvedge();
  await house.client.catalogue.registerVariant({ sku: "TEE" });
});
afterAll(() => house.stop());

async function all<Command extends BulkCommand>(
  commands: Iterable<Command>,
  options: Parameters<typeof house.client.bulk<Command>>[1] = {},
) {
  const outcomes: BulkOutcome<Command>[] = [];
  for await (const outcome of house.client.bulk(commands, options)) outcomes.push(outcome);
  return outcomes;
}
const batch = (ref: string, qty = 1, sku = "TEE") =>
  ({ command: "stock.addBatch", input: { ref, sku, qty } }) as const;

async function post(body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${house.baseUrl}/bulk`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const { error } = (await response.json()) as { error: { data: { code: string } } };
  return [response.status, error.data.code];
}

test("each is answered for itself, in the order given, and one refusal stops no other", async () => {
  const outcomes = await all([
    { command: "catalogue.registerVariant", input: { sku: "CAP" } },
    batch("B-1", 3, "CAP"),
    batch("B-2", 3, "NONE"),
    batch("B-3", 2),
  ]);
  expect(outcomes.map(({ index, outcome }) => [index, outcome])).toEqual([
    [0, "applied"],
    [1, "applied"],
    [2, "refused"],
    [3, "applied"],
  ]);
  expect(outcomes[2]).toMatchObject({ error: { code: "REFUSED", reason: "variant-unknown" } });
  expect(outcomes[0]).toMatchObject({ data: { sku: "CAP", registered: true } });
});

test("a query after it sees all of them, by one receipt", async () => {
  await all(Array.from({ length: 250 }, (_, i) => batch(`seen-${i}`, 2)));
  expect(house.client.receipts()).toHaveLength(1);
  const { data } = await house.client.stock.sellableAvailability({ sku: "TEE" });
  expect(data.rows[0]?.onHand).toBe(2 + 250 * 2);
});

test("sent again under their ids they are applied once", async () => {
  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  const commands = ids.map((commandId, i) => ({ ...batch(`again-${i}`), commandId }));
  const first = await all(commands);
  const second = await all(commands);
  expect(first.map(({ outcome }) => outcome)).toEqual(["applied", "applied"]);
  expect(second.map(({ outcome }) => outcome)).toEqual(["repeated", "repeated"]);
  expect(second.map((one) => "receipt" in one && one.receipt)).toEqual(
    first.map((one) => "receipt" in one && one.receipt),
  );
});

test("those of one name come in the order given, whatever runs beside them", async () => {
  const commands = Array.from({ length: 10 }, (_, i) => [
    batch(`lane-${i}`, 10),
    ...[7, 5, 3].map((qty) => ({
      command: "stock.changeBatchQuantity" as const,
      input: { ref: `lane-${i}`, qty },
    })),
  ]).flat();
  const outcomes = await all(commands, { inOrderBy: ({ input }) => input.ref });
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(commands.map(() => "applied"));
  const rows = await house.database.query(
    "select distinct qty from selvedge.batch where ref like 'lane-%'",
  );
  expect(rows).toEqual([{ qty: 3 }]);
});

test("what is no command is not run, and the rest is", async () => {
  const outcomes = await all([
    { command: "orders.orderTotals", input: {} } as never,
    { command: "operations.pause", input: { readModel: "orderBoard", reason: "x" } } as never,
    { command: "__proto__", input: {} } as never,
    { command: "stock.addBatch", input: { ref: 7 } } as never,
    batch("after-them"),
  ]);
  const told = outcomes.map((one) => ("error" in one ? one.error.code : one.outcome));
  expect(told).toEqual(["NOT_FOUND", "NOT_FOUND", "NOT_FOUND", "BAD_INPUT", "applied"]);
});

test("a bulk that cannot be read is refused whole, in few words", async () => {
  const one = { command: "stock.addBatch", commandId: crypto.randomUUID(), input: {} };
  const many = JSON.stringify({ commands: Array.from({ length: 101 }, () => one) });
  const padding = "x".repeat(1_000_001);
  expect(await post("{")).toEqual([400, "BAD_INPUT"]);
  expect(await post("[]")).toEqual([400, "BAD_INPUT"]);
  expect(await post('{"commands":[]}')).toEqual([400, "BAD_INPUT"]);
  expect(await post(many)).toEqual([400, "BAD_INPUT"]);
  expect(await post(JSON.stringify({ commands: [one], padding }))).toEqual([413, "TOO_LARGE"]);
  expect(await post("{}", { "content-type": "text/plain" })).toEqual([400, "BAD_INPUT"]);
  expect(await post("{}", { authorization: "Bearer slv_no" })).toEqual([401, "UNAUTHENTICATED"]);
});

test("a scope that is missing is missed by each command that needs it", async () => {
  const narrow = await startSelvedge(
    {
      authenticate: () => ({
        ...{ tenant: "default", partner: "p", actor: "p" },
        scopes: ["catalogue:*"],
      }),
    },
    house.database,
  );
  try {
    const outcomes: string[] = [];
    const variant = { command: "catalogue.registerVariant", input: { sku: "SOCK" } } as const;
    for await (const one of new Selvedge(narrow).bulk([batch("no"), variant])) {
      outcomes.push("error" in one ? one.error.code : one.outcome);
    }
    expect(outcomes).toEqual(["FORBIDDEN", "applied"]);
  } finally {
    await narrow.stop();
  }
});
