import { randomUUID } from "node:crypto";
import { Selvedge as Client, type SelvedgeError } from "@selvedge/sdk";
import pg from "pg";
import sql, { raw, type Sql } from "sql-template-tag";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ReplicatedSelvedge, startReplicated } from "../../../test/harness/replicated.ts";
import { readModels } from "../router.gen.ts";
import { loadGenerations } from "./generation.ts";
import { readerStatements } from "./read-model-ddl.ts";
import { ReadScope } from "./read-scope.ts";
import { defaultSchemas } from "./schemas.ts";

/*
 * Commands go to a primary, queries to a standby that streams from it, and whose replay is held
 * back or stopped as each test needs it.
 */

let it: ReplicatedSelvedge;
let { primary, standby, database } = {} as ReplicatedSelvedge;

beforeAll(async () => {
  it = await startReplicated();
  ({ primary, standby, database } = it);
  await it.client.catalogue.registerVariant({ sku: "TEE" });
  await it.client.stock.addBatch({ ref: "tees", sku: "TEE", qty: 10_000 });
  await it.client.stock.sellableAvailability({});
});
afterEach(() => standby.resume());
afterAll(() => it.stop());

const plain = () => new Client({ baseUrl: it.baseUrl, consistency: "none", retriesMax: 0 });

const place = (client = plain()) =>
  client.orders.placeOrder({
    channel: "shop",
    externalRef: randomUUID(),
    lines: [{ sku: "TEE", qty: 1 }],
  });

/** Waits until the primary's own read model shows an order. */
const refreshedOnPrimary = (orderId: string) =>
  expect
    .poll(() =>
      database.query("select from selvedge_read.order_board where order_id = $1", [orderId]),
    )
    .toHaveLength(1);

/** Lets readers see a read model's rows, or its defining query as while there are no rows yet. */
async function pointReaders(name: string, how: "rows" | "live"): Promise<void> {
  const client = await it.connectToPrimary();
  for (const generation of await loadGenerations(client, defaultSchemas, `name = '${name}'`)) {
    for (const statement of readerStatements(generation, generation, defaultSchemas, how)) {
      await client.query(statement);
    }
  }
  await client.end();
}

