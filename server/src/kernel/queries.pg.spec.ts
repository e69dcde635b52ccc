import { randomUUID } from "node:crypto";
import { Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { currentOf } from "../../../test/harness/generations.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { queryLogin } from "./migrate.ts";
import { defaultSchemas } from "./schemas.ts";

let it: TestSelvedge;
beforeAll(async () => {
  it = await startSelvedge();
  await it.client.catalogue.registerVariant({ sku: "TEE" });
  await it.client.stock.addBatch({ ref: "tees", sku: "TEE", qty: 100 });
});
afterAll(() => it.stop());

const place = (client: Selvedge) =>
  client.orders.placeOrder({
    channel: "shop",
    externalRef: randomUUID(),
    lines: [{ sku: "TEE", qty: 1 }],
  });

const plain = () => new Selvedge({ baseUrl: it.baseUrl, consistency: "none", retriesMax: 0 });

describe("a query that is given a receipt", () => {
  test("shows the write, each of fifty times", async () => {
    const client = plain();
    for (let i = 0; i < 50; i += 1) {
      const { data, receipt } = await place(client);
      const answer = await client.orders.orderBoard(
        { orderId: data.orderId },
        { atLeast: receipt, onMiss: "wait" },
      );
      expect(answer.data.rows.map(({ orderId }) => orderId)).toEqual([data.orderId]);
      expect(answer.freshness.includesReceipt).toBe(true);
    }
  });

  test("of another process shows that write too", async () => {
    const { data, receipt } = await place(plain());
    const other = new Selvedge({ baseUrl: it.baseUrl });
    const answer = await other.stock.allocations({ orderId: data.orderId }, { atLeast: receipt });
    expect(answer.data.rows.map(({ state }) => state)).toEqual(["allocated"]);
  });

  test("says whether it shows the write where the caller would rather not wait", async () => {
    const client = plain();
    const { data, receipt } = await place(client);
    const { freshness, ...answer } = await client.orders.orderBoard(
      { orderId: data.orderId },
      { atLeast: receipt, onMiss: "serve" },
    );
    expect(answer.data.rows.length).toBe(freshness.includesReceipt ? 1 : 0);
  });

  test("does not wait for a read model that the write does not touch", async () => {
    const client = plain();
    const { receipt } = await client.catalogue.registerVariant({ sku: randomUUID() });
    const { freshness } = await client.orders.orderBoard({ limit: 1 }, { atLeast: receipt });
    expect(freshness.includesReceipt).toBe(true);
  });

  test.each([
    ["garbage", "r1.zz.1"],
    ["another database's", "r1.000000000000.1"],
    ["an injection", "r1.000000000000.1'--"],
  ])("that is %s refuses it at once", async (_, receipt) => {
    const refused = plain().orders.orderBoard({}, { atLeast: receipt, onMiss: "wait" });
    await expect(refused).rejects.toMatchObject({ code: "RECEIPT_REFUSED", retryable: false });
  });

  test("that is of the future refuses it at once", async () => {
    const { receipt } = await place(plain());
    const future = receipt.replace(/\d+$/, (xid) => String(BigInt(xid) + 1_000_000n));
    const refused = plain().orders.orderBoard({}, { atLeast: future, onMiss: "wait" });
    await expect(refused).rejects.toMatchObject({ code: "RECEIPT_REFUSED", retryable: false });
  });
});

describe("what a query may touch", () => {
  let role: pg.Client;
  beforeAll(async () => {
    role = new pg.Client(queryLogin(it.database.url, defaultSchemas));
    await role.connect();
  });
  afterAll(() => role.end());

  test("read models, yes", async () => {
    const { rows } = await role.query("select count(*)::int as n from selvedge_read.order_board");
    expect(rows[0].n).toBeGreaterThan(0);
  });

  test.each([
    ["read the write side", "select * from selvedge.journal"],
    ["read the stale keys", "select * from selvedge.stale_order_board_2"],
    ["read the keys of partners", "select * from selvedge.partner_key"],
    ["read the job queue", "select * from selvedge_jobs.job"],
    ["change a read model", "delete from selvedge_read.order_board"],
    ["refresh one", "refresh materialized view <throughput>"],
    ["make a table", "create table selvedge_read.mine (a int)"],
    ["make one elsewhere", "create table public.mine (a int)"],
  ])("but it may not %s, even with read-only switched off", async (_, statement) => {
    await role.query("set default_transaction_read_only = off");
    const { rows } = (await currentOf(it.database, "throughput")).parts;
    await expect(role.query(statement.replace("<throughput>", rows))).rejects.toMatchObject({
      code: "42501",
    });
  });
});

describe("pages", () => {
  test("show every row exactly once, in the order of the key", async () => {
    const skus = Array.from({ length: 23 }, (_, i) => `PAGE-${String(i).padStart(2, "0")}`);
    for (const sku of skus) {
      await it.client.catalogue.registerVariant({ sku });
      await it.client.stock.addBatch({ ref: sku, sku, qty: 1 });
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { data } = await it.client.stock.sellableAvailability({
        sku: skus,
        limit: 5,
        ...(cursor !== undefined && { cursor }),
      });
      expect(data.rows.length).toBeLessThanOrEqual(5);
      seen.push(...data.rows.map(({ sku }) => sku));
      cursor = data.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(skus);
  });

  test.each(["x", "bm90IGpzb24", "W10", "WzEsMiwzXQ", "e30"])(
    "are not cut by a made-up cursor %s",
    async (cursor) => {
      const refused = it.client.stock.sellableAvailability({ cursor });
      await expect(refused).rejects.toMatchObject({ code: "BAD_INPUT" });
    },
  );
});

describe("while no refresher runs", () => {
  let lone: TestSelvedge;
  beforeAll(async () => {
    lone = await startSelvedge({ roles: ["command", "query"] });
    await lone.client.catalogue.registerVariant({ sku: "TEE" });
  });
  afterAll(() => lone.stop());

  test("lag is unknown, never zero", async () => {
    const { freshness } = await lone.client.orders.orderBoard({}, { onMiss: "serve" });
    expect(freshness).toMatchObject({ lagMs: null, pending: 0 });
  });

  test("waiting ends at the deadline with the freshness that there is", async () => {
    const client = new Selvedge({ baseUrl: lone.baseUrl, retriesMax: 0 });
    const { receipt } = await place(client);
    const waited = client.orders.orderBoard({}, { atLeast: receipt, timeoutMs: 300 });
    await expect(waited).rejects.toMatchObject({ retryable: true });
  });
});
