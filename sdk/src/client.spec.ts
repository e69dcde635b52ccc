import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isSelvedgeError, Selvedge, SelvedgeError } from "./index.ts";
import { commanded, failed, json, queried, scriptedServer } from "./testing/scripted-server.ts";
import { sdkVersion } from "./version.ts";

const order = { channel: "shop", externalRef: "A-1", lines: [{ sku: "TEE-RED-M", qty: 1 }] };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a command is a POST with an id, and answers data, receipt and that id", async () => {
  const { baseUrl, seen } = await scriptedServer(commanded("r1.e.7", { orderId: "o", lines: [] }));
  const selvedge = new Selvedge({ baseUrl: `${baseUrl}/`, apiKey: "slv_1" });

  const answer = await selvedge.orders.placeOrder(order);

  const [request] = seen;
  expect(request).toMatchObject({
    method: "POST",
    path: "/selvedge/trpc/orders.placeOrder",
    body: order,
    headers: {
      authorization: "Bearer slv_1",
      "content-type": "application/json",
      "selvedge-sdk": `js/${sdkVersion}`,
      "selvedge-command-id": expect.stringMatching(uuid),
    },
  });
  expect(answer).toEqual({
    data: { orderId: "o", lines: [] },
    receipt: "r1.e.7",
    repeated: false,
    commandId: request?.headers["selvedge-command-id"],
  });
});

test("a command goes by the id its caller gives it", async () => {
  const { baseUrl, seen } = await scriptedServer(commanded("r1.e.7", {}, true));
  const commandId = "0199c0de-0000-4000-8000-000000000001";

  const answer = await new Selvedge({ baseUrl }).orders.placeOrder(order, { commandId });

  expect(seen[0]?.headers["selvedge-command-id"]).toBe(commandId);
  expect(answer).toMatchObject({ commandId, repeated: true });
});

test("a query without input sends an empty object and answers data and freshness", async () => {
  const totals = { orders: 0, lines: 0, units: 0, byStatus: [], byDay: [] };
  const { baseUrl, seen } = await scriptedServer(queried(totals, { lagMs: 12 }));

  const answer = await new Selvedge({ baseUrl }).orders.orderTotals();

  expect(answer.data).toEqual(totals);
  expect(answer.freshness).toMatchObject({ lagMs: 12, servedFrom: "readModel" });
  expect(seen[0]).toMatchObject({ method: "POST", body: {} });
  expect(seen[0]?.headers).not.toHaveProperty("authorization");
  expect(seen[0]?.headers).not.toHaveProperty("selvedge-command-id");
  expect(seen[0]?.headers).not.toHaveProperty("selvedge-on-miss");
});

test("an operation answers its plain output", async () => {
  const { baseUrl } = await scriptedServer(json(200, { result: { data: { sentence: "Fresh." } } }));
  expect(await new Selvedge({ baseUrl }).operations.lag()).toEqual({ sentence: "Fresh." });
});

test("the server is told of the deadline, a little early", async () => {
  const { baseUrl, seen } = await scriptedServer(queried({}));
  const selvedge = new Selvedge({ baseUrl, timeoutMs: 2_000 });

  await selvedge.orders.orderTotals();
  await selvedge.orders.orderTotals({}, { timeoutMs: 20_000 });
  await selvedge.orders.orderTotals({}, { timeoutMs: Infinity });

  const told = seen.map(({ headers }) => Number(headers["selvedge-timeout-ms"]));
  expect(told).toHaveLength(3);
  expect(told[0]).toBeGreaterThan(1_000);
  expect(told[0]).toBeLessThanOrEqual(1_800);
  // As long as an attempt may take.
  expect(told.slice(1)).toEqual([9_500, 9_500]);
});