describe("a query that is given a receipt", () => {
  test("waits for the replay and shows the write, each of fifty times", async () => {
    await standby.set("recovery_min_apply_delay", "40ms");
    const client = plain();
    const others = new AbortController();
    const noise = until(others.signal, () => place());
    for (let i = 0; i < 50; i += 1) {
      const { data, receipt } = await place(client);
      const wanted = { orderId: data.orderId };
      const now = await client.orders.orderBoard(wanted, { atLeast: receipt, onMiss: "serve" });
      expect(now.data.rows.length).toBe(now.freshness.includesReceipt ? 1 : 0);
      const then = await client.orders.orderBoard(wanted, { atLeast: receipt, timeoutMs: 5_000 });
      expect(then.data.rows.map(({ orderId }) => orderId)).toEqual([data.orderId]);
      expect(then.freshness.includesReceipt).toBe(true);
    }
    others.abort();
    await noise;
    await standby.set("recovery_min_apply_delay", "0");
    await standby.caughtUp();
  });

  test("says that it does not show a write that has not reached the replica", async () => {
    await standby.pause();
    const { data, receipt } = await place();
    await refreshedOnPrimary(data.orderId);
    const wanted = { orderId: data.orderId };
    const now = await plain().orders.orderBoard(wanted, { atLeast: receipt, onMiss: "serve" });
    expect(now.data.rows).toEqual([]);
    expect(now.freshness.includesReceipt).toBe(false);

    const waiting = plain().orders.orderBoard(wanted, { atLeast: receipt, timeoutMs: 5_000 });
    await standby.resume();
    const then = await waiting;
    expect(then.data.rows.map(({ orderId }) => orderId)).toEqual([data.orderId]);
    expect(then.freshness.includesReceipt).toBe(true);
  });

  test.each([
    ["HALF", "rows"],
    ["LIVE", "live"],
  ] as const)(
    "does not take %s for shown, of %s, whose commit alone is missing",
    async (sku, how) => {
      await pointReaders("sellable_availability", how);
      const writer = await it.connectToPrimary();
      await writer.query("begin; set local search_path = selvedge");
      const { rows } = await writer.query<{ xid: string }>(
        `insert into batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
       values ('default', $1, 'main', $1, 'N', 3, 0, now())
       returning pg_current_xact_id()::text as xid`,
        [sku],
      );
      await place();
      await standby.caughtUp();
      await standby.pause();
      await writer.query("commit");
      await writer.end();

      const atLeast = await it.receiptOf(rows[0]?.xid ?? "");
      const ask = (client: Client, onMiss: "serve" | "wait" | "patch" | "live") =>
        client.stock.sellableAvailability({ sku }, { atLeast, onMiss });
      const now = await ask(plain(), "serve");
      expect([now.data.rows, now.freshness.includesReceipt]).toEqual([[], false]);
      for (const onMiss of ["wait", "patch", "live"] as const) {
        await expect(ask(it.hasty(), onMiss)).rejects.toMatchObject({ code: "NOT_FRESH" });
      }
      await standby.resume();
      for (const onMiss of ["live", "patch", "wait"] as const) {
        const then = await ask(plain(), onMiss);
        expect(then.data.rows.map(({ onHand }) => onHand)).toEqual([3]);
        expect(then.freshness.includesReceipt).toBe(true);
      }
      await pointReaders("sellable_availability", "rows");
    },
  );

  test("needs no refresh for a write that it does not show, though an older one is open", async () => {
    const older = await it.connectToPrimary();
    await older.query("begin; select pg_current_xact_id()");
    const { receipt } = await it.client.catalogue.registerVariant({ sku: randomUUID() });
    await standby.caughtUp();
    for (const onMiss of ["error", "serve", "wait"] as const) {
      const { freshness } = await plain().orders.orderBoard({}, { atLeast: receipt, onMiss });
      expect(freshness.includesReceipt).toBe(true);
    }
    await older.query("rollback");
    await older.end();
  });

  test("ends with NOT_FRESH at its deadline while nothing is replayed", async () => {
    await standby.pause();
    const { receipt } = await place();
    const asked = performance.now();
    const waited = it.hasty().orders.orderBoard({}, { atLeast: receipt });
    const error: SelvedgeError = await waited.then(
      () => expect.fail(),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: "NOT_FRESH", retryable: true });
    expect(error.details).toMatchObject({ freshness: { includesReceipt: false } });
    expect(performance.now() - asked).toBeLessThan(4_000);
  });

  test.each(["running", "paused"])(
    "refuses what the primary never gave out, with replay %s",
    async (replay) => {
      if (replay === "paused") await standby.pause();
      const { receipt } = await place();
      const future = receipt.replace(/\d+$/, (xid) => String(BigInt(xid) + 1_000_000n));
      for (const atLeast of ["r1.zz.1", "r1.000000000000.1", "r1.000000000000.1'--", future]) {
        const refused = plain().orders.orderBoard({}, { atLeast, onMiss: "wait" });
        await expect(refused).rejects.toMatchObject({ code: "RECEIPT_REFUSED", retryable: false });
      }
    },
  );
});

test("rows come in the order of the writes when replay goes on", async () => {
  await standby.pause();
  const placed: string[] = [];
  for (let i = 0; i < 20; i += 1) placed.push((await place()).data.orderId);
  await refreshedOnPrimary(placed.at(-1) ?? "");
  const resuming = standby.resume();
  const seen: { count: number; asOf: string }[] = [];
  do {
    const { data, freshness } = await plain().orders.orderBoard({ orderId: placed });
    const ids = new Set(data.rows.map(({ orderId }) => orderId));
    expect(placed.filter((id) => ids.has(id))).toEqual(placed.slice(0, ids.size));
    seen.push({ count: ids.size, asOf: freshness.asOf ?? "" });
  } while (seen.at(-1)?.count !== placed.length);
  await resuming;
  expect(seen.toSorted((a, b) => a.count - b.count || (a.asOf < b.asOf ? -1 : 1))).toEqual(seen);
});

