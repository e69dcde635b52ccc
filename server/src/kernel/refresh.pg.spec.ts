import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import { differencesSql } from "../../../test/harness/differences.ts";
import { currentOf, staleOf } from "../../../test/harness/generations.ts";
import { readModels } from "../router.gen.ts";
import { isKept } from "./read-model.ts";
import { GroupRefresh } from "./refresh.ts";
import { defaultSchemas } from "./schemas.ts";

let database: TestDatabase;
let client: pg.Client;
let other: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  client = await connect();
  other = await connect();
  await other.query("set search_path = selvedge");
});
afterAll(async () => {
  await client.end();
  await other.end();
  await database.drop();
});

async function connect(): Promise<pg.Client> {
  const made = new pg.Client({ connectionString: database.url, options: "-c timezone=UTC" });
  await made.connect();
  return made;
}

const refresh = (by = client, group = "fulfilment") =>
  new GroupRefresh(by, defaultSchemas, group).run();

const insertBatch = (ref: string, sku: string, qty = 1) =>
  `insert into batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
   values ('t', '${ref}', 'main', '${sku}', 'N', ${qty}, 0, now())`;

async function onHand(sku: string): Promise<number | undefined> {
  const rows = await database.query<{ on_hand: number }>(
    "select on_hand::int as on_hand from selvedge_read.sellable_availability where sku = $1",
    [sku],
  );
  return rows[0]?.on_hand;
}

async function differences(name: string): Promise<number> {
  const model = readModels.find((one) => one.name === name);
  if (!model) throw new Error(`There is no read model ${name}.`);
  return (await database.query(differencesSql(model))).length;
}

describe("a refresh by key", () => {
  test("takes in what was written before anybody refreshed", async () => {
    await other.query(insertBatch("before", "BEFORE", 7));
    const { outcome } = await refresh();
    expect(outcome).toBe("refreshed");
    expect(await onHand("BEFORE")).toBe(7);
  });

  test("takes in new, changed and gone rows, and only the keys that went stale", async () => {
    await other.query(insertBatch("b1", "A", 5));
    await other.query(insertBatch("b2", "A", 6));
    await other.query(insertBatch("b3", "B", 7));
    const first = await refresh();
    expect(first.readModels.find(({ name }) => name === "sellable_availability")?.keys).toBe(2);
    expect([await onHand("A"), await onHand("B")]).toEqual([11, 7]);

    await other.query("update batch set qty = 8 where ref = 'b1'");
    await other.query("delete from batch where ref = 'b3'");
    await refresh();
    expect([await onHand("A"), await onHand("B")]).toEqual([14, undefined]);
  });

  test("notes the old key and the new one where a row moves from one to another", async () => {
    await other.query(insertBatch("moving", "FROM", 3));
    await refresh();
    await other.query("update batch set sku = 'TO' where ref = 'moving'");
    await refresh();
    expect([await onHand("FROM"), await onHand("TO")]).toEqual([undefined, 3]);
  });

  test("never misses a write that was under way while it ran", async () => {
    await other.query("begin");
    await other.query(insertBatch("late", "LATE", 4));
    await refresh();
    expect(await onHand("LATE")).toBeUndefined();
    await other.query("commit");
    await refresh();
    expect(await onHand("LATE")).toBe(4);
  });

  test("says exactly which transactions are in, though a later one committed earlier", async () => {
    await other.query("begin");
    await other.query(insertBatch("early-xid", "EARLY", 1));
    const early = await xidOf(other);
    const second = await connect();
    await second.query("set search_path = selvedge; begin");
    await second.query(insertBatch("late-xid", "LATER", 1));
    const late = await xidOf(second);
    await second.query("commit");
    await second.end();
    expect(BigInt(late)).toBeGreaterThan(BigInt(early));
    await refresh();
    expect([await includes(late), await includes(early)]).toEqual([true, false]);
    await other.query("commit");
    expect(await includes(early)).toBe(false);
    await refresh();
    expect(await includes(early)).toBe(true);
  });

  test("merges thousands of stale keys in chunks and leaves none behind", async () => {
    await other.query(
      `insert into batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
       select 't', 'many-' || i, 'main', 'MANY-' || i, 'N', i, 0, now()
       from generate_series(1, 2300) as i`,
    );
    const { readModels } = await refresh();
    expect(readModels.find(({ name }) => name === "sellable_availability")?.keys).toBe(2_300);
    expect(await staleKeys()).toEqual([]);
  });

  test("says how long each read model took, by itself", async () => {
    const { parts } = await currentOf(database, "sellable_availability");
    await database.query(
      `create function selvedge.dawdle() returns trigger language plpgsql
         as $$ begin perform pg_sleep(0.3); return null; end $$;
       create trigger dawdle after insert on ${parts.rows} execute function selvedge.dawdle()`,
    );
    await other.query(insertBatch("slow", "SLOW"));
    const { readModels, tookMs } = await refresh();
    await database.query(`drop function selvedge.dawdle cascade`);
    const took = Object.fromEntries(readModels.map((one) => [one.name, one.tookMs]));
    expect(Object.keys(took).sort()).toEqual([
      ...["allocations", "order_board", "sellable_availability"],
    ]);
    expect(took.sellable_availability).toBeGreaterThanOrEqual(300);
    expect(took.sellable_availability).toBeLessThan(tookMs);
    expect(took.allocations).toBeLessThan(took.sellable_availability ?? Number.NaN);
    expect(took.order_board).toBeLessThan(took.sellable_availability ?? Number.NaN);
  });

  test("leaves every read model equal to its defining query", async () => {
    const kept = readModels.filter(isKept);
    for (const group of new Set(kept.map((one) => one.group))) await refresh(client, group);
    expect(kept.length).toBeGreaterThanOrEqual(4);
    for (const { name } of kept) expect([name, await differences(name)]).toEqual([name, 0]);
  });

  test("is left alone by a second refresher while the first has the group", async () => {
    await other.query("begin; select from refresh_group where name = 'fulfilment' for update");
    await database.query(`set search_path = selvedge; ${insertBatch("fenced", "FENCED", 1)}`);
    expect((await refresh()).outcome).toBe("busy");
    expect(await onHand("FENCED")).toBeUndefined();
    await other.query("rollback");
    expect((await refresh()).outcome).toBe("refreshed");
    expect(await onHand("FENCED")).toBe(1);
    expect((await refresh()).outcome).toBe("idle");
  });

  test("is left to a refresher that stored a newer snapshot meanwhile", async () => {
    await other.query(insertBatch("older", "OLDER", 1));
    await other.query("begin isolation level repeatable read; select from batch limit 1");
    expect((await refresh()).outcome).toBe("refreshed");
    const late = other.query("select outcome from refresh_group_once('fulfilment')");
    await expect(late).rejects.toMatchObject({ code: "40001" });
    await other.query("rollback");
  });

  test("finds nothing to do without an error, which PostgreSQL would log each time", async () => {
    await refresh();
    const asked = vi.spyOn(client, "query");
    const outcomes = [(await refresh()).outcome];
    await other.query(insertBatch("paused", "PAUSED", 1));
    await other.query("update refresh_group set paused_at = now() where name = 'fulfilment'");
    outcomes.push((await refresh()).outcome);
    await other.query("begin; update refresh_group set paused_at = null where name = 'fulfilment'");
    outcomes.push((await refresh()).outcome);
    await other.query("commit");
    outcomes.push((await refresh()).outcome);
    expect(outcomes).toEqual(["idle", "idle", "busy", "refreshed"]);
    expect(asked.mock.settledResults.map(({ type }) => type)).toEqual(
      outcomes.map(() => "fulfilled"),
    );
    asked.mockRestore();
  });
});

