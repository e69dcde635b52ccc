import { expect, test } from "vitest";
import { Selvedge } from "../index.ts";
import { fakeSelvedge } from "./index.ts";

const order = { channel: "shop", externalRef: "A-1", lines: [{ sku: "TEE", qty: 1 }] };
const placed = { orderId: "o-1", lines: [] };

test("rows are filtered by what a query names and come page by page", async () => {
  const fake = fakeSelvedge();
  const selvedge = new Selvedge(fake.options);
  fake.answers("stock.sellableAvailability", [
    { sku: "TEE", warehouse: "main", available: 3 },
    { sku: "TEE", warehouse: "north", available: 1 },
    { sku: "SOCK", warehouse: "main", available: 9 },
  ]);

  const { data, freshness } = await selvedge.stock.sellableAvailability({ sku: "TEE", limit: 1 });
  expect(data.rows).toEqual([{ sku: "TEE", warehouse: "main", available: 3 }]);
  expect(freshness).toMatchObject({ lagMs: 0, pending: 0, servedFrom: "readModel" });
  const { cursor, ...next } = { cursor: data.nextCursor ?? "", sku: ["TEE"], limit: 1 };
  const second = await selvedge.stock.sellableAvailability({ ...next, cursor });
  expect(second.data).toEqual({
    rows: [{ sku: "TEE", warehouse: "north", available: 1 }],
    nextCursor: null,
  });

  const all: number[] = [];
  const pages = { sku: ["TEE", "SOCK"], limit: 2 };
  for await (const row of selvedge.stock.sellableAvailability.rows(pages)) all.push(row.available);
  expect(all).toEqual([3, 1, 9]);
  expect(fake.inputsOf("stock.sellableAvailability")).toHaveLength(4);

  const strange = selvedge.stock.sellableAvailability({ cursor: "mine" });
  await expect(strange).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("a command is answered once: again under its id, it is repeated", async () => {
  const fake = fakeSelvedge();
  const selvedge = new Selvedge(fake.options);
  let count = 0;
  fake.answers("orders.placeOrder", () => ({ ...placed, orderId: `o-${++count}` }));

  const first = await selvedge.orders.placeOrder(order);
  const { commandId } = first;
  const again = await selvedge.orders.placeOrder(order, { commandId });
  expect(first).toMatchObject({ data: { orderId: "o-1" }, repeated: false });
  expect(again).toEqual({ ...first, repeated: true });
  expect(fake.calls.map((call) => call.commandId)).toEqual([commandId, commandId]);

  const other = { ...order, externalRef: "A-2" };
  const misused = selvedge.orders.placeOrder(other, { commandId });
  await expect(misused).rejects.toMatchObject({ code: "COMMAND_ID_REUSED", retryable: false });
  expect((await selvedge.orders.placeOrder(other)).data.orderId).toBe("o-2");
});

test("a command is refused as the test says, so often as it says", async () => {
  const fake = fakeSelvedge();
  const selvedge = new Selvedge(fake.options);
  fake.answers("orders.placeOrder", placed);
  fake.refuses("orders.placeOrder", "variant-unknown", {
    kind: "invalid",
    details: { skus: ["TEE"] },
    times: 1,
  });

  const refused = await selvedge.orders.placeOrder(order).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: "REFUSED",
    reason: "variant-unknown",
    kind: "invalid",
    details: { skus: ["TEE"] },
    message: "The command is refused: variant-unknown.",
    retryable: false,
  });
  expect((await selvedge.orders.placeOrder(order)).data).toEqual(placed);
  // What was refused has changed nothing, so it may be sent again under its id.
  const { commandId } = refused as { commandId: string };
  const later = await selvedge.orders.placeOrder(order, { commandId });
  expect(later.repeated).toBe(false);
});

test("an answer may depend on the input, and refuse", async () => {
  const fake = fakeSelvedge();
  const selvedge = new Selvedge(fake.options);
  const taken = new Set<string>();
  fake.answers("orders.placeOrder", ({ externalRef }, { refuse }) => {
    if (taken.has(externalRef)) refuse("external-ref-taken", { details: { externalRef } });
    taken.add(externalRef);
    return placed;
  });

  await selvedge.orders.placeOrder(order);
  await expect(selvedge.orders.placeOrder(order)).rejects.toMatchObject({
    reason: "external-ref-taken",
    details: { externalRef: "A-1" },
  });
});

test("what fails for a while is sent again by the client, which is the real one", async () => {
  const fake = fakeSelvedge();
  const selvedge = new Selvedge(fake.options);
  fake.answers("orders.placeOrder", placed).fails("orders.placeOrder", "UNAVAILABLE", { times: 2 });
  const { repeated } = await selvedge.orders.placeOrder(order);
  expect(repeated).toBe(false);
  expect(fake.calls).toHaveLength(3);

  fake.fails("orders.placeOrder", "FORBIDDEN", { message: "Not with this key." });
  const refused = selvedge.orders.placeOrder(order);
  await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN", message: "Not with this key." });
});

