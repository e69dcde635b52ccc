import { request } from "node:http";
import { text } from "node:stream/consumers";
import { Selvedge as Client, isSelvedgeError } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { readerViews } from "../kernel/generation.ts";
import type { ReadModel } from "../kernel/read-model.ts";
import { defaultSchemas } from "../kernel/schemas.ts";
import { readModels } from "../router.gen.ts";
import { makeKey } from "./identity.ts";

let it: TestSelvedge;
beforeAll(async () => {
  it = await startSelvedge();
});
afterAll(() => it.stop());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  /** The `data` of the error that was answered. */
  readonly fault: Record<string, unknown>;
}

const json = { "content-type": "application/json" };
const board = "/trpc/orders.orderBoard";

/** Sends what no browser's fetch would: any Host, any Origin, any method. */
function send({ method = "POST", path = board, headers = json, body = "{}" }: Sent = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const sent = request(`${it.baseUrl}${path}`, { method, headers }, async (response) => {
      try {
        const all = await text(response);
        const parsed = /json/.test(response.headers["content-type"] ?? "") ? JSON.parse(all) : {};
        const { statusCode = 0, headers: answered } = response;
        const fault = parsed.error?.data ?? {};
        resolve({ status: statusCode, headers: answered, text: all, fault });
      } catch (error) {
        reject(error);
      }
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

describe("a procedure is called by a JSON POST and in no other way", () => {
  test.each([
    ["a GET", { method: "GET", path: `${board}?input={}`, body: "" }],
    ["a form", { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "a=1" }],
    ["a form with files", { headers: { "content-type": "multipart/form-data; boundary=x" } }],
    ["plain text", { headers: { "content-type": "text/plain" } }],
    ["bytes", { headers: { "content-type": "application/octet-stream" } }],
    ["nothing said", { headers: {} }],
  ])("%s is refused", async (_kind, sent) => {
    const { status, fault } = await send(sent);
    expect([status, fault.code]).toEqual([400, "BAD_INPUT"]);
  });

  test("a batch of calls is refused, so that one request is one call", async () => {
    const { status, fault } = await send({ path: `${board},${board.slice(6)}?batch=1` });
    expect(status).toBe(400);
    expect(fault.code).toBe("BAD_INPUT");
  });

  test.each(["{", "", "\u0000", "[]", "null", "7", '"text"', '{"cursor":{}}'])(
    "the body %j is no input",
    async (body) => {
      const { status, fault } = await send({ body });
      expect([status, fault.code]).toEqual([400, "BAD_INPUT"]);
    },
  );

  test("an unknown procedure and an unknown path are not found", async () => {
    for (const path of ["/trpc/orders.nothing", "/trpc/", "/nothing", "/trpc/__proto__.x"]) {
      const { status, fault } = await send({ path });
      expect([path, status, fault.code]).toEqual([path, 404, "NOT_FOUND"]);
    }
  });
});

describe("who may call", () => {
  const unauthenticated = [401, "UNAUTHENTICATED"];

  test("a caller on this machine, by the machine's own names", async () => {
    for (const host of ["localhost", "127.0.0.1:9", "[::1]:80", "LOCALHOST"]) {
      const { status } = await send({ headers: { ...json, host } });
      expect([host, status]).toEqual([host, 200]);
    }
  });

  test.each([
    ["another name of this machine, as a rebound name has", { host: "evil.example" }],
    ["a name that only begins like ours", { host: "localhost.evil.example" }],
    ["a proxy in front", { "x-forwarded-for": "10.0.0.1" }],
    ["a proxy in front that says so in the new way", { forwarded: "for=10.0.0.1" }],
    ["a page of another site", { origin: "https://evil.example" }],
    ["a page without a site", { origin: "null" }],
    ["a page of another port", { origin: "http://127.0.0.1:1" }],
    ["a picture on a page of another site", { "sec-fetch-site": "cross-site" }],
  ])("%s does not count as local", async (_why, headers) => {
    const { status, fault } = await send({ headers: { ...json, ...headers } });
    expect([status, fault.code]).toEqual(unauthenticated);
    expect(fault.hint).toMatch(/^Send a partner key as .+, or call from the machine itself\.$/);
  });

  test("a page of our own does", async () => {
    const { host } = new URL(it.baseUrl);
    const { status } = await send({ headers: { ...json, host, origin: `http://${host}` } });
    expect(status).toBe(200);
  });

  test.each([
    ["an unknown key", `Bearer ${makeKey().key}`],
    ["half a key", "Bearer slv_abc"],
    ["a key of another kind", "Bearer abc"],
    ["a password", "Basic YTpi"],
  ])("%s is nobody, not even on this machine", async (_kind, authorization) => {
    const { status, fault } = await send({ headers: { ...json, authorization } });
    expect([status, fault.code]).toEqual(unauthenticated);
  });

  test("a valid key is its partner with its scopes, from anywhere; revoked it is nobody", async () => {
    const { key, hash, hint } = makeKey();
    await it.database.query(
      `insert into selvedge.partner_key (tenant, partner, scopes, key_hash, hint)
       values ('default', 'shop', '{orders:read}', $1, $2)`,
      [hash, hint],
    );
    const headers = { ...json, authorization: `Bearer ${key}`, host: "erp.example" };
    expect((await send({ headers })).status).toBe(200);
    const forbidden = await send({ headers, path: "/trpc/stock.allocations" });
    expect([forbidden.status, forbidden.fault.code]).toEqual([403, "FORBIDDEN"]);
    const rows = await it.database.query("select * from selvedge.partner_key");
    expect(rows.length).toBe(1);
    expect(JSON.stringify(rows)).not.toContain(key);

    await it.database.query("update selvedge.partner_key set revoked_at = now()");
    // Each server remembers a key for some seconds; one that has not met it asks.
    const other = await startSelvedge({}, it.database);
    try {
      const client = new Client({ baseUrl: other.baseUrl, apiKey: key });
      const error = await client.orders.orderBoard({}).catch((thrown: unknown) => thrown);
      expect(isSelvedgeError(error) && error.code).toBe("UNAUTHENTICATED");
    } finally {
      await other.stop();
    }
  });
});

describe("what is asked for in headers", () => {
  test.each([
    ["selvedge-on-miss", "maybe", "BAD_INPUT"],
    ["selvedge-max-stale-ms", "-1", "BAD_INPUT"],
    ["selvedge-max-stale-ms", "1e3", "BAD_INPUT"],
    ["selvedge-timeout-ms", "soon", "BAD_INPUT"],
    ["selvedge-at-least", "nonsense", "RECEIPT_REFUSED"],
    ["selvedge-at-least", Array.from({ length: 100 }, () => "r1.1.1").join(), "RECEIPT_REFUSED"],
  ])("%s: %s is refused as %s", async (name, value, code) => {
    const { status, fault } = await send({ headers: { ...json, [name]: value } });
    expect([status, fault.code]).toEqual([400, code]);
  });

  test.each(["", "with blanks", "x".repeat(300)])(
    "a command whose id is %j is refused",
    async (commandId) => {
      const { status, fault } = await send({
        path: "/trpc/catalogue.registerVariant",
        headers: { ...json, "selvedge-command-id": commandId },
        body: JSON.stringify({ sku: "A" }),
      });
      expect([status, fault.code]).toEqual([400, "BAD_INPUT"]);
    },
  );
});

describe("too much", () => {
  test("a body over a megabyte is refused as too large", async () => {
    const { status, fault } = await send({ body: JSON.stringify({ cursor: "x".repeat(1e6) }) });
    expect([status, fault.code]).toEqual([413, "TOO_LARGE"]);
  });

  test("a lawful size of unlawful lines is a small answer", async () => {
    const lines = Array.from({ length: 400_000 }, () => 1);
    const { status, fault, text } = await send({
      path: "/trpc/orders.placeOrder",
      headers: { ...json, "selvedge-command-id": crypto.randomUUID() },
      body: JSON.stringify({ channel: "c", externalRef: "r", lines }),
    });
    expect([status, fault.code]).toEqual([400, "BAD_INPUT"]);
    expect(text.length).toBeLessThan(2_000);
  });

  test.each([
    ["query", board],
    ["command", "/trpc/catalogue.registerVariant"],
  ])(
    "JSON nested as deep as a megabyte allows is refused by a %s, and the process lives",
    async (_kind, path) => {
      const body = `{"cursor":${"[".repeat(450_000)}${"]".repeat(450_000)}}`;
      const headers = { ...json, "selvedge-command-id": crypto.randomUUID() };
      const { status, fault } = await send({ path, headers, body });
      expect([status, fault.code]).toEqual([400, "BAD_INPUT"]);
      expect((await send()).status).toBe(200);
    },
  );
});

test("what breaks inside is INTERNAL with a request id, and says nothing of the inside", async () => {
  const board = readModels.find(({ name }) => name === "order_board") as ReadModel;
  const { rows } = readerViews(board, defaultSchemas);
  await it.database.query(`alter view ${rows} rename to gone`);
  try {
    const { status, fault, text, headers } = await send();
    expect([status, fault.code]).toEqual([500, "INTERNAL"]);
    expect(fault.requestId).toBe(headers["selvedge-request-id"]);
    expect(text).not.toMatch(/gone|order_board|select|relation|stack|\.ts/);
  } finally {
    await it.database.query(`alter view selvedge_read.gone rename to ${rows.split(".")[1]}`);
  }
});

test("answers are neither cached nor sniffed, and do not say what they are made with", async () => {
  for (const path of ["/livez", "/readyz", "/healthz/projections", board, "/nothing"]) {
    const { headers } = await send({ path, ...(path !== board && { method: "GET", body: "" }) });
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers).not.toHaveProperty("x-powered-by");
  }
});