test.each([
  ["BAD_INPUT", 400, { details: { issues: [{ path: "lines", message: "is too long" }] } }],
  ["UNAUTHENTICATED", 401, { hint: "Send a partner key." }],
  ["FORBIDDEN", 403, {}],
  ["NOT_FOUND", 404, {}],
  ["REFUSED", 404, { reason: "order-unknown", kind: "not-found", details: { orderId: "o" } }],
  ["REFUSED", 409, { reason: "external-ref-taken", kind: "conflict" }],
  ["REFUSED", 422, { reason: "variant-unknown", kind: "invalid", details: { skus: ["X"] } }],
  ["CONFLICT", 409, { retryable: true }],
  ["COMMAND_ID_REUSED", 409, {}],
  ["RECEIPT_REFUSED", 400, {}],
  ["NOT_FRESH", 409, { retryable: true, details: { freshness: { pending: 3 } } }],
  ["TOO_LARGE", 413, {}],
  ["INTERNAL", 500, {}],
])("%s with status %i is sent once and reaches the caller whole", async (code, status, facts) => {
  const fault = failed(status, { code, requestId: "req-1", ...facts }, "In words.");
  const { baseUrl, seen } = await scriptedServer(fault, commanded("r1.e.1"));

  const error = await new Selvedge({ baseUrl }).orders.placeOrder(order).catch((e: unknown) => e);

  expect(error).toBeInstanceOf(SelvedgeError);
  expect(error).toMatchObject({
    name: "SelvedgeError",
    message: "In words.",
    code,
    requestId: "req-1",
    retryable: false,
    commandId: seen[0]?.headers["selvedge-command-id"],
    ...facts,
  });
  expect(seen).toHaveLength(1);
});

test.each([
  ["UNAVAILABLE", 503],
  ["TIMEOUT", 504],
])(
  "%s with status %i reaches the caller once the repetitions are used up",
  async (code, status) => {
    const { baseUrl, seen } = await scriptedServer(failed(status, { code, retryable: true }));
    const selvedge = new Selvedge({ baseUrl, retriesMax: 1 });
    await expect(selvedge.orders.orderTotals()).rejects.toMatchObject({ code, retryable: true });
    expect(seen).toHaveLength(2);
  },
);

test("a call may want to hear of the first failure, or of receipts of elsewhere", async () => {
  const busy = failed(503, { code: "UNAVAILABLE", retryable: true });
  const { baseUrl, seen } = await scriptedServer(busy, queried({}));
  const selvedge = new Selvedge({ baseUrl });
  const once = selvedge.orders.orderTotals({}, { retriesMax: 0 });
  await expect(once).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(seen).toHaveLength(1);

  selvedge.adopt(["r1.e.1", "r1.e.2"]);
  selvedge.adopt(["r1.e.9"], ["r1.e.1"]);
  await selvedge.orders.orderTotals();
  expect(seen[1]?.headers["selvedge-at-least"]).toBe("r1.e.2,r1.e.9");
});

test("a code that this version does not know is taken by its status", async () => {
  const { baseUrl } = await scriptedServer(failed(403, { code: "QUOTA_SPENT" }, "Come back."));
  const refused = new Selvedge({ baseUrl }).orders.orderTotals();
  await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN", message: "Come back." });
});

test("an input that JSON cannot carry is refused before anything is sent", async () => {
  const { baseUrl, seen } = await scriptedServer(commanded("r1.e.1"));
  const priority = 1n as unknown as number;
  const refused = new Selvedge({ baseUrl }).orders.placeOrder({ ...order, priority });
  await expect(refused).rejects.toMatchObject({ code: "BAD_INPUT" });
  expect(seen).toHaveLength(0);
});

test("an answer without its fields is no answer of Selvedge's", async () => {
  const { baseUrl } = await scriptedServer(json(200, { result: { data: { rows: [] } } }));
  const selvedge = new Selvedge({ baseUrl });
  await expect(selvedge.orders.orderTotals()).rejects.toMatchObject({
    code: "INTERNAL",
    message: "The answer to orders.orderTotals lacks data, freshness.",
  });
});

test("a refusal's reason is typed by the command's refusals", async () => {
  const fault = failed(409, { code: "REFUSED", reason: "external-ref-taken", kind: "conflict" });
  const { baseUrl } = await scriptedServer(fault);
  const error = await new Selvedge({ baseUrl }).orders.placeOrder(order).catch((e: unknown) => e);
  if (!isSelvedgeError<"external-ref-taken" | "variant-unknown">(error)) throw error;
  // @ts-expect-error: not among the refusals of this command
  expect(error.reason === "order-unknown").toBe(false);
  expect(error.reason === "external-ref-taken").toBe(true);
});

test("the version told to the server is the package's", () => {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect(JSON.parse(manifest).version).toBe(sdkVersion);
});
