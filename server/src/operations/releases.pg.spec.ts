import type { Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { generationsOf } from "../../../test/harness/generations.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { advanceBuilds } from "../kernel/build.ts";
import { readerViews } from "../kernel/generation.ts";
import { installReadModels, type Releases } from "../kernel/install-read-models.ts";
import { isKept, type KeptReadModel, type ReadModel, readModel } from "../kernel/read-model.ts";
import { GroupRefresh } from "../kernel/refresh.ts";
import { camelCase, defaultSchemas as schemas } from "../kernel/schemas.ts";
import { readModels } from "../router.gen.ts";

/* A house in which changed read models wait until somebody accepts what they change. */

let it: TestSelvedge;
let client: Selvedge;
let owner: pg.Client;
beforeAll(async () => {
  it = await startSelvedge({ roles: ["command", "query", "admin"] });
  client = it.client;
  owner = new pg.Client({ connectionString: it.database.url });
  await owner.connect();
  for (const sku of ["TEE", "HAT"]) {
    await client.catalogue.registerVariant({ sku });
    await client.stock.addBatch({ ref: sku, sku, qty: 5 });
  }
});
afterAll(async () => {
  await owner.end();
  await it.stop();
});

const reason = "a spec says so";
const stock = readModels
  .filter(isKept)
  .find(({ name }) => name === "sellable_availability") as KeptReadModel;
const group = "spec_group";

// Each test has a read model of its own, which the server does not declare.
let tried = 0;
let declared: KeptReadModel;
beforeEach(async () => {
  tried += 1;
  declared = readModel({
    ...stock,
    name: `stock_${"abcdefghijklmnopqrst"[tried]}`,
    group,
  }) as KeptReadModel;
  await deploy(declared);
});

/** The same read model with some columns computed otherwise, and some more. */
function changed(as: Readonly<Record<string, string>>, of = declared): ReadModel {
  const all = [...new Set([...Object.keys(of.columns), ...Object.keys(as)])];
  const selected = all.map((column) => `${as[column] ?? column} as ${column}`);
  return readModel({
    ...of,
    columns: Object.fromEntries(all.map((one) => [one, of.columns[one] ?? of.columns.on_hand])),
    sql: `select tenant, ${selected.join(", ")} from (${of.sql}) as declared`,
  } as KeptReadModel);
}
const doubled = () => changed({ on_hand: "on_hand * 2" });

/** Deploys a declaration, by default to a house that wants to accept what changes; builds it. */
async function deploy(model: ReadModel, releases: Releases = "accept"): Promise<void> {
  await owner.query("begin");
  await installReadModels(owner, schemas, [model], releases);
  await owner.query("commit");
  await build();
}

async function build(): Promise<void> {
  await advanceBuilds(owner, schemas);
  await refresh();
}

async function refresh(): Promise<void> {
  for (const one of [group, stock.group]) {
    const by = new GroupRefresh(owner, schemas, one);
    while ((await by.run()).outcome !== "idle");
  }
}

const states = async ({ name } = declared) =>
  (await generationsOf(it.database, name)).map(({ hash, state }) => [hash, state]);

/** What a server with this declaration reads of a SKU: pieces on hand, and whether computed. */
async function read(model: ReadModel, sku: string, column = "on_hand") {
  const views = readerViews(model, schemas);
  const [row] = await it.database.query<{ n: number; live: boolean }>(
    `select ${column}::int as n, live from ${views.rows}, ${views.state} where sku = '${sku}'`,
  );
  return row && (row.live ? `computed ${row.n}` : row.n);
}

const nameOf = ({ name } = declared) => camelCase(name);

async function waitingOne(of = declared) {
  const { generations } = await client.operations.generations({ readModel: nameOf(of) });
  const waiting = generations.find(({ waitingSince }) => waitingSince !== null);
  if (!waiting) throw new Error("None waits.");
  return waiting;
}

type Decision = "acceptRelease" | "compareRelease" | "discardRelease";

async function decide(decision: Decision, of = declared, generation?: number): Promise<void> {
  const id = generation ?? (await waitingOne(of)).id;
  await client.operations[decision]({ readModel: nameOf(of), generation: id, reason });
}

test("what would change what is read waits, and its readers go on seeing the old rows", async () => {
  const newer = doubled();
  await deploy(newer);
  expect(await states()).toEqual([
    [declared.hash, "current"],
    [newer.hash, "waiting"],
  ]);
  expect(await Promise.all([read(declared, "TEE"), read(newer, "TEE")])).toEqual([5, 5]);
  await client.stock.addBatch({ ref: "more", sku: "TEE", qty: 1 });
  await refresh();
  expect(await Promise.all([read(declared, "TEE"), read(newer, "TEE")])).toEqual([6, 6]);
  expect(await waitingOne()).toMatchObject({
    state: "filled",
    comparison: { added: 0, removed: 0, different: 2, changed: { on_hand: 2 } },
    comparedAt: expect.any(String),
  });
  const { samples = [] } = (await waitingOne()).comparison ?? {};
  expect(samples.find(({ key }) => key.sku === "HAT")).toMatchObject({
    ...{ how: "changed", before: { on_hand: 5 }, after: { on_hand: 10 } },
  });
});

test("that it waits is told among the incidents", async () => {
  await deploy(doubled());
  const { incidents } = await client.operations.incidents();
  const mine = incidents.filter(({ readModels }) => readModels.includes(nameOf()));
  expect(mine).toEqual([
    expect.objectContaining({
      kind: "release-waiting",
      group,
      sentence: `A changed ${nameOf()} waits to be accepted.`,
      since: (await waitingOne()).waitingSince,
    }),
  ]);
});

test("accepted, it takes its place at the next refresh, and there is a way back", async () => {
  const newer = doubled();
  await deploy(newer);
  await decide("acceptRelease");
  await refresh();
  expect(await states()).toEqual([
    [declared.hash, "previous"],
    [newer.hash, "current"],
  ]);
  expect(await Promise.all([read(declared, "HAT"), read(newer, "HAT")])).toEqual([5, 10]);
  const { entries } = await client.operations.log();
  expect(entries[0]).toMatchObject({ action: "accept", subject: declared.name, reason });
  await client.operations.returnToPrevious({ readModel: nameOf(), reason });
  expect(await Promise.all([read(declared, "HAT"), read(newer, "HAT")])).toEqual([5, 5]);
});

test("what changes nothing that is read does not wait", async () => {
  const same = readModel({ ...declared, sql: `select * from (${declared.sql}) as same` });
  await deploy(same);
  expect(await states()).toContainEqual([same.hash, "current"]);
});

test("a house that does not ask for it swaps what is built", async () => {
  const newer = doubled();
  await deploy(newer, "swap");
  expect(await states()).toContainEqual([newer.hash, "current"]);
});

test("readers whose columns the old rows lack compute theirs until then", async () => {
  const wider = changed({ on_hand: "on_hand + 1", shelves: "7" });
  await deploy(wider);
  expect(await states()).toContainEqual([wider.hash, "waiting"]);
  expect(await read(wider, "HAT", "shelves")).toBe("computed 7");
  await decide("acceptRelease");
  await refresh();
  expect(await read(wider, "HAT", "shelves")).toBe(7);
});

test("nor are rows shown to readers who expect another type, now or on the way back", async () => {
  const otherwise = changed({ on_hand: "(on_hand * 2)::numeric(9, 2)" });
  await deploy(otherwise);
  expect(await read(otherwise, "HAT")).toBe("computed 10");
  await decide("acceptRelease");
  await refresh();
  expect(await read(otherwise, "HAT")).toBe(10);
  await expect(
    client.operations.returnToPrevious({ readModel: nameOf(), reason }),
  ).rejects.toMatchObject({
    code: "CONFLICT",
    message: `There is no way back: the previous ${declared.name} has no on_hand as numeric(9,2).`,
  });
});

test("the rows that are read can be rebuilt beside it, and it is decided afterwards", async () => {
  const newer = doubled();
  await deploy(newer);
  const { id } = await waitingOne();
  await client.operations.rebuild({ readModel: nameOf(), reason });
  await expect(decide("acceptRelease", declared, id)).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("is being rebuilt just now"),
  });
  await build();
  expect(await states()).toEqual([
    [newer.hash, "waiting"],
    [declared.hash, "current"],
  ]);
  await client.stock.addBatch({ ref: "hats", sku: "HAT", qty: 1 });
  await refresh();
  expect(await Promise.all([read(declared, "HAT"), read(newer, "HAT")])).toEqual([6, 6]);
  await decide("acceptRelease");
  await refresh();
  expect(await read(newer, "HAT")).toBe(12);
});

