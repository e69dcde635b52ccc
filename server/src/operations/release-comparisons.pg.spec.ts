import type { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type KeptReadModel, readModel } from "../kernel/read-model.ts";
import { camelCase } from "../kernel/schemas.ts";
import { changed, doubled, group, ReleasesHouse, reason } from "./releases.fixture.ts";

/* What is compared before a changed read model takes its place, and who sees what of that. */

let house: ReleasesHouse;
let client: Selvedge;
beforeAll(async () => {
  house = await ReleasesHouse.start();
  client = house.client;
});
afterAll(() => house.stop());

/** Counts a SKU's pieces twice: what is not compared in time would be swapped in unseen. */
const doubledHats = (of: KeptReadModel) =>
  changed(of, { on_hand: "case when sku = 'HAT' then on_hand * 2 else on_hand end" });
const changeHats = () => client.stock.addBatch({ ref: crypto.randomUUID(), sku: "HAT", qty: 1 });
const comparisonOf = async (model: KeptReadModel) => (await house.waitingOne(model)).comparison;

test("what changed while it was built is compared once it is taken in", async () => {
  const declared = await house.declares();
  const newer = doubledHats(declared);
  await house.install(newer);
  await changeHats();
  // Meanwhile a refresher goes on.
  let isBuilt = false;
  const built = house.build().finally(() => {
    isBuilt = true;
  });
  const other = await ReleasesHouse.beside(house);
  while (!isBuilt) await other.refresh();
  await built;
  await other.owner.end();
  expect(await house.states(declared)).toContainEqual([newer.hash, "waiting"]);
  expect(await comparisonOf(declared)).toMatchObject({ different: 1, leftOut: 0 });
});

test("what waits to be taken in is compared by what the queries say of it", async () => {
  const [one, other] = [await house.declares(), await house.declares()];
  await client.operations.pause({ group, reason });
  await changeHats();
  const same = readModel({ ...one, sql: `select * from (${one.sql}) as same` });
  await house.deploy(same as KeptReadModel);
  const newer = doubledHats(other);
  await house.deploy(newer);
  expect(await comparisonOf(other)).toMatchObject({ before: 2, different: 1, leftOut: 0 });
  await client.operations.resume({ group, reason });
  await house.refresh();
  expect(await house.states(one)).toContainEqual([same.hash, "current"]);
  expect(await house.states(other)).toContainEqual([newer.hash, "waiting"]);
});

test("a whole one whose query fails is mended by the next, and waits where that is wanted", async () => {
  const whole = { maintain: "whole", staleOn: ["batch", "garment"] } as never;
  for (const [releases, state] of [
    ["swap", "current"],
    ["accept", "waiting"],
  ] as const) {
    const declared = await house.declares(whole);
    const failing = changed(declared, {
      on_hand: "case when sku = 'WHOLE' then on_hand / (on_hand - on_hand) else on_hand end",
    });
    await house.deploy(failing, "swap");
    await client.catalogue.registerVariant({ sku: "WHOLE" });
    await client.stock.addBatch({ ref: crypto.randomUUID(), sku: "WHOLE", qty: 1 });
    await house.refresh();
    const mended = readModel({ ...declared, sql: `select * from (${declared.sql}) as mended` });
    await house.deploy(mended as KeptReadModel, releases);
    expect(await house.states(declared)).toContainEqual([mended.hash, state]);
    await house.it.database.query("delete from selvedge.batch where sku = 'WHOLE'");
  }
});

test("keys that are set aside make it wait, as the newer one may have mended them", async () => {
  const poisoned = "case when sku = 'BAD' then on_hand / (on_hand - on_hand) else on_hand end";
  await client.catalogue.registerVariant({ sku: "BAD" });
  const base = await house.declares();
  const failing = changed(base, { on_hand: poisoned });
  await house.deploy(failing, "swap");
  await client.stock.addBatch({ ref: "bad", sku: "BAD", qty: 1 });
  await house.refresh();
  const mended = readModel({ ...base, sql: `select * from (${base.sql}) as mended` });
  await house.deploy(mended as KeptReadModel);
  expect(await house.states(base)).toContainEqual([mended.hash, "waiting"]);
  expect((await comparisonOf(base))?.leftOut).toBe(1);
  await house.it.database.query("delete from selvedge.batch where ref = 'bad'");
});

test("of one that is kept whole both queries are compared, at one instant", async () => {
  const whole = { maintain: "whole", staleOn: ["batch", "garment"] } as never;
  const declared = await house.declares(whole);
  // Its rows are of before, and nobody has refreshed it since.
  await changeHats();
  const same = readModel({ ...declared, sql: `select * from (${declared.sql}) as same` });
  await house.deploy(same as KeptReadModel);
  expect(await house.states(declared)).toContainEqual([same.hash, "current"]);
  await house.deploy(doubled(same as KeptReadModel));
  expect((await comparisonOf(declared))?.different).toBeGreaterThan(0);
});

test("between whole and by key readers compute theirs, and it is accepted and taken back", async () => {
  const declared = await house.declares();
  const whole = readModel({
    ...doubled(declared),
    ...({ maintain: "whole", staleOn: ["batch", "garment"] } as object),
  } as KeptReadModel) as KeptReadModel;
  await house.deploy(whole);
  expect(await house.read(whole, "TEE")).toBe("computed 10");
  await house.decide("acceptRelease", declared);
  await house.refresh();
  expect(await house.read(whole, "TEE")).toBe(10);
  await expect(
    client.operations.returnToPrevious({ readModel: camelCase(declared.name), reason }),
  ).rejects.toMatchObject({ message: expect.stringContaining("is kept in another way") });
});

