import { Selvedge as Client } from "@selvedge/sdk";
import pg from "pg";
import sql from "sql-template-tag";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { readModels } from "../router.gen.ts";
import type { FreshnessContract } from "./context.ts";
import { readerViews } from "./generation.ts";
import { migrate, pendingMigrations, queryLogin } from "./migrate.ts";
import { count, keyText } from "./primitives.ts";
import { type ReadModel, readModel } from "./read-model.ts";
import { ReadScope } from "./read-scope.ts";
import { readReceipt } from "./receipt.ts";
import { defaultSchemas } from "./schemas.ts";

/* A read model of which nothing is kept, where no refresher will ever keep anything fresh. */

let it: TestSelvedge;
let client: Client;
beforeAll(async () => {
  it = await startSelvedge({ roles: ["command", "query", "admin"] });
  client = new Client({ baseUrl: it.baseUrl, consistency: "none", retriesMax: 0 });
  await migrate(subject());
  await client.catalogue.registerVariant({ sku: "TEE" });
});
afterAll(() => it.stop());

const declared = {
  doc: "Pieces of each SKU.",
  name: "sku_pieces",
  scope: "stock:read",
  key: ["tenant", "sku"],
  columns: { sku: keyText(), pieces: count() },
  filterBy: ["sku"],
  maintain: "live",
  sql: "select tenant, sku, sum(qty)::int as pieces from batch group by tenant, sku",
} as const;
const pieces = readModel(declared);
const doubled = readModel({ ...declared, sql: declared.sql.replace("sum(qty)", "sum(qty * 2)") });
const kept = readModels.find(({ name }) => name === "sellable_availability") as ReadModel;

const subject = (model: ReadModel = pieces) => ({
  databaseUrl: it.database.url,
  schemas: defaultSchemas,
  readModels: [...readModels, model],
});

function scopeOf(contract: Partial<FreshnessContract> = {}): ReadScope {
  if (!it.selvedge.engine) throw new Error("The server has not started.");
  const identity = { tenant: "default", partner: "spec", actor: "spec", scopes: ["*"] };
  const plain = { atLeast: [], maxStaleMs: undefined, onMiss: "serve", deadlineMs: 300 } as const;
  return new ReadScope(it.selvedge.engine, identity, { ...plain, ...contract });
}

async function read(model: ReadModel, contract?: Partial<FreshnessContract>) {
  const scope = scopeOf(contract);
  const rows = await scope.read<{ sku: string; pieces: number }>(
    [model],
    sql`select sku, pieces from ${scope.from(model)} where tenant = ${scope.tenant} order by sku`,
  );
  return { rows, freshness: scope.freshness };
}

/** Both kinds in one statement: SKUs with their pieces, computed and kept. */
async function readBoth(contract?: Partial<FreshnessContract>) {
  const scope = scopeOf(contract);
  const rows = await scope.read<{ sku: string; pieces: number; kept: number | null }>(
    [pieces, kept],
    sql`select sku, p.pieces, k.on_hand as kept from ${scope.from(pieces)} as p
      left join ${scope.from(kept)} as k using (tenant, sku)
      where tenant = ${scope.tenant} order by sku`,
  );
  return { rows, freshness: scope.freshness };
}

let added = 0;
async function add(qty: number) {
  added += 1;
  const { receipt } = await client.stock.addBatch({ ref: `B-${added}`, sku: "TEE", qty });
  const read = readReceipt(receipt);
  if (!read) throw new Error("A command answers a receipt.");
  return read;
}

test("all there is of it is a view that the query role may read", async () => {
  const found = await it.database.query<{ name: string; kind: string }>(
    "select relname as name, relkind as kind from pg_class where relname ~ 'sku_pieces'",
  );
  expect(found).toEqual([{ name: `sku_pieces@${pieces.hash}:live`, kind: "v" }]);
  const generations = await it.database.query(
    "select from selvedge.generation where name = 'sku_pieces'",
  );
  expect(generations).toEqual([]);
  const role = new pg.Client(queryLogin(it.database.url, defaultSchemas));
  await role.connect();
  const { live } = readerViews(pieces, defaultSchemas);
  expect((await role.query(`select from ${live}`)).rowCount).toBe(0);
  await expect(role.query("select from selvedge.batch")).rejects.toMatchObject({ code: "42501" });
  await role.end();
});