describe("lag", () => {
  const ageMs = async (commandId: string) => {
    const [row] = await database.query<{ age: number }>(
      `select extract(epoch from clock_timestamp() - at)::float8 * 1000 as age
       from selvedge.command_log where command_id = $1`,
      [commandId],
    );
    return row?.age ?? Number.NaN;
  };

  test("counts what the replica does not know of yet", async () => {
    await standby.pause();
    const { commandId } = await place();
    for (let i = 0; i < 10; i += 1) {
      const atLeastMs = await ageMs(commandId);
      const { freshness } = await plain().orders.orderBoard({}, { onMiss: "serve" });
      expect(freshness.pending).toBe(0);
      expect(freshness.lagMs).toBeGreaterThanOrEqual(atLeastMs);
    }
  });

  test("of rows that are computed as asked is not zero: they show what the replica knows", async () => {
    await standby.pause();
    const { commandId } = await place();
    const atLeastMs = await ageMs(commandId);
    const live = { onMiss: "live", maxStaleMs: 0 } as const;
    const error: SelvedgeError = await it
      .hasty()
      .orders.orderBoard({}, live)
      .then(
        () => expect.fail(),
        (thrown) => thrown,
      );
    expect(error).toMatchObject({ code: "NOT_FRESH" });
    const { freshness } = await plain().orders.orderBoard({}, { ...live, maxStaleMs: 5_000 });
    expect(freshness.lagMs).toBeGreaterThanOrEqual(atLeastMs);
  });

  test("falls when replay goes on, and a query that asks for little of it waits for that", async () => {
    await standby.pause();
    await place();
    await expect
      .poll(async () => (await plain().orders.orderBoard({}, { onMiss: "serve" })).freshness.lagMs)
      .toBeGreaterThan(1_000);
    const stale = it.hasty().orders.orderBoard({}, { maxStaleMs: 1_000 });
    await expect(stale).rejects.toMatchObject({ code: "NOT_FRESH" });
    const waiting = plain().orders.orderBoard({}, { maxStaleMs: 1_000, timeoutMs: 5_000 });
    await standby.resume();
    expect((await waiting).freshness.lagMs).toBeLessThanOrEqual(1_000);
  });
});

describe("a query that is in the way of the replay", () => {
  beforeAll(() => standby.set("max_standby_streaming_delay", "0"));
  afterAll(() => standby.set("max_standby_streaming_delay", "30s"));

  const [model] = readModels.filter(({ name }) => name === "sellable_availability");
  const read = async (query: (from: Sql) => Sql) => {
    if (!it.selvedge.engine || !model) throw new Error("There is nothing to read from.");
    const identity = { tenant: "default", partner: "spec", actor: "spec", scopes: ["*"] };
    const contract = { atLeast: [], maxStaleMs: undefined, deadlineMs: 5_000 } as const;
    const scope = new ReadScope(it.selvedge.engine, identity, { ...contract, onMiss: "serve" });
    return scope.read<{ n: number }>([model], query(scope.from(model)));
  };
  const lockAndSet = async (onHand: number) => {
    const { name } = model ?? {};
    const locker = await it.connectToPrimary();
    await locker.query(
      `begin; lock table selvedge_read.${name} in access exclusive mode;
       update selvedge_read.${name} set on_hand = ${onHand} where sku = 'TEE'; commit`,
    );
    await locker.end();
  };
  const sleeping = () => standby.query(`select from pg_stat_activity where wait_event = 'PgSleep'`);
  const sleepsWhile = (condition: string) => (from: Sql) =>
    sql`select count(*)::int as n from (select ${raw(`case when ${condition}
      then pg_sleep(20) end`)} from ${from} where sku = 'TEE' offset 0) as slow`;

  // Whatever else is replayed, such as what was vacuumed, may cancel it a second time.
  test("is run again", { retry: 4 }, async () => {
    await lockAndSet(1);
    await standby.caughtUp();
    const answer = read(sleepsWhile("on_hand = 1"));
    await expect.poll(sleeping).toHaveLength(1);
    await lockAndSet(2);
    expect(await answer).toEqual([{ n: 1 }]);
  });

  test("is answered UNAVAILABLE the second time", async () => {
    const answer = read(sleepsWhile("on_hand >= 0")).then(
      () => expect.fail(),
      (thrown) => thrown,
    );
    let answered = false;
    void answer.then(() => {
      answered = true;
    });
    for (let onHand = 3; !answered; onHand += 1) {
      await expect.poll(async () => answered || (await sleeping()).length === 1).toBe(true);
      await lockAndSet(onHand);
      await standby.caughtUp();
    }
    expect(await answer).toMatchObject({ code: "UNAVAILABLE", cause: { code: "40001" } });
  });

  test("is answered UNAVAILABLE where the replica lacks what it reads", async () => {
    const answer = read(() => sql`select 1 as n from selvedge_read.not_there_yet`);
    await expect(answer).rejects.toMatchObject({ code: "UNAVAILABLE", cause: { code: "42P01" } });
  });
});

