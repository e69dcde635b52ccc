import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Selvedge as Client } from "@selvedge/sdk";
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import { createSelvedge, type Selvedge } from "../selvedge.ts";

/* Inside a host's Express app, below a path, behind the host's own idea of who is calling. */

let database: TestDatabase;
let selvedge: Selvedge;
let server: Server;
let origin: string;
beforeAll(async () => {
  database = await createDatabase();
  selvedge = createSelvedge({
    databaseUrl: database.url,
    authenticate: ({ headers }) => {
      const user = headers["x-erp-user"];
      if (typeof user !== "string") return undefined;
      return { tenant: "default", partner: "erp", actor: user, scopes: ["catalogue:*"] };
    },
  });
  const app = express();
  app.use(express.json());
  app.use("/selvedge", selvedge.handler);
  app.get("/own", (_req, res) => void res.send("the host's own"));
  server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await selvedge.stop();
  await database.drop();
});

const client = (headers: Record<string, string>) =>
  new Client({
    baseUrl: `${origin}/selvedge`,
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init?.headers, ...headers } }),
  });
const variant = { sku: "TEE-RED-M" };

test("before it is started it says that it is not running, and the host runs on", async () => {
  expect((await fetch(`${origin}/selvedge/readyz`)).status).toBe(503);
  expect(await (await fetch(`${origin}/own`)).text()).toBe("the host's own");
  const response = await fetch(`${origin}/selvedge/trpc/operations.lag`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  const { error } = (await response.json()) as { error: { data: { code: string } } };
  expect([response.status, error.data.code]).toEqual([503, "UNAVAILABLE"]);
  await selvedge.start();
  expect((await fetch(`${origin}/selvedge/readyz`)).status).toBe(200);
});

test("the host says who is calling, and the journal keeps it", async () => {
  await client({ "x-erp-user": "maria" }).catalogue.registerVariant(variant);
  const rows = await database.query("select partner, actor from selvedge.journal");
  expect(rows).toEqual([{ partner: "erp", actor: "maria" }]);
});

test("whom the host does not know is nobody, on this machine too, and is told so", async () => {
  const nobody = client({});
  const told = {
    code: "UNAUTHENTICATED",
    hint: expect.stringMatching(/^Send a partner key as .+ somebody whom the host knows\.$/),
  };
  await expect(nobody.catalogue.registerVariant(variant)).rejects.toMatchObject(told);
  const command = { command: "catalogue.registerVariant", input: variant } as const;
  const { value } = await nobody.bulk([command]).next();
  expect(value).toMatchObject({ outcome: "failed", error: told });
});

test("what the host does not grant is forbidden", async () => {
  await expect(client({ "x-erp-user": "maria" }).orders.orderTotals({})).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
});

test("the REST facade takes the body that the host has read, and the document says where", async () => {
  const response = await fetch(`${origin}/selvedge/v1/commands/catalogue/registerVariant`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "idempotency-key": "0199c0de-0000",
      "x-erp-user": "maria",
    },
    body: JSON.stringify({ sku: "CAP" }),
  });
  expect([response.status, await response.json()]).toMatchObject([
    200,
    { data: { sku: "CAP", registered: true }, repeated: false },
  ]);
  const document = await fetch(`${origin}/selvedge/openapi.json`);
  expect(await document.json()).toMatchObject({
    openapi: "3.1.0",
    servers: [{ url: "/selvedge" }],
  });
});

test("the page is below the host's path, with and without its slash", async () => {
  const response = await fetch(`${origin}/selvedge/admin`, { redirect: "manual" });
  expect([response.status, response.headers.get("location")]).toEqual([308, "admin/"]);
});
