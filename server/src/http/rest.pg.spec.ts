import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { makeKey } from "./identity.ts";

/* The REST facade as a caller without the SDK meets it: over HTTP, by hand. */

let it: TestSelvedge;
/** Where no refresher will ever make a read model fresh, and no admin is served. */
let lone: TestSelvedge;
beforeAll(async () => {
  [it, lone] = await Promise.all([startSelvedge(), startSelvedge({ roles: ["command", "query"] })]);
  for (const { client } of [it, lone]) {
    await client.catalogue.registerVariant({ sku: "TEE" });
    await client.stock.addBatch({ ref: "PO-1", sku: "TEE", qty: 40 });
  }
});
afterAll(async () => {
  await it.stop();
  await lone.stop();
});

type Json = Record<string, unknown>;
interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly at?: TestSelvedge;
}

async function send(path: string, { method = "GET", headers = {}, body, at = it }: Sent = {}) {
  const response = await fetch(`${at.baseUrl}/v1${path}`, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: body instanceof Buffer ? body : written(body) }),
  });
  const text = await response.text();
  const type = response.headers.get("content-type");
  const json: Json = text === "" ? {} : JSON.parse(text);
  return { status: response.status, headers: response.headers, type, text, json };
}

const written = (body: unknown) => (typeof body === "string" ? body : JSON.stringify(body));
const order = (externalRef: string, sku = "TEE") => ({
  ...{ channel: "shop", externalRef },
  lines: [{ sku, qty: 1 }],
});
const command = (path: string, body: unknown, more: Sent & { key?: string } = {}) => {
  const { key = randomUUID(), headers, ...others } = more;
  const sent = { "idempotency-key": key, ...headers };
  return send(`/commands/${path}`, { method: "POST", body, headers: sent, ...others });
};
const placeOrder = (body: unknown, more: Sent & { key?: string } = {}) =>
  command("orders/placeOrder", body, more);

/** Expects a problem as RFC 9457 has it, small, with a request id. */
function problemOf({ status, type, json, text, headers }: Awaited<ReturnType<typeof send>>) {
  expect(type).toBe("application/problem+json; charset=utf-8");
  const { type: kind, title, detail, requestId, retryable, ...said } = json;
  expect([kind, title, detail, retryable]).toEqual([
    expect.stringMatching(/^urn:selvedge:problem:[a-z-]+(:[a-z-]+)?$/),
    expect.stringMatching(/^[A-Z]/),
    expect.stringMatching(/^[A-Z].*\.$/),
    expect.any(Boolean),
  ]);
  expect(said.status).toBe(status);
  expect(requestId).toBe(headers.get("selvedge-request-id"));
  expect(text.length).toBeLessThan(2_000);
  return said as { status: number; code: string; details?: { issues: { path: string }[] } };
}

