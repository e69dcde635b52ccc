import type { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type KeptReadModel, readModel } from "../kernel/read-model.ts";
import { camelCase } from "../kernel/schemas.ts";
import { changed, doubled, group, ReleasesHouse, reason, stock } from "./releases.fixture.ts";

/* A house in which changed read models wait until somebody accepts what they change. */

let house: ReleasesHouse;
let client: Selvedge;
beforeAll(async () => {
  house = await ReleasesHouse.start();
  client = house.client;
});
afterAll(() => house.stop());

// Each test has a read model of its own, which the server does not declare.
let declared: KeptReadModel;
let newer: KeptReadModel;
beforeEach(async () => {
  declared = await house.declares();
  newer = doubled(declared);
});

const nameOf = (model = declared) => camelCase(model.name);
const readBy = (sku: string, ...models: KeptReadModel[]) =>
  Promise.all(models.map((model) => house.read(model, sku)));

async function sells(sku: string): Promise<void> {
  await client.stock.addBatch({ ref: crypto.randomUUID(), sku, qty: 1 });
}

async function accepts(model: KeptReadModel): Promise<void> {
  await house.decide("acceptRelease", model);
  await house.refresh();
}

test("what would change what is read waits, and its readers go on seeing the old rows", async () => {
  await house.deploy(newer);
  expect(await house.states(declared)).toEqual([
    [declared.hash, "current"],
    [newer.hash, "waiting"],
  ]);
  const [before = Number.NaN] = (await readBy("TEE", declared)) as number[];
  expect(await house.read(newer, "TEE")).toBe(before);
  await sells("TEE");
  await house.refresh();
  expect(await readBy("TEE", declared, newer)).toEqual([before + 1, before + 1]);
  expect(await house.waitingOne(declared)).toMatchObject({
    state: "filled",
    comparison: { added: 0, removed: 0, different: 2, changed: { on_hand: 2 } },
    comparedAt: expect.any(String),
  });
  const { samples = [] } = (await house.waitingOne(declared)).comparison ?? {};
  expect(samples.find(({ key }) => key.sku === "TEE")).toMatchObject({
    ...{ how: "changed", before: { on_hand: before }, after: { on_hand: 2 * before } },
  });
});

test("that it waits is told among the incidents", async () => {
  await house.deploy(newer);
  const { incidents } = await client.operations.incidents();
  const mine = incidents.filter(({ readModels }) => readModels.includes(nameOf()));
  expect(mine).toEqual([
    expect.objectContaining({
      ...{ kind: "release-waiting", group },
      sentence: `A changed ${nameOf()} waits to be accepted.`,
      since: (await house.waitingOne(declared)).waitingSince,
    }),
  ]);
});

test("accepted, it takes its place at the next refresh, and there is a way back", async () => {
  await house.deploy(newer);
  const [before = Number.NaN] = (await readBy("HAT", declared)) as number[];
  await accepts(declared);
  expect(await house.states(declared)).toEqual([
    [declared.hash, "previous"],
    [newer.hash, "current"],
  ]);
  expect(await readBy("HAT", declared, newer)).toEqual([before, 2 * before]);
  const { entries } = await client.operations.log();
  expect(entries[0]).toMatchObject({ action: "accept", subject: declared.name, reason });
  await client.operations.returnToPrevious({ readModel: nameOf(), reason });
  expect(await readBy("HAT", declared, newer)).toEqual([before, before]);
});

test("what changes nothing that is read does not wait", async () => {
  const same = readModel({ ...declared, sql: `select * from (${declared.sql}) as same` });
  await house.deploy(same as KeptReadModel);
  expect(await house.states(declared)).toContainEqual([same.hash, "current"]);
});

test("a column that is gone, or of another type, is a change as well", async () => {
  for (const other of [
    changed(declared, {}, ["next_eta"]),
    changed(declared, { on_hand: "on_hand::numeric(9, 2)" }),
  ]) {
    await house.deploy(other);
    expect(await house.states(declared)).toContainEqual([other.hash, "waiting"]);
  }
});

test("a house that does not ask for it swaps what is built", async () => {
  await house.deploy(newer, "swap");
  expect(await house.states(declared)).toContainEqual([newer.hash, "current"]);
});

