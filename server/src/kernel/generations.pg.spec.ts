import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestDatabase } from "../../../test/harness/database.ts";
import { currentOf, generationsOf } from "../../../test/harness/generations.ts";
import { openWriteSide, type WriteSide } from "../../../test/harness/write-side.ts";
import { readModels } from "../router.gen.ts";
import { advanceBuilds, rebuild, rebuildAtOnce } from "./build.ts";
import { readerViews } from "./generation.ts";
import { installReadModels } from "./install-read-models.ts";
import { type ReadModel, readModel } from "./read-model.ts";
import { defaultSchemas } from "./schemas.ts";
import { CannotReturn, returnToPrevious } from "./swap.ts";

/* A changed declaration is built beside the one that is read, and takes its place whole. */

let database: TestDatabase;
let client: pg.Client;
let add: WriteSide["add"];
let refresh: WriteSide["refresh"];
let end: WriteSide["end"];
beforeAll(async () => {
  ({ database, client, add, refresh, end } = await openWriteSide());
  for (let i = 0; i < 30; i += 1) await add(`SKU-${i}`, i);
  await refresh();
});
afterAll(() => end());

const name = "sellable_availability";
const [declared] = readModels.filter((model) => model.name === name) as ReadModel[];
if (!declared) throw new Error(`${name} is not declared.`);

/**
 * The same read model, declared anew: what is on hand counts twice, and ten pieces do not count.
 */
const doubled = readModel({
  ...declared,
  sql: `select tenant, warehouse, sku, grade, on_hand * 2 as on_hand, reserved, available,
      incoming, incoming_reserved, next_eta, oldest_received_at
    from (${declared.sql}) as declared where on_hand <> 10`,
});
const narrower = readModel({
  ...declared,
  columns: Object.fromEntries(
    Object.entries(declared.columns).filter(([column]) => column !== "next_eta"),
  ),
  sql: `select * from (${declared.sql}) as declared where true`,
});

async function install(model: ReadModel) {
  const others = readModels.filter((one) => one.name !== name);
  await client.query("begin");
  const touched = await installReadModels(client, defaultSchemas, [...others, model]);
  await client.query("commit");
  return touched;
}

/** Pieces on hand as a server with this declaration reads them. */
async function onHand(model: ReadModel, sku: string): Promise<number | undefined> {
  const rows = await database.query<{ n: number }>(
    `select on_hand::int as n from ${readerViews(model, defaultSchemas).rows} where sku = $1`,
    [sku],
  );
  return rows[0]?.n;
}

async function isLive(model: ReadModel): Promise<boolean | undefined> {
  const { state } = readerViews(model, defaultSchemas);
  return (await database.query<{ live: boolean }>(`select live from ${state}`))[0]?.live;
}

const states = async () =>
  (await generationsOf(database, name)).map(({ hash, state }) => [hash, state]);

test("what is declared already is left alone", async () => {
  expect(await install(declared)).toEqual([]);
  expect(await states()).toEqual([[declared.hash, "current"]]);
});

test("a changed declaration is read live until it is built; the old one is read on", async () => {
  expect(await install(doubled)).toEqual([name]);
  expect(await states()).toEqual([
    [declared.hash, "current"],
    [doubled.hash, "building"],
  ]);
  expect([await onHand(declared, "SKU-3"), await onHand(doubled, "SKU-3")]).toEqual([3, 6]);
  expect([await isLive(declared), await isLive(doubled)]).toEqual([false, true]);

  await add("SKU-3", 100);
  await refresh();
  expect([await onHand(declared, "SKU-3"), await onHand(doubled, "SKU-3")]).toEqual([103, 206]);
});

test("built, it is compared, put in its place, and the old one is kept fresh", async () => {
  await add("SKU-4", 100);
  expect(await advanceBuilds(client, defaultSchemas)).toEqual(["fulfilment"]);
  const [, coming] = await database.query<{ comparison: object }>(
    "select comparison from selvedge.generation where name = $1 order by id",
    [name],
  );
  expect(coming?.comparison).toMatchObject({
    // SKU-3 and SKU-4 are noted still, so they are left out; SKU-10 goes; twice 0 is 0.
    ...{ before: 28, after: 27, added: 0, removed: 1, changed: { on_hand: 26, reserved: 0 } },
    samples: expect.arrayContaining([
      { how: "removed", key: expect.objectContaining({ sku: "SKU-10" }) },
    ]),
  });
  expect(await isLive(doubled)).toBe(true);
  await refresh();
  expect(await states()).toEqual([
    [declared.hash, "previous"],
    [doubled.hash, "current"],
  ]);
  expect([await isLive(declared), await isLive(doubled)]).toEqual([false, false]);
  expect([await onHand(declared, "SKU-4"), await onHand(doubled, "SKU-4")]).toEqual([104, 208]);
  await add("SKU-5", 1);
  await refresh();
  expect([await onHand(declared, "SKU-5"), await onHand(doubled, "SKU-5")]).toEqual([6, 12]);
});