describe("a command", () => {
  test("is applied, and answers its data with a receipt", async () => {
    const key = randomUUID();
    const { status, json } = await placeOrder(order("A-1"), { key });
    expect([status, json]).toEqual([
      200,
      {
        data: {
          orderId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          lines: [{ line: 1, allocated: true, batch: "PO-1", lpns: [] }],
        },
        receipt: expect.stringMatching(/^r1\./),
        repeated: false,
        commandId: key,
      },
    ]);
  });

  test("is applied once under its key, quoted or not, and from the SDK too", async () => {
    const key = randomUUID();
    const first = await placeOrder(order("A-2"), { key });
    const again = await placeOrder(order("A-2"), { key: `"${key}"` });
    expect(again.json).toEqual({ ...first.json, repeated: true });
    const commandId = key;
    const sdk = await it.client.orders.placeOrder(order("A-2"), { commandId });
    expect(sdk).toEqual({ ...first.json, repeated: true });
    const rows = await it.database.query(
      "select count(*)::int as n from selvedge.sales_order where external_ref = 'A-2'",
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test("of another body under a key that was used is a problem", async () => {
    const key = randomUUID();
    await placeOrder(order("A-3"), { key });
    const problem = problemOf(await placeOrder(order("A-4"), { key }));
    expect(problem).toMatchObject({ status: 409, code: "COMMAND_ID_REUSED" });
  });

  test.each(["short", "with blanks in it", "x".repeat(101), ""])(
    "whose key is %j is not taken",
    async (key) => {
      const problem = problemOf(await placeOrder(order("A-5"), { key }));
      expect(problem).toMatchObject({ status: 400, code: "BAD_INPUT" });
      expect(problem.details?.issues.map(({ path }) => path)).toEqual(["idempotency-key"]);
    },
  );

  test("without a key is not taken, since nobody could repeat it", async () => {
    const sent = { method: "POST", body: order("A-5") };
    const problem = problemOf(await send("/commands/orders/placeOrder", sent));
    expect(problem).toMatchObject({ status: 400, code: "BAD_INPUT" });
    expect(problem.details?.issues.map(({ path }) => path)).toEqual(["idempotency-key"]);
  });

  test.each([
    ["not-found", 404, "variant-unknown", "orders/placeOrder", order("A-6", "NONE")],
    ["conflict", 409, "external-ref-taken", "orders/placeOrder", order("A-1")],
    [
      ...(["invalid", 422, "grade-unknown", "inbound/announceInbound"] as const),
      { source: "s", ref: "r", kind: "supplier", lines: [{ sku: "TEE", grade: "odd", qty: 1 }] },
    ],
  ])("that is refused as %s is a problem with %i and its reason", async (...row) => {
    const [kind, status, reason, path, body] = row;
    const answer = await command(path, body);
    expect(problemOf(answer)).toMatchObject({ status, code: "REFUSED", reason, kind });
    expect(answer.json.type).toBe(`urn:selvedge:problem:refused:${reason}`);
  });

  test("says what it was decided on in the header that the SDK uses", async () => {
    const seen = { readModel: "sellableAvailability", key: { warehouse: "main", sku: "TEE" } };
    const fact = { ...seen, key: { ...seen.key, grade: "N" }, columns: { available: 4_000 } };
    const basedOn = Buffer.from(JSON.stringify({ facts: [fact] })).toString("base64url");
    const answer = await placeOrder(order("A-7"), { headers: { "selvedge-based-on": basedOn } });
    expect(problemOf(answer)).toMatchObject({ status: 409, reason: "decision-stale" });
  });
});

describe("a query", () => {
  test("shows the command whose receipt it is given", async () => {
    const { json } = await placeOrder(order("Q-1"));
    const headers = { "selvedge-at-least": String(json.receipt), "selvedge-on-miss": "wait" };
    const board = await send("/queries/orders/orderBoard?externalRef=Q-1", { headers });
    expect([board.status, board.type]).toEqual([200, "application/json; charset=utf-8"]);
    expect(board.json).toEqual({
      data: { rows: [expect.objectContaining({ externalRef: "Q-1", units: 1 })], nextCursor: null },
      freshness: {
        asOf: expect.stringMatching(/^\d{4}-/),
        lagMs: expect.any(Number),
        withinPromise: true,
        pending: expect.any(Number),
        includesReceipt: true,
        servedFrom: "readModel",
      },
    });
  });

  test("is as fresh as its headers ask, or a problem", async () => {
    const { json } = await placeOrder(order("Q-2"), { at: lone });
    const atLeast = { "selvedge-at-least": String(json.receipt) };
    const ask = (headers: Record<string, string>) =>
      send("/queries/orders/orderBoard", { at: lone, headers: { ...atLeast, ...headers } });
    const served = await ask({});
    expect(served.json).toMatchObject({
      data: { rows: [] },
      freshness: { includesReceipt: false },
    });
    const live = await ask({ "selvedge-on-miss": "live" });
    expect(live.json).toMatchObject({ freshness: { includesReceipt: true, servedFrom: "live" } });
    for (const headers of [
      { "selvedge-on-miss": "error" },
      { "selvedge-on-miss": "wait", "selvedge-timeout-ms": "50" },
    ]) {
      const problem = problemOf(await ask(headers));
      expect(problem).toMatchObject({ status: 409, code: "NOT_FRESH" });
    }
  });

  test("is paged by its cursor", async () => {
    for (const ref of ["P-1", "P-2", "P-3"]) {
      const { json } = await placeOrder({ ...order(ref), channel: "paged" });
      const headers = { "selvedge-at-least": String(json.receipt), "selvedge-on-miss": "wait" };
      await send("/queries/orders/orderBoard?limit=1", { headers });
    }
    const refs: unknown[] = [];
    let cursor = "";
    for (let page = 0; page < 3; page += 1) {
      const { json } = await send(`/queries/orders/orderBoard?channel=paged&limit=1${cursor}`);
      const { rows, nextCursor } = json.data as { rows: Json[]; nextCursor: string | null };
      refs.push(...rows.map(({ externalRef }) => externalRef));
      cursor = nextCursor === null ? "" : `&cursor=${nextCursor}`;
      expect(nextCursor === null).toBe(page === 2);
    }
    expect(refs.toSorted()).toEqual(["P-1", "P-2", "P-3"]);
  });

  test("takes lists by repetition and objects as JSON", async () => {
    const both = await send("/queries/orders/orderBoard?externalRef=P-1&externalRef=P-3");
    expect((both.json.data as { rows: Json[] }).rows).toHaveLength(2);
    const aggregate = encodeURIComponent(JSON.stringify({ kind: "Variant", id: "TEE" }));
    const events = await send(`/queries/journal/events?limit=5&aggregate=${aggregate}`);
    expect((events.json.data as { events: Json[] }).events).toHaveLength(1);
  });

  test("is a POST where its input does not fit into an address", async () => {
    const externalRef = Array.from({ length: 100 }, (_, i) => `${"x".repeat(90)}-${i}`);
    const { status, json } = await send("/queries/orders/orderBoard", {
      method: "POST",
      body: { externalRef: ["P-2", ...externalRef.slice(1)] },
    });
    expect([status, (json.data as { rows: Json[] }).rows.length]).toEqual([200, 1]);
  });

  test("is asked for its head alone", async () => {
    const { status, text } = await send("/queries/orders/orderTotals", { method: "HEAD" });
    expect([status, text]).toEqual([200, ""]);
  });
});

describe("what is not a request of ours is a problem", () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    placeOrder(body, { headers });

  test.each<[string, number, string, () => ReturnType<typeof send>]>([
    ["no JSON", 400, "BAD_INPUT", () => post("{")],
    ["half a JSON", 400, "BAD_INPUT", () => post('{"channel":"shop"')],
    ["a list", 400, "BAD_INPUT", () => post([])],
    ["a text", 400, "BAD_INPUT", () => post('"text"')],
    ["nothing", 400, "BAD_INPUT", () => post("")],
    ["a field that nobody knows", 400, "BAD_INPUT", () => post({ ...order("B-1"), more: 1 })],
    ["a form", 415, "BAD_INPUT", () => post("a=1", { "content-type": "text/plain" })],
    ["zipped", 415, "BAD_INPUT", () => post(gzipSync("{}"), { "content-encoding": "gzip" })],
    ["over a megabyte", 413, "TOO_LARGE", () => post({ channel: "x".repeat(1e6) })],
    [
      "nested as deep as a megabyte allows",
      ...([400, "BAD_INPUT"] as const),
      () => post(`{"channel":${"[".repeat(450_000)}${"]".repeat(450_000)}}`),
    ],
    [
      "a parameter that nobody knows",
      400,
      "BAD_INPUT",
      () => send("/queries/orders/orderBoard?a=1"),
    ],
    ["a prototype", 400, "BAD_INPUT", () => send("/queries/orders/orderBoard?__proto__=1")],
    ["no number", 400, "BAD_INPUT", () => send("/queries/orders/orderBoard?limit=many")],
    ["a strange cursor", 400, "BAD_INPUT", () => send("/queries/orders/orderBoard?cursor=x")],
    [
      "an address beside a body",
      ...([400, "BAD_INPUT"] as const),
      () => send("/queries/orders/orderBoard?limit=1", { method: "POST", body: {} }),
    ],
    [
      "a strange receipt",
      ...([400, "RECEIPT_REFUSED"] as const),
      () => send("/queries/orders/orderTotals", { headers: { "selvedge-at-least": "r1" } }),
    ],
    [
      "a header out of bounds",
      ...([400, "BAD_INPUT"] as const),
      () => send("/queries/orders/orderTotals", { headers: { "selvedge-max-stale-ms": "-1" } }),
    ],
    ["an unknown command", 404, "NOT_FOUND", () => command("orders/nothing", {})],
    ["an operation", 404, "NOT_FOUND", () => send("/queries/operations/lag")],
    ["a query as a command", 404, "NOT_FOUND", () => command("orders/orderBoard", {})],
    ["another path", 404, "NOT_FOUND", () => send("/")],
    ["a broken path", 404, "NOT_FOUND", () => send("/queries/%E0%A4%A/x")],
  ])("%s: %i", async (_what, status, code, call) => {
    expect(problemOf(await call())).toMatchObject({ status, code });
  });

  test.each([
    ["/commands/orders/placeOrder", "GET", "POST"],
    ["/commands/orders/placeOrder", "PUT", "POST"],
    ["/queries/orders/orderBoard", "DELETE", "GET, HEAD, POST"],
  ])("%s by %s: 405, and which methods there are", async (path, method, allow) => {
    const answer = await send(path, { method });
    expect(problemOf(answer)).toMatchObject({ status: 405, code: "BAD_INPUT" });
    expect(answer.headers.get("allow")).toBe(allow);
  });

  test("none of it left anything behind", async () => {
    const rows = await it.database.query(
      "select external_ref from selvedge.sales_order where external_ref ~ '^(A-[4-7]|B-)'",
    );
    expect(rows).toEqual([]);
  });
});

describe("who may call", () => {
  const path = "/queries/orders/orderTotals";

  test("nobody is asked to say who they are", async () => {
    const { key } = makeKey();
    for (const headers of [
      { authorization: `Bearer ${key}` },
      { origin: "https://evil.example" },
      // A picture on a page of another site, as browsers ask for it.
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
    ]) {
      const answer = await send(path, { headers });
      expect(problemOf(answer)).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  test("a partner's key may do what its scopes say", async () => {
    const { key, hash, hint } = makeKey();
    await it.database.query(
      `insert into selvedge.partner_key (tenant, partner, scopes, key_hash, hint)
       values ('default', 'shop', '{orders:read}', $1, $2)`,
      [hash, hint],
    );
    const headers = { authorization: `Bearer ${key}` };
    expect((await send(path, { headers })).status).toBe(200);
    const problem = problemOf(await placeOrder("{ not even read", { headers }));
    expect(problem).toMatchObject({ status: 403, code: "FORBIDDEN" });
  });
});

test("a process that does not do this says when to try again", async () => {
  const reader = await startSelvedge({ roles: ["query"] }, lone.database);
  try {
    const answer = await placeOrder(order("U-1"), { at: reader });
    expect(problemOf(answer)).toMatchObject({ status: 503, code: "UNAVAILABLE" });
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer.json.retryable).toBe(true);
  } finally {
    await reader.stop();
  }
});