test("compared anew, it tells how it differs by now, and waits since when it did", async () => {
  await deploy(doubled());
  const before = await waitingOne();
  await client.catalogue.registerVariant({ sku: "SOCK" });
  await client.stock.addBatch({ ref: "socks", sku: "SOCK", qty: 3 });
  await refresh();
  await decide("compareRelease");
  await build();
  const after = await waitingOne();
  expect(after.comparison?.different).toBe((before.comparison?.different ?? 0) + 1);
  expect(after.waitingSince).toBe(before.waitingSince);
});

test("a declaration that comes after it takes its turn, and nobody accepts what is gone", async () => {
  await deploy(doubled());
  const { id } = await waitingOne();
  const tripled = changed({ on_hand: "on_hand * 3" });
  await deploy(tripled);
  expect(await states()).toEqual([
    [declared.hash, "current"],
    [tripled.hash, "waiting"],
  ]);
  const before = await client.operations.log();
  await expect(decide("acceptRelease", declared, id)).rejects.toMatchObject({
    code: "CONFLICT",
    hint: "Look at its releases anew.",
  });
  expect(await client.operations.log()).toEqual(before);
});

test("what is not wanted is discarded with all that it has", async () => {
  const newer = doubled();
  await deploy(newer);
  await decide("discardRelease");
  expect(await states()).toEqual([[declared.hash, "current"]]);
  const left = await it.database.query(
    `select from pg_class where relname like '${newer.name}@${newer.hash}%'`,
  );
  expect(left).toEqual([]);
});

test("what this server declares is not discarded", async () => {
  for (const factor of [2, 3]) {
    await deploy(changed({ on_hand: `on_hand * ${factor}` }, stock), "swap");
  }
  await deploy(stock);
  await expect(decide("discardRelease", stock)).rejects.toMatchObject({
    code: "CONFLICT",
    message: "This server declares sellable_availability so.",
  });
  await decide("acceptRelease", stock);
  await refresh();
  expect(await states(stock)).toContainEqual([stock.hash, "current"]);
});