test("readers whose columns the old rows lack compute theirs until then", async () => {
  const wider = changed(declared, { on_hand: "on_hand + 1", shelves: "7" });
  await house.deploy(wider);
  expect(await house.states(declared)).toContainEqual([wider.hash, "waiting"]);
  expect(await house.read(wider, "HAT", "shelves")).toBe("computed 7");
  await accepts(declared);
  expect(await house.read(wider, "HAT", "shelves")).toBe(7);
});

test("nor are rows shown to readers who expect another type, now or on the way back", async () => {
  const otherwise = changed(declared, { on_hand: "(on_hand * 2)::numeric(9, 2)" });
  await house.deploy(otherwise);
  expect(await house.read(otherwise, "HAT")).toMatch(/^computed /);
  await accepts(declared);
  expect(await house.read(otherwise, "HAT")).toEqual(expect.any(Number));
  await expect(
    client.operations.returnToPrevious({ readModel: nameOf(), reason }),
  ).rejects.toMatchObject({
    code: "CONFLICT",
    message: `There is no way back: the previous ${declared.name} has no on_hand as numeric(9,2).`,
  });
});

test("the rows that are read can be rebuilt beside it, and it is decided afterwards", async () => {
  await house.deploy(newer);
  const { id } = await house.waitingOne(declared);
  await client.operations.rebuild({ readModel: nameOf(), reason });
  await expect(house.decide("acceptRelease", declared, id)).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("is being rebuilt just now"),
  });
  await house.build();
  expect(await house.states(declared)).toEqual([
    [newer.hash, "waiting"],
    [declared.hash, "current"],
  ]);
  const [before = Number.NaN] = (await readBy("HAT", declared)) as number[];
  await sells("HAT");
  await house.refresh();
  expect(await readBy("HAT", declared, newer)).toEqual([before + 1, before + 1]);
  await accepts(declared);
  expect(await house.read(newer, "HAT")).toBe(2 * (before + 1));
});

test("compared anew, it tells how it differs by now, and waits since when it did", async () => {
  await house.deploy(newer);
  const before = await house.waitingOne(declared);
  await client.catalogue.registerVariant({ sku: "SOCK" });
  await sells("SOCK");
  await house.refresh();
  await house.decide("compareRelease", declared);
  expect((await house.waitingOne(declared)).comparedAt).toBeNull();
  await house.build();
  const after = await house.waitingOne(declared);
  expect(after.comparison?.different).toBe((before.comparison?.different ?? 0) + 1);
  expect(after.waitingSince).toBe(before.waitingSince);
});

test("one that waits stays for its servers, until a later one has taken its place", async () => {
  await house.deploy(newer);
  const tripled = changed(declared, { on_hand: "on_hand * 3" });
  await house.deploy(tripled);
  const both = [
    [declared.hash, "current"],
    [newer.hash, "waiting"],
    [tripled.hash, "waiting"],
  ];
  expect(await house.states(declared)).toEqual(both);
  // A server of the one in the middle starts again: that changes nothing.
  await house.deploy(newer);
  expect(await house.states(declared)).toEqual(both);
  const [before = Number.NaN] = (await readBy("TEE", declared)) as number[];
  expect(await readBy("TEE", newer, tripled)).toEqual([before, before]);
  const [last, first] = await house.waiting(declared);
  await house.decide("acceptRelease", declared, last?.id);
  await house.refresh();
  expect(await house.states(declared)).toEqual([
    [declared.hash, "previous"],
    [tripled.hash, "current"],
  ]);
  const log = await client.operations.log();
  await expect(house.decide("acceptRelease", declared, first?.id)).rejects.toMatchObject({
    ...{ code: "CONFLICT", hint: "Look at its releases anew." },
  });
  expect(await client.operations.log()).toEqual(log);
});

test("what is not wanted is discarded with all that it has", async () => {
  await house.deploy(newer);
  await house.decide("discardRelease", declared);
  expect(await house.states(declared)).toEqual([[declared.hash, "current"]]);
  const left = await house.it.database.query(
    `select from pg_class where relname like '${newer.name}@${newer.hash}%'`,
  );
  expect(left).toEqual([]);
});

test("what this server declares is not discarded", async () => {
  for (const factor of [2, 3]) {
    await house.deploy(changed(stock, { on_hand: `on_hand * ${factor}` }), "swap");
  }
  await house.deploy(stock);
  await expect(house.decide("discardRelease", stock)).rejects.toMatchObject({
    code: "CONFLICT",
    message: "This server declares sellable_availability so.",
  });
  await accepts(stock);
  expect(await house.states(stock)).toContainEqual([stock.hash, "current"]);
});
