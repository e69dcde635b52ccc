import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import type { Identity } from "../kernel/context.ts";
import { createSelvedge, type Selvedge } from "../selvedge.ts";

/* A database that is not there when the host starts. */

const local: Identity = { tenant: "default", partner: "local", actor: "local", scopes: ["*"] };
const late = { timeout: 20_000 };

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** The way to the database, which may be closed. */
let way: { server: Server; isOpen: boolean };
let url: string;
beforeEach(async () => {
  const { hostname, port } = new URL(database.url);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (!way.isOpen) return void socket.destroy();
    const onward = connect(Number(port), hostname);
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
      one.pipe(other);
    }
  });
  server.once("close", () => {
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  way = { server, isOpen: false };
  url = Object.assign(new URL(database.url), {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
  }).href;
});

let selvedge: Selvedge;
let host: ReturnType<Selvedge["handler"]["listen"]>;
const listen = async () => {
  host = selvedge.handler.listen(0, "127.0.0.1");
  await new Promise((resolve) => host.once("listening", resolve));
  return `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
};
afterEach(async () => {
  host?.closeAllConnections();
  host?.close();
  await selvedge.stop();
  way.server.close();
});

test("a start throws unless told otherwise, leaves nothing open, and may be asked again", async () => {
  selvedge = createSelvedge({ databaseUrl: url });
  const origin = await listen();
  await expect(selvedge.start()).rejects.toThrow();
  expect(selvedge.state).toMatchObject({
    status: "idle",
    reason: expect.stringMatching(/^The database cannot be reached just now/),
  });
  const readyz = await fetch(`${origin}/readyz`);
  expect([readyz.status, await readyz.json()]).toEqual([
    503,
    { status: "unavailable", state: "idle", reason: selvedge.state.reason },
  ]);
  way.isOpen = true;
  await selvedge.start();
  expect(selvedge.state).toEqual({ status: "running", reason: undefined });
});

describe("a start that degrades", () => {
  test("resolves, says why, refuses what is asked, and starts when it can", async () => {
    selvedge = createSelvedge({ databaseUrl: url, onStartFailure: "degrade" });
    const origin = await listen();
    await selvedge.start();
    // Each attempt has its own reason, of one kind.
    const away = expect.stringMatching(/^The database cannot be reached just now( \(\w+\))?\.$/);
    expect(selvedge.state).toEqual({ status: "degraded", reason: away });

    for (const path of ["/readyz", "/healthz/projections", "/healthz/listeners"]) {
      const answer = await fetch(`${origin}${path}`);
      expect([path, answer.status, await answer.json()]).toEqual([
        ...[path, 503, { status: "unavailable", state: "degraded", reason: away }],
      ]);
    }
    expect((await fetch(`${origin}/livez`)).status).toBe(200);
    for (const path of ["/trpc/orders.placeOrder", "/bulk", "/feed", "/admin/", "/openapi.json"]) {
      const answer = await fetch(`${origin}${path}`);
      const { error } = (await answer.json()) as { error: { data: { code: string } } };
      const retryAfter = answer.headers.get("retry-after");
      expect([path, answer.status, error.data.code, retryAfter]).toEqual([
        ...[path, 503, "UNAVAILABLE", "5"],
      ]);
    }
    const problem = await fetch(`${origin}/v1/queries/orders/orderTotals`);
    expect(problem.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(await problem.json()).toMatchObject({ status: 503, code: "UNAVAILABLE" });
    await expect(selvedge.ask("orders.orderTotals", {}, local)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("(degraded): The database cannot be reached"),
    });

    way.isOpen = true;
    await expect.poll(() => selvedge.state.status, late).toBe("running");
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
    await selvedge.ask("orders.orderTotals", {}, local, { deadlineMs: 5_000 });
  });

  test("is ended by a stop, and begins anew with a start", async () => {
    selvedge = createSelvedge({ databaseUrl: url, onStartFailure: "degrade" });
    await selvedge.start();
    await selvedge.stop();
    expect(selvedge.state).toEqual({ status: "stopped", reason: undefined });
    way.isOpen = true;
    await selvedge.start();
    expect(selvedge.state.status).toBe("running");
  });
});

test("what is not up to date is said by name, to whoever asks for health too", async () => {
  const { pathname } = new URL(database.url);
  selvedge = createSelvedge({
    databaseUrl: database.url,
    migrate: "check",
    schemas: { write: "elsewhere" },
    onStartFailure: "degrade",
  });
  await selvedge.start();
  const { reason } = selvedge.state;
  expect(reason).toMatch(/^The database is not up to date \(0001-write-side, .*run the migration/s);
  expect(reason).not.toContain(pathname.slice(1));
});
