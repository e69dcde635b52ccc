import { expect, test } from "vitest";
import { type BasedOn, type Fact, Selvedge } from "./index.ts";
import { commanded, cut, scriptedServer } from "./testing/scripted-server.ts";

const order = { channel: "shop", externalRef: "A-1", lines: [{ sku: "TEE-RED-M", qty: 1 }] };
const seen: Fact = {
  readModel: "sellableAvailability",
  key: { warehouse: "main", sku: "Größe 👗", grade: "N" },
  columns: { available: 3, nextEta: null },
};
const freshness = {
  asOf: "2026-01-05T10:00:00.000Z",
  lagMs: 0,
  withinPromise: true,
  pending: 0,
  includesReceipt: null,
  servedFrom: "readModel",
} as const;

async function headersOf(basedOn: BasedOn | undefined) {
  const { baseUrl, seen } = await scriptedServer(cut, commanded("r1.e.1"));
  await new Selvedge({ baseUrl }).orders.placeOrder(order, { basedOn });
  return seen.map(({ headers }) => headers["selvedge-based-on"]);
}

const read = (header: unknown) =>
  JSON.parse(Buffer.from(String(header), "base64url").toString("utf8"));

test("what a command is based on goes with every attempt, in letters that a header carries", async () => {
  const [first, second, ...others] = await headersOf({ freshness, facts: [seen] });
  expect(others).toEqual([]);
  expect(second).toBe(first);
  expect(first).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(read(first)).toEqual({ freshness: { asOf: freshness.asOf }, facts: [seen] });
});

test("facts alone will do, and that there was no such row is one", async () => {
  const none: Fact = { readModel: "orderBoard", key: { orderId: "o" }, columns: null };
  const [first] = await headersOf({ facts: [none] });
  expect(read(first)).toEqual({ facts: [none] });
});

test("a command that is based on nothing says nothing", async () => {
  expect(await headersOf(undefined)).toEqual([undefined, undefined]);
});

test.each([
  ["too much", { facts: Array.from({ length: 100 }, () => seen) }],
  ["nothing that JSON can carry", { facts: [{ ...seen, columns: { available: 1n } } as never] }],
])("what is %s is refused before anything is sent", async (_, basedOn) => {
  const { baseUrl, seen } = await scriptedServer(commanded("r1.e.1"));
  const refused = new Selvedge({ baseUrl }).orders.placeOrder(order, { basedOn });
  await expect(refused).rejects.toMatchObject({ code: "BAD_INPUT", retryable: false });
  expect(seen).toEqual([]);
});
