import type { AddressInfo } from "node:net";
import { Selvedge as Client } from "@selvedge/sdk";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import type { Identity } from "../kernel/context.ts";
import { createSelvedge } from "../selvedge.ts";

/* What a stop leaves behind: nothing. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const local: Identity = { tenant: "default", partner: "local", actor: "local", scopes: ["*"] };
const late = { timeout: 20_000 };
const stopMsMax = 10_000;

const connections = async (): Promise<string[]> => {
  const rows = await database.query<{ application_name: string }>(
    `select distinct application_name from pg_stat_activity where datname = current_database()
     and (application_name like 'selvedge%' or application_name ilike '%boss%')
     order by application_name`,
  );
  return rows.map(({ application_name }) => application_name);
};

test("after a stop there is no connection left, whatever was registered", async () => {
  const selvedge = createSelvedge({ databaseUrl: database.url });
  const told: string[] = [];
  selvedge.on({ name: "bus", from: "beginning" }, ({ type }) => void told.push(type));
  await selvedge.start();
  await selvedge.execute("catalogue.registerVariant", { sku: "TEE" }, local);
  await expect.poll(() => told, late).toEqual(["VariantRegistered"]);
  const open = await connections();
  for (const kind of ["command", "query", "refresh", "jobs", "signals", "listener locks"]) {
    expect(open).toContain(`selvedge ${kind}`);
  }
  await selvedge.stop();
  await expect.poll(connections, late).toEqual([]);
});

test("with no role nothing refreshes, health answers, and calls are refused in words", async () => {
  const selvedge = createSelvedge({ databaseUrl: database.url, roles: [] });
  selvedge.on({ name: "quiet", from: "beginning" }, () => expect.unreachable("it is told"));
  await selvedge.start();
  const server = selvedge.handler.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  for (const call of [
    selvedge.execute("catalogue.registerVariant", { sku: "TEE" }, local),
    selvedge.ask("orders.orderTotals", {}, local),
  ]) {
    await expect(call).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(/^This process does not serve the role (command|query)\.$/),
    });
  }
  const open = await connections();
  for (const kind of ["refresh", "jobs", "listeners", "listener locks", "webhooks"]) {
    expect(open).not.toContain(`selvedge ${kind}`);
  }
  server.closeAllConnections();
  server.close();
  await selvedge.stop();
  await expect.poll(connections, late).toEqual([]);
});

/** A server with the tables of a SKU locked by somebody else, and what it takes to unlock it. */
async function locked() {
  const selvedge = createSelvedge({ databaseUrl: database.url });
  await selvedge.start();
  const server = selvedge.handler.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new Client({ baseUrl: origin, retriesMax: 0 });
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  await other.query("begin; lock table selvedge.variant in access exclusive mode");
  const waiting = async () => {
    const rows = await database.query(
      `select from pg_stat_activity where datname = current_database()
       and application_name = 'selvedge command' and wait_event_type = 'Lock'`,
    );
    return rows.length;
  };
  return {
    ...{ selvedge, origin, client, waiting },
    unlock: () => other.query("rollback"),
    end: async () => {
      await other.end();
      server.closeAllConnections();
      server.close();
      await expect.poll(connections, late).toEqual([]);
    },
  };
}

test("what is in flight when it is stopped is finished, and followers are let go", async () => {
  const { selvedge, origin, client, waiting, unlock, end } = await locked();
  const stream = await fetch(`${origin}/feed`);
  const followed = stream.text();
  const answers = Promise.all([
    client.catalogue.registerVariant({ sku: "CAP-HTTP" }),
    selvedge.execute("catalogue.registerVariant", { sku: "CAP-HERE" }, local),
  ]);
  await expect.poll(waiting, late).toBe(2);
  const stopped = selvedge.stop();
  await expect(client.orders.orderTotals({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await unlock();
  const [there, here] = await answers;
  expect([there.data.registered, here.data.registered]).toEqual([true, true]);
  await stopped;
  expect(await followed).toMatch(/^retry: 1000\n/);
  await end();
});

test("what cannot be finished in time is cut off, told so, and not applied", async () => {
  const { selvedge, client, waiting, end } = await locked();
  const failed = { code: "UNAVAILABLE", retryable: true };
  const cut = Promise.all([
    expect(client.catalogue.registerVariant({ sku: "HAT-HTTP" })).rejects.toMatchObject(failed),
    expect(
      selvedge.execute("catalogue.registerVariant", { sku: "HAT-HERE" }, local),
    ).rejects.toMatchObject(failed),
  ]);
  await expect.poll(waiting, late).toBe(2);
  const began = performance.now();
  await Promise.all([selvedge.stop(), cut]);
  expect(performance.now() - began).toBeLessThan(stopMsMax);
  await end();
  expect(await database.query("select from selvedge.variant where sku like 'HAT-%'")).toEqual([]);
});