test("on the way back what waits is shown the older rows as well, and compared with them", async () => {
  const first = await house.declares();
  const second = doubled(first);
  await house.deploy(second, "swap");
  const third = changed(second, { on_hand: "on_hand + 1" });
  await house.deploy(third);
  expect(await house.read(third, "TEE")).toBe(10);
  await client.operations.returnToPrevious({ readModel: camelCase(first.name), reason });
  expect([await house.read(second, "TEE"), await house.read(third, "TEE")]).toEqual([5, 5]);
  await house.build();
  const { samples = [] } = (await comparisonOf(first)) ?? {};
  expect(samples.find(({ key }) => key.sku === "TEE")).toMatchObject({
    ...{ before: { on_hand: 5 }, after: { on_hand: 11 } },
  });
  await house.decide("acceptRelease", first);
  await house.refresh();
  expect(await house.read(third, "TEE")).toBe(11);
});

test("what is left when several waited follows what is read, and stands in nobody's way", async () => {
  const first = await house.declares();
  const second = doubled(first);
  const third = changed(first, { on_hand: "on_hand * 3" });
  await house.deploy(second);
  await house.deploy(third);
  const [, earlier] = await house.waiting(first);
  await house.decide("acceptRelease", first, earlier?.id);
  await house.refresh();
  expect([await house.read(second, "TEE"), await house.read(third, "TEE")]).toEqual([10, 10]);
  await house.build();
  const { samples = [] } = (await comparisonOf(first)) ?? {};
  expect(samples.find(({ key }) => key.sku === "TEE")).toMatchObject({
    ...{ before: { on_hand: 10 }, after: { on_hand: 15 } },
  });
  const fourth = changed(first, { on_hand: "on_hand * 4" });
  await house.deploy(fourth, "swap");
  expect(await house.states(first)).toEqual([
    [second.hash, "previous"],
    [fourth.hash, "current"],
  ]);
});

test("after a return servers of the newer declaration are not cut off by the next one", async () => {
  const first = await house.declares();
  const second = doubled(first);
  await house.deploy(second, "swap");
  await client.operations.returnToPrevious({ readModel: camelCase(first.name), reason });
  const third = changed(first, { on_hand: "on_hand * 3" });
  await house.deploy(third, "swap");
  expect(await house.read(second, "TEE")).toBe(5);
  // With what they are shown they go, once that is two steps back.
  const fourth = changed(first, { on_hand: "on_hand * 4" });
  await house.deploy(fourth, "swap");
  expect(await house.states(first)).toEqual([
    [third.hash, "previous"],
    [fourth.hash, "current"],
  ]);
  await expect(house.read(second, "TEE")).rejects.toThrow("does not exist");
});

test("servers of what was being built go on with what is read when another one comes", async () => {
  const first = await house.declares();
  const second = doubled(first);
  await house.install(second, "swap");
  expect(await house.read(second, "TEE")).toBe("computed 10");
  const third = changed(first, { on_hand: "on_hand * 3" });
  await house.install(third, "swap");
  expect(await house.read(second, "TEE")).toBe(5);
  await house.build();
  expect(await house.read(third, "TEE")).toBe(15);
});

test("there is a way back while another declaration is being built", async () => {
  const first = await house.declares();
  const second = doubled(first);
  await house.deploy(second, "swap");
  const third = changed(first, { on_hand: "on_hand * 3" });
  await house.install(third);
  await client.operations.returnToPrevious({ readModel: camelCase(first.name), reason });
  expect(await house.read(second, "TEE")).toBe(5);
  await house.build();
  const { samples = [] } = (await comparisonOf(first)) ?? {};
  expect(samples.find(({ key }) => key.sku === "TEE")?.before).toEqual({ on_hand: 5 });
});

test("there is no way back in the middle of a rebuild", async () => {
  const first = await house.declares();
  await house.deploy(doubled(first), "swap");
  await client.operations.rebuild({ readModel: camelCase(first.name), reason });
  const back = () =>
    client.operations.returnToPrevious({ readModel: camelCase(first.name), reason });
  await expect(back()).rejects.toMatchObject({
    code: "CONFLICT",
    message: `There is no way back: ${first.name} is being rebuilt just now.`,
  });
  await house.build();
  await back();
  expect(await house.read(first, "TEE")).toBe(5);
});

test("a rebuild that a newer declaration ends leaves readers of what is read alone", async () => {
  const declared = await house.declares();
  await client.operations.rebuild({ readModel: camelCase(declared.name), reason });
  await house.install(doubled(declared));
  expect(await house.read(declared, "TEE")).toBe(5);
});

test("values of another house's rows are told to that house alone, its keys to all", async () => {
  const declared = await house.declares();
  await house.it.database.query(
    `insert into selvedge.batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
     values ('elsewhere', 'theirs', 'main', 'SECRET', 'N', 77, 0, now())`,
  );
  await house.refresh();
  await house.deploy(doubled(declared));
  const { samples = [] } = (await comparisonOf(declared)) ?? {};
  const theirs = samples.find(({ key }) => key.tenant === "elsewhere");
  expect(theirs).toEqual({ how: "changed", key: expect.objectContaining({ sku: "SECRET" }) });
  expect(samples.find(({ key }) => key.sku === "TEE")?.before).toEqual({ on_hand: 5 });
  expect(JSON.stringify(samples)).not.toContain("77");
});