test("the query role reads what was put in place", async () => {
  const role = new pg.Client({ connectionString: database.url });
  await role.connect();
  await role.query("set role selvedge_query");
  for (const view of [name, ...Object.values(readerViews(doubled, defaultSchemas))]) {
    const from = view === name ? `selvedge_read.${name}` : view;
    await role.query(`select * from ${from} limit 1`);
  }
  await role.end();
});

test("one step back shows the old rows to servers of either declaration, and forth again", async () => {
  const goBack = async () => {
    await client.query("begin");
    await returnToPrevious(client, defaultSchemas, name);
    await client.query("commit");
  };
  await goBack();
  expect(await states()).toEqual([
    [declared.hash, "current"],
    [doubled.hash, "previous"],
  ]);
  expect([await onHand(declared, "SKU-6"), await onHand(doubled, "SKU-6")]).toEqual([6, 6]);
  // A server that starts now finds its declaration known and builds nothing.
  expect(await install(doubled)).toEqual([]);
  await goBack();
  expect([await onHand(declared, "SKU-6"), await onHand(doubled, "SKU-6")]).toEqual([6, 12]);
});

test("a rebuild makes the rows anew beside those that are read", async () => {
  const before = await currentOf(database, name);
  await database.query(`update ${before.parts.rows} set on_hand = 12345 where sku = 'SKU-7'`);
  expect(await onHand(doubled, "SKU-7")).toBe(12_345);
  await rebuild(client, defaultSchemas, before);
  await add("SKU-8", 1);
  await advanceBuilds(client, defaultSchemas);
  await add("SKU-9", 2);
  await refresh();
  const after = await currentOf(database, name);
  expect(after.id).toBeGreaterThan(before.id);
  expect(after.hash).toBe(before.hash);
  const read = ["SKU-7", "SKU-8", "SKU-9"].map((sku) => onHand(doubled, sku));
  expect(await Promise.all(read)).toEqual([14, 18, 22]);
  expect((await generationsOf(database, name)).length).toBe(2);
});

test("a build that was interrupted goes on where it was", async () => {
  const others = Array.from(
    { length: 12_000 },
    (_, i) => `('t', 'bulk-${i}', 'main',
    'BULK-${String(i).padStart(5, "0")}', 'N', 1, 0, now())`,
  );
  await database.query(
    `insert into selvedge.batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
     values ${others.join(",")}`,
  );
  const made = await rebuild(client, defaultSchemas, await currentOf(database, name));
  const stopping = new AbortController();
  const { query } = client;
  // Stops after the first chunk.
  client.query = ((...args: Parameters<typeof query>) => {
    if (String(args[0]).includes("filled_rows")) stopping.abort();
    return (query as (...args: unknown[]) => unknown).apply(client, args);
  }) as typeof query;
  await advanceBuilds(client, defaultSchemas, stopping.signal);
  client.query = query;
  const filled = async () =>
    (
      await database.query<{ n: number; state: string }>(
        "select filled_rows::int as n, state from selvedge.generation where id = $1",
        [made.id],
      )
    )[0];
  expect(await filled()).toEqual({ n: 10_000, state: "building" });
  await database.query("delete from selvedge.batch where ref = 'bulk-0'");
  await advanceBuilds(client, defaultSchemas);
  expect((await filled())?.n).toBe(12_029);
  await refresh();
  expect((await currentOf(database, name)).id).toBe(made.id);
  expect(await onHand(doubled, "BULK-00000")).toBeUndefined();
  expect(await onHand(doubled, "BULK-11999")).toBe(2);
});

test("so much that is stale is not merged but built anew", async () => {
  await database.query("update selvedge.batch set qty = qty + 1");
  const { outcome, overgrown } = await refresh();
  const current = await currentOf(database, name);
  expect([outcome, overgrown]).toEqual(["overgrown", current.id]);
});

test("there is no way back to rows that lack a column which servers read", async () => {
  await settle(narrower);
  await settle(declared);
  expect(await states()).toEqual([
    [narrower.hash, "previous"],
    [declared.hash, "current"],
  ]);
  await client.query("begin");
  const back = returnToPrevious(client, defaultSchemas, name);
  await expect(back).rejects.toThrow(CannotReturn);
  await client.query("rollback");
  expect(await onHand(declared, "SKU-6")).toBe(7);
});

/** Declares a read model and brings it to its place. */
async function settle(model: ReadModel): Promise<void> {
  await install(model);
  while ((await currentOf(database, name)).hash !== model.hash) {
    await advanceBuilds(client, defaultSchemas);
    const { overgrown } = await refresh();
    const signal = new AbortController().signal;
    if (overgrown !== undefined) {
      await rebuildAtOnce(client, defaultSchemas, overgrown, signal);
    }
  }
}