test("what is committed is in, and no refresher has to be heard for that", async () => {
  const receipt = await add(5);
  const { rows, freshness } = await read(pieces, { atLeast: [receipt], onMiss: "error" });
  expect(rows).toEqual([{ sku: "TEE", pieces: 5 }]);
  expect(freshness).toMatchObject({ servedFrom: "live", lagMs: 0, pending: 0 });
  expect(freshness.includesReceipt).toBe(true);
  const now = Date.now();
  expect(Math.abs(Date.parse(freshness.asOf ?? "") - now)).toBeLessThan(60_000);
});

test("a declaration is installed once, and a changed one stands beside it", async () => {
  expect(await pendingMigrations(subject())).toEqual({ migrations: [], readModels: [] });
  expect(await migrate(subject())).toEqual({ migrations: [], readModels: [] });
  expect((await pendingMigrations(subject(doubled))).readModels).toEqual(["sku_pieces"]);
  expect((await migrate(subject(doubled))).readModels).toEqual(["sku_pieces"]);
  expect((await read(doubled)).rows).toEqual([{ sku: "TEE", pieces: 10 }]);
  expect((await read(pieces)).rows).toEqual([{ sku: "TEE", pieces: 5 }]);
  expect(await pendingMigrations(subject())).toEqual({ migrations: [], readModels: [] });
});

describe("a receipt", () => {
  test("of a transaction in progress is not in, whatever is done on a miss", async () => {
    const writer = new pg.Client(it.database.url);
    await writer.connect();
    await writer.query("begin");
    const { rows } = await writer.query<{ xid: string }>(
      "select pg_current_xact_id()::text as xid",
    );
    await add(1);
    const atLeast = [{ epoch: it.selvedge.engine?.epoch ?? "", xid: rows[0]?.xid ?? "" }];
    expect((await read(pieces, { atLeast })).freshness.includesReceipt).toBe(false);
    for (const onMiss of ["wait", "patch", "live", "error"] as const) {
      const refused = read(pieces, { atLeast, onMiss });
      await expect(refused).rejects.toMatchObject({ code: "NOT_FRESH" });
    }
    const waiting = read(pieces, { atLeast, onMiss: "wait", deadlineMs: 5_000 });
    await writer.query("commit");
    expect((await waiting).freshness).toMatchObject({ includesReceipt: true, servedFrom: "live" });
    await writer.end();
  });

  test("is in though an older transaction is open, since it is no feed", async () => {
    const older = new pg.Client(it.database.url);
    await older.connect();
    await older.query("begin; select pg_current_xact_id()");
    const receipt = await add(1);
    const { freshness } = await read(pieces, { atLeast: [receipt], onMiss: "error" });
    expect(freshness.includesReceipt).toBe(true);
    await older.query("rollback");
    await older.end();
  });

  test("of the future is refused", async () => {
    const { epoch, xid } = await add(1);
    const atLeast = [{ epoch, xid: String(BigInt(xid) + 1_000_000n) }];
    const refused = read(pieces, { atLeast, onMiss: "wait" });
    await expect(refused).rejects.toMatchObject({ code: "RECEIPT_REFUSED" });
  });
});

describe("in one statement with a read model that is kept", () => {
  test("it is as of now and the other as of its last refresh, and the answer says the latter", async () => {
    const receipt = await add(1);
    const { rows, freshness } = await readBoth({ atLeast: [receipt] });
    expect(rows).toEqual([{ sku: "TEE", pieces: 9, kept: null }]);
    expect(freshness).toMatchObject({ servedFrom: "readModel", includesReceipt: false });
    expect(freshness.pending).toBeGreaterThan(0);
  });

  test.each(["patch", "live"] as const)("%s computes both", async (onMiss) => {
    const receipt = await add(1);
    const { rows, freshness } = await readBoth({ atLeast: [receipt], onMiss });
    expect(rows.map((row) => row.kept === row.pieces)).toEqual([true]);
    expect(freshness).toMatchObject({ includesReceipt: true, lagMs: 0, pending: 0 });
    expect(freshness.servedFrom).toBe(onMiss === "patch" ? "patched" : "live");
  });
});