test("a rolled back write leaves nothing stale", async () => {
  await other.query("begin");
  await other.query(insertBatch("undone", "UNDONE"));
  await other.query("rollback");
  expect(await staleKeys()).toEqual([]);
});

test("a whole read model is filled, then refreshed beside its readers", async () => {
  const whole = () => refresh(client, "throughput");
  const event = (version: number) =>
    other.query(
      `insert into journal (tenant, kind, id, version, type, data, partner, command_id, actor)
       values ('t', 'SkuStock', 'x', ${version}, 'LineAllocated', '{"qty": 2}', 'p', 'c', 'a')`,
    );
  await event(1);
  await whole();
  await event(2);
  const { readModels, tookMs } = await whole();
  expect(readModels[0]?.tookMs).toBeGreaterThan(0);
  expect(readModels[0]?.tookMs).toBeLessThan(tookMs);
  expect(readModels.map(({ name, keys }) => ({ name, keys }))).toEqual([
    { name: "throughput", keys: 1 },
  ]);
  const rows = await database.query(
    "select step, pieces::int, events::int from selvedge_read.throughput",
  );
  expect(rows).toEqual([{ step: "allocated", pieces: 4, events: 2 }]);
  expect(await differences("throughput")).toBe(0);
});

function staleKeys() {
  return staleOf(database, "sellable_availability");
}

async function xidOf(of: pg.Client): Promise<string> {
  const { rows } = await of.query<{ xid: string }>("select pg_current_xact_id()::text as xid");
  return rows[0]?.xid ?? "";
}

async function includes(xid: string): Promise<boolean | undefined> {
  const rows = await database.query<{ included: boolean }>(
    `select pg_visible_in_snapshot($1::xid8, snapshot) as included
     from selvedge.refresh_group where name = 'fulfilment'`,
    [xid],
  );
  return rows[0]?.included;
}
