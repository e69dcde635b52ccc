import type { Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { generationsOf } from "../../../test/harness/generations.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { installReadModels } from "../kernel/install-read-models.ts";
import { isKept, type KeptReadModel, type ReadModel, readModel } from "../kernel/read-model.ts";
import { GroupRefresh } from "../kernel/refresh.ts";
import { defaultSchemas as schemas } from "../kernel/schemas.ts";
import { returnToPrevious } from "../kernel/swap.ts";
import { readModels } from "../router.gen.ts";

/* A read model whose declaration is gone, among those of a server at work. */

let it: TestSelvedge;
let client: Selvedge;
let owner: pg.Client;
beforeAll(async () => {
  it = await startSelvedge({ roles: ["command", "query", "admin"] });
  client = it.client;
  owner = new pg.Client({ connectionString: it.database.url });
  await owner.connect();
  await client.catalogue.registerVariant({ sku: "TEE" });
  await client.stock.addBatch({ ref: "tees", sku: "TEE", qty: 5 });
});
afterAll(async () => {
  await owner.end();
  await it.stop();
});
beforeEach(() => install(old));

const reason = "a spec says so";
const [declared] = readModels.filter(isKept).filter(({ name }) => name === "sellable_availability");
if (!declared) throw new Error("Stock is declared.");
const old = readModel({ ...(declared as KeptReadModel), name: "old_stock", group: "old_group" });

/** Declares read models as an older server did. */
async function install(...models: ReadModel[]): Promise<void> {
  await owner.query("begin");
  await installReadModels(owner, schemas, models);
  await owner.query("commit");
}

const refresh = (group: string) => new GroupRefresh(owner, schemas, group).run();

/** All that bears the name or the numbers of a read model's generations. */
async function traces(ids: readonly number[]): Promise<string[]> {
  const rows = await it.database.query<{ name: string }>(
    `select relname as name from pg_class where relname like '%old_stock%'
     union all select proname from pg_proc
       where proname like '%old_stock%' or proname ~ $1
     union all select tgname from pg_trigger where tgname ~ $1
     union all select name from selvedge.generation where name = 'old_stock'`,
    [`^note_(${ids.join("|")})_`],
  );
  return rows.map(({ name }) => name);
}

async function drop(): Promise<number[]> {
  const ids = (await generationsOf(it.database, old.name)).map(({ id }) => id);
  expect((await traces(ids)).length).toBeGreaterThan(10);
  await client.operations.drop({ readModel: "oldStock", reason });
  return ids;
}

test("what is not declared any more is dropped whole, and what is declared goes on", async () => {
  expect(await traces(await drop())).toEqual([]);
  await client.stock.addBatch({ ref: "more", sku: "TEE", qty: 5 });
  expect((await refresh("old_group")).outcome).toBe("idle");
  expect((await refresh("fulfilment")).outcome).toBe("refreshed");
  const { data } = await client.stock.sellableAvailability({ sku: "TEE" });
  expect(data.rows.map(({ onHand }) => onHand)).toEqual([10]);
  const { entries } = await client.operations.log();
  expect(entries.map(({ action, subject, reason }) => [action, subject, reason])).toEqual([
    ["drop", "old_stock", reason],
  ]);
});

test("a refresher that works for its group finds it gone and goes on", async () => {
  const by = new GroupRefresh(owner, schemas, "old_group");
  await client.stock.addBatch({ ref: "first", sku: "TEE", qty: 5 });
  expect((await by.run()).outcome).toBe("refreshed");
  await drop();
  const { readModels } = await by.run();
  expect(readModels).toEqual([]);
  expect((await by.run()).outcome).toBe("idle");
});

test("all of its generations go, also where readers of one see another's rows", async () => {
  const newer = readModel({ ...old, sql: `select * from (${old.sql}) as newer where true` });
  await install(newer);
  const [building] = await it.database.query<{ id: number }>(
    "select id from selvedge.generation where name = 'old_stock' and state = 'building'",
  );
  await it.database.query("update selvedge.generation set state = 'ready' where id = $1", [
    building?.id,
  ]);
  await refresh("old_group");
  await owner.query("begin");
  await returnToPrevious(owner, schemas, old.name);
  await owner.query("commit");
  expect((await generationsOf(it.database, old.name)).map(({ state }) => state)).toEqual([
    ...["current", "previous"],
  ]);
  expect(await traces(await drop())).toEqual([]);
});

test("what is declared, what does not exist, and what others stand on is refused", async () => {
  const before = (await client.operations.log()).entries.length;
  const refused = (readModel: string) => client.operations.drop({ readModel, reason });
  await expect(refused("orderBoard")).rejects.toMatchObject({
    code: "CONFLICT",
    message: "This server declares order_board.",
  });
  await expect(refused("nothing")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await owner.query("create view public.report as select * from selvedge_read.old_stock");
  await expect(refused("oldStock")).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringMatching(/^Something else stands on old_stock: view public.report dep/),
  });
  await owner.query("drop view public.report");
  expect((await client.operations.log()).entries.length).toBe(before);
  await drop();
});