test("a lost answer is a command that was applied, and is found out by its id", async () => {
  const fake = fakeSelvedge();
  const selvedge = new Selvedge({ ...fake.options, retriesMax: 0 });
  fake.answers("orders.placeOrder", placed).losesAnswers(1);

  const lost = await selvedge.orders.placeOrder(order).catch((error: unknown) => error);
  expect(lost).toMatchObject({ code: "NETWORK", retryable: true });
  const { commandId } = lost as { commandId: string };
  expect(await selvedge.orders.placeOrder(order, { commandId })).toMatchObject({ repeated: true });
});

test("without a network nothing arrives", async () => {
  const fake = fakeSelvedge().answers("orders.placeOrder", placed).cutNetwork();
  const selvedge = new Selvedge({ ...fake.options, retriesMax: 0 });
  const lost = selvedge.orders.placeOrder(order);
  await expect(lost).rejects.toMatchObject({ code: "NETWORK" });
  expect(fake.calls).toEqual([]);
  fake.mendNetwork();
  await selvedge.orders.placeOrder(order);
  expect(fake.inputsOf("orders.placeOrder")).toEqual([order]);
});

test("many commands in one request are each answered for themselves", async () => {
  const fake = fakeSelvedge().withLag("orderBoard", Infinity).answers("orders.orderBoard", []);
  const selvedge = new Selvedge(fake.options);
  fake.answers("orders.placeOrder", ({ externalRef }, { refuse }) =>
    externalRef === "A-2" ? refuse("external-ref-taken") : { ...placed, orderId: externalRef },
  );
  const commands = ["A-1", "A-2", "A-3"].map(
    (externalRef) => ({ command: "orders.placeOrder", input: { ...order, externalRef } }) as const,
  );
  const outcomes: unknown[] = [];
  for await (const one of selvedge.bulk(commands)) {
    outcomes.push("data" in one ? one.data.orderId : one.error.reason);
  }
  expect(outcomes).toEqual(["A-1", "external-ref-taken", "A-3"]);
  expect(fake.inputsOf("orders.placeOrder")).toEqual(commands.map(({ input }) => input));
  // One receipt covers them all.
  expect(selvedge.receipts()).toHaveLength(1);
  const board = await selvedge.orders.orderBoard({}, { onMiss: "serve" });
  expect(board.freshness).toMatchObject({ includesReceipt: false, pending: 2 });
});

test("in a bulk, what fails for a while holds back its lane alone, and is tried again", async () => {
  const fake = fakeSelvedge();
  const selvedge = new Selvedge(fake.options);
  fake.answers("orders.placeOrder", placed).answers("orders.holdOrder", {} as never);
  fake.fails("orders.placeOrder", "CONFLICT", { times: 1 });
  const commands = [
    { command: "orders.placeOrder", input: order },
    { command: "orders.holdOrder", input: { orderId: "o-1", reason: "address" } },
    { command: "orders.holdOrder", input: { orderId: "o-2", reason: "payment" } },
  ] as const;
  const outcomes: string[] = [];
  const inOrderBy = ({ input }: (typeof commands)[number]) =>
    "orderId" in input && input.orderId === "o-2" ? "o-2" : "o-1";
  for await (const { outcome } of selvedge.bulk(commands, { inOrderBy })) outcomes.push(outcome);
  expect(outcomes).toEqual(["applied", "applied", "applied"]);
  expect(
    fake.calls.map(({ path, input }) => `${path} ${JSON.stringify(input).slice(0, 16)}`),
  ).toEqual([
    'orders.placeOrder {"channel":"shop',
    'orders.holdOrder {"orderId":"o-2"',
    'orders.placeOrder {"channel":"shop',
    'orders.holdOrder {"orderId":"o-1"',
  ]);
});

test("a procedure of which the test said nothing says so", async () => {
  const selvedge = new Selvedge(fakeSelvedge().options);
  await expect(selvedge.orders.orderTotals()).rejects.toMatchObject({
    code: "INTERNAL",
    message:
      'The test\'s answer to orders.orderTotals: say fake.answers("orders.orderTotals", ...) first',
  });
});

test("paths, rows, inputs and reasons are those of the contract", () => {
  const fake = fakeSelvedge();
  // @ts-expect-error: no such procedure
  expect(() => fake.answers("orders.forgetOrder", [])).toThrow("There is no procedure");
  // @ts-expect-error: no such column
  fake.answers("stock.sellableAvailability", [{ sku: "TEE", colour: "red" }]);
  // @ts-expect-error: no refusal of this command
  fake.refuses("orders.placeOrder", "bin-full");
  // @ts-expect-error: queries are not refused
  fake.refuses("orders.orderBoard", "order-unknown");
  // @ts-expect-error: no such read model
  expect(() => fake.withLag("orderBord", 1)).toThrow("There is no query orderBord.");
  fake.answers("orders.placeOrder", (input) => ({ ...placed, orderId: input.externalRef }));
});
