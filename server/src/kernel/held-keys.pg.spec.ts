import type pg from "pg";
import sql, { raw } from "sql-template-tag";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestDatabase } from "../../../test/harness/database.ts";
import { currentOf, staleOf } from "../../../test/harness/generations.ts";
import { openWriteSide, type WriteSide } from "../../../test/harness/write-side.ts";
import { readModels } from "../router.gen.ts";
import { askedSql, freshnessSql } from "./freshness.ts";
import { defaultSchemas } from "./schemas.ts";

/* A key whose rows cannot be computed must not hold up the others, nor be forgotten. */

let database: TestDatabase;
let client: pg.Client;
let add: WriteSide["add"];
let refresh: WriteSide["refresh"];
let end: WriteSide["end"];
beforeAll(async () => {
  ({ database, client, add, refresh, end } = await openWriteSide());
});
afterAll(() => end());

/** Any row with so many pieces cannot be stored: the poison. */
const poison = 666;

async function poisonRows(column = "on_hand", name = "sellable_availability") {
  const { parts } = await currentOf(database, name);
  await database.query(
    `alter table ${parts.rows} add constraint poison check (${column} <> ${poison}) not valid`,
  );
  return () => database.query(`alter table ${parts.rows} drop constraint poison`);
}

async function onHand(): Promise<Record<string, number>> {
  const rows = await database.query<{ sku: string; n: number }>(
    "select sku, on_hand::int as n from selvedge_read.sellable_availability order by sku",
  );
  return Object.fromEntries(rows.map(({ sku, n }) => [sku, n]));
}

const heldKeys = () =>
  database.query<{ key: { sku: string }; error: string; tries: number }>(
    "select key, error, tries from selvedge.held_key order by key ->> 'sku'",
  );
const dueNow = () => database.query("update selvedge.held_key set retry_at = now()");

test("a key that fails is set aside with its error, and all others go on", async () => {
  const cure = await poisonRows();
  for (let i = 0; i < 40; i += 1) await add(`GOOD-${i}`, i + 1);
  await add("BAD-1", poison);
  await add("BAD-2", poison);
  expect((await refresh()).outcome).toBe("refreshed");
  const rows = await onHand();
  expect(Object.keys(rows).length).toBe(40);
  expect(rows).not.toHaveProperty("BAD-1");
  const held = await heldKeys();
  expect(held.map(({ key, tries }) => [key.sku, tries])).toEqual([
    ["BAD-1", 1],
    ["BAD-2", 1],
  ]);
  expect(held[0]?.error).toContain("poison");
  expect((await staleOf(database, "sellable_availability")).length).toBe(2);
  // Nothing else is stale, so there is nothing to do until they are due.
  expect((await refresh()).outcome).toBe("idle");

  await add("GOOD-0", 100);
  await add("BAD-1", 1);
  await refresh();
  expect(await onHand()).toMatchObject({ "GOOD-0": 101, "BAD-1": poison + 1 });

  await dueNow();
  await refresh();
  expect((await heldKeys()).map(({ key, tries }) => [key.sku, tries])).toEqual([["BAD-2", 2]]);

  await cure();
  await dueNow();
  await refresh();
  expect(await onHand()).toMatchObject({ "BAD-1": poison + 1, "BAD-2": poison });
  expect(await heldKeys()).toEqual([]);
  expect(await staleOf(database, "sellable_availability")).toEqual([]);
});

test("a read model that fails whole does not stop the others of its group", async () => {
  const { parts } = await currentOf(database, "sellable_availability");
  await database.query(`alter function ${parts.merge}(jsonb, boolean) rename to broken`);
  const order = crypto.randomUUID();
  await add("WHOLE", 3);
  await database.query(
    `insert into selvedge.sales_order (tenant, id, channel, external_ref, warehouse, priority,
       ordered_at, status, version) values ('t', $1, 'c', 'r', 'main', 0, now(), 'open', 1)`,
    [order],
  );
  await database.query(
    `insert into selvedge.order_line (tenant, order_id, line, sku, grade, qty)
     values ('t', $1, 1, 'WHOLE', 'N', 1)`,
    [order],
  );
  await refresh();
  const board = await database.query("select from selvedge_read.order_board where order_id = $1", [
    order,
  ]);
  expect(board.length).toBe(1);
  expect(await onHand()).not.toHaveProperty("WHOLE");
  expect((await heldKeys()).map(({ key }) => key.sku)).toEqual(["WHOLE"]);

  await database.query(
    `alter function selvedge.broken(jsonb, boolean) rename to ${parts.merge.split(".")[1]}`,
  );
  await dueNow();
  await refresh();
  expect(await onHand()).toMatchObject({ WHOLE: 3 });
  expect(await heldKeys()).toEqual([]);
});

test("a receipt is not in while one of its own keys is set aside; others' are", async () => {
  const cure = await poisonRows();
  const write = async (sku: string, qty: number) => {
    await client.query("begin");
    await client.query(
      `insert into batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
       values ('t', gen_random_uuid()::text, 'main', '${sku}', 'N', ${qty}, 0, now())`,
    );
    const { rows } = await client.query("select pg_current_xact_id()::text as xid");
    await client.query("commit");
    return rows[0].xid as string;
  };
  const poisoned = await write("RECEIPT-BAD", poison);
  const healthy = await write("RECEIPT-GOOD", 1);
  await refresh();
  const { hash } = await currentOf(database, "sellable_availability");
  const included = async (xid: string) => {
    const { text, values } = sql`with ${askedSql([xid])} ${raw(freshnessText(hash))}`;
    const [row] = await database.query<{ included: boolean }>(text, values);
    return row?.included;
  };
  expect([await included(poisoned), await included(healthy)]).toEqual([false, true]);
  await cure();
  await dueNow();
  await refresh();
  expect([await included(poisoned), await included(healthy)]).toEqual([true, true]);
});

test("a whole read model that fails is held whole, and comes back", async () => {
  const event = (version: number, qty: string) =>
    database.query(
      `insert into selvedge.journal (tenant, kind, id, version, type, data, partner, command_id,
         actor) values ('t', 'SkuStock', 'x', $1, 'LineAllocated', $2, 'p', 'c', 'a')`,
      [version, JSON.stringify({ qty })],
    );
  await event(1, "2");
  expect((await refresh("throughput")).outcome).toBe("refreshed");
  await event(2, "many");
  await refresh("throughput");
  expect((await heldKeys()).map(({ error }) => error)).toEqual([expect.stringContaining("many")]);
  const pieces = () => database.query("select pieces::int from selvedge_read.throughput");
  expect(await pieces()).toEqual([{ pieces: 2 }]);

  await database.query(`update selvedge.journal set data = '{"qty": 3}' where version = 2`);
  await dueNow();
  await refresh("throughput");
  expect(await pieces()).toEqual([{ pieces: 5 }]);
  expect(await heldKeys()).toEqual([]);
});

function freshnessText(hash: string): string {
  const model = readModels.find(({ name }) => name === "sellable_availability");
  expect(model?.hash).toBe(hash);
  return model ? freshnessSql([model], defaultSchemas, "asked") : "";
}