describe("a standby", () => {
  const asked = (text: string) =>
    standby.query<{ is: string }>(text).then(
      ([row]) => String(row?.is),
      ({ code }: pg.DatabaseError) => code,
    );

  test.each([
    ["says so of itself", "select pg_is_in_recovery() as is", "true"],
    ["takes a snapshot", "select pg_current_snapshot() is not null as is", "true"],
    ["gives no transaction ids", "select pg_current_xact_id() as is", "25006"],
    ["locks no rows", "select name as is from selvedge.refresh_group for update", "25006"],
    ["makes no temporary tables", "create temp table t (a int)", "25006"],
    ["does not listen", "listen anything", "25006"],
    ["does not notify", "notify anything", "25006"],
    ["is not serializable", "begin isolation level serializable", "0A000"],
    ["gives out advisory locks of its own", "select pg_try_advisory_lock(1) as is", "true"],
    ["refreshes nothing", "refresh materialized view selvedge_read.throughput", "25006"],
  ])("%s", async (_, text, answer) => {
    const client = await asked(text);
    expect(client).toBe(answer);
  });

  test("lets in a login of the host's own, to read models and nothing else", async () => {
    await database.query("create role reports login password 'r' in role selvedge_query");
    await standby.caughtUp();
    const url = new URL(standby.urlOf(primary.url));
    url.username = "reports";
    url.password = "r";
    const client = new pg.Client(url.href);
    await client.connect();
    const { rowCount } = await client.query("select from selvedge_read.order_board limit 1");
    expect(rowCount).toBe(1);
    const writeSide = client.query("select from selvedge.journal");
    await expect(writeSide).rejects.toMatchObject({ code: "42501" });
    await client.end();
  });

  test("keeps prepared statements and plans by name", async () => {
    const client = new pg.Client(standby.urlOf(primary.url));
    await client.connect();
    const ask = async (sku: string) => {
      const text = "select sku from selvedge.variant where sku = $1";
      return (await client.query({ name: "by-sku", text, values: [sku] })).rows;
    };
    expect([await ask("TEE"), await ask("none")]).toEqual([[{ sku: "TEE" }], []]);
    const { rows } = await client.query("select name from pg_prepared_statements");
    expect(rows).toEqual([{ name: "by-sku" }]);
    await client.end();
  });

  test("does not name the transactions in progress in its own snapshot, but in a stored one", async () => {
    const open = await it.connectToPrimary();
    const { rows } = await open
      .query<{ xid: string }>(
        `begin; insert into selvedge.refresher (id, host, pid) values (gen_random_uuid(), 'h', 1)`,
      )
      .then(() => open.query("select pg_current_xact_id()::text as xid"));
    const xid = rows[0]?.xid ?? "";
    await database.query(
      "update selvedge.refresh_group set snapshot = pg_current_snapshot() where name = 'throughput'",
    );
    await standby.caughtUp();
    const [seen] = await standby.query(
      `select pg_visible_in_snapshot($1::xid8, pg_current_snapshot()) as own,
         pg_visible_in_snapshot($1::xid8, snapshot) as stored, pg_xact_status($1::xid8) as status
       from selvedge.refresh_group where name = 'throughput'`,
      [xid],
    );
    expect(seen).toEqual({ own: true, stored: false, status: "in progress" });
    await open.query("rollback");
    await open.end();
  });
});

test("queries are answered while the primary is away, and their lag grows", async () => {
  const { data, receipt } = await place();
  const wanted = { orderId: data.orderId };
  await plain().orders.orderBoard(wanted, { atLeast: receipt, timeoutMs: 5_000 });
  await standby.caughtUp();
  await primary.stop();
  const first = await plain().orders.orderBoard(wanted, { atLeast: receipt });
  expect(first.data.rows.map(({ orderId }) => orderId)).toEqual([data.orderId]);
  expect(first.freshness.includesReceipt).toBe(true);
  const second = await plain().orders.orderBoard(wanted);
  expect(second.freshness.lagMs).toBeGreaterThan(first.freshness.lagMs ?? Number.NaN);
  const future = receipt.replace(/\d+$/, (xid) => String(BigInt(xid) + 1_000_000n));
  const waited = it.hasty().orders.orderBoard(wanted, { atLeast: future });
  await expect(waited).rejects.toMatchObject({ code: "NOT_FRESH" });
});

async function until(over: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  while (!over.aborted) await work();
}
