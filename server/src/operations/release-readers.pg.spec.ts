import type { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generationsOf } from "../../../test/harness/generations.ts";
import { rebuildAtOnce } from "../kernel/build.ts";
import { type KeptReadModel, readModel } from "../kernel/read-model.ts";
import { refreshCarefully } from "../kernel/refresh-carefully.ts";
import { camelCase, defaultSchemas as schemas } from "../kernel/schemas.ts";
import { changed, doubled, group, ReleasesHouse, reason } from "./releases.fixture.ts";

/* What servers of each declaration see, in whatever order things are built and taken back. */

let house: ReleasesHouse;
let client: Selvedge;
beforeAll(async () => {
  house = await ReleasesHouse.start();
  client = house.client;
});
afterAll(() => house.stop());

const tripled = (of: KeptReadModel) => changed(of, { on_hand: "on_hand * 3" });
const goBack = (model: KeptReadModel) =>
  client.operations.returnToPrevious({ readModel: camelCase(model.name), reason });
const rebuildIt = async (model: KeptReadModel) => {
  await client.operations.rebuild({ readModel: camelCase(model.name), reason });
  await house.build();
};
const teesOf = (...models: KeptReadModel[]) =>
  Promise.all(models.map((model) => house.read(model, "TEE")));

test("a return is undone by another one, also where what is read was rebuilt in between", async () => {
  const first = await house.declares();
  const second = doubled(first);
  await house.deploy(second, "swap");
  await goBack(first);
  await rebuildIt(first);
  expect(await teesOf(first, second)).toEqual([5, 5]);
  await goBack(first);
  expect(await teesOf(first, second)).toEqual([5, 10]);
  await goBack(first);
  expect(await teesOf(first, second)).toEqual([5, 5]);
  // And the next declaration cuts none of them off.
  const third = tripled(first);
  await house.deploy(third, "swap");
  expect(await teesOf(second, third)).toEqual([5, 15]);
});

test("what was ready is compared with what is read after a return, and waits", async () => {
  const first = await house.declares();
  const second = doubled(first);
  await house.deploy(second, "swap");
  const same = readModel({
    ...second,
    sql: `select * from (${second.sql}) as same`,
  }) as KeptReadModel;
  await client.operations.pause({ group, reason });
  await house.deploy(same);
  expect(await house.states(first)).toContainEqual([same.hash, "ready"]);
  await goBack(first);
  await client.operations.resume({ group, reason });
  await house.build();
  expect(await house.states(first)).toEqual([
    [first.hash, "current"],
    [second.hash, "previous"],
    [same.hash, "waiting"],
  ]);
  expect(await teesOf(first, second, same)).toEqual([5, 5, 5]);
});

test("servers of what was overtaken go on, also when what they are shown is rebuilt", async () => {
  const first = await house.declares();
  const second = doubled(first);
  await house.install(second, "swap");
  await house.install(tripled(first));
  await house.build();
  expect(await teesOf(first, second)).toEqual([5, 5]);
  await rebuildIt(first);
  await client.stock.addBatch({ ref: "later", sku: "TEE", qty: 1 });
  await house.refresh();
  expect(await teesOf(first, second)).toEqual([6, 6]);
  await house.it.database.query("delete from selvedge.batch where ref = 'later'");
  await house.refresh();
});

test("a host's own view on the plain name outlasts rebuilds and columns that are added", async () => {
  const first = await house.declares();
  await house.owner.query(
    `create view public.report as select sku, on_hand from selvedge_read.${first.name}
     where tenant = 'default' and sku = 'TEE'`,
  );
  const told = async () => (await house.owner.query("select on_hand::int as n from report")).rows;
  await rebuildIt(first);
  expect(await told()).toEqual([{ n: 5 }]);
  await house.deploy(changed(first, { on_hand: "on_hand * 2", shelves: "7" }), "swap");
  expect(await told()).toEqual([{ n: 10 }]);
  await house.owner.query("drop view public.report");
});

test("where a host's view stands on a column that goes, it waits, and its group goes on", async () => {
  const first = await house.declares();
  await house.owner.query(
    `create view public.etas as select sku, next_eta from selvedge_read.${first.name}`,
  );
  const narrower = changed(first, {}, ["next_eta"]);
  await house.deploy(narrower, "swap");
  expect(await house.states(first)).toContainEqual([narrower.hash, "waiting"]);
  const { incidents } = await client.operations.incidents();
  const mine = incidents.filter(({ readModels }) => readModels.includes(camelCase(first.name)));
  expect(mine.map(({ kind, detail }) => [kind, detail])).toEqual([
    ["release-waiting", expect.stringContaining("view public.etas depends on view")],
  ]);
  await client.stock.addBatch({ ref: "more", sku: "TEE", qty: 1 });
  await house.refresh();
  expect(await teesOf(first, narrower)).toEqual([6, "computed 6"]);
  await house.it.database.query("delete from selvedge.batch where ref = 'more'");
  await house.owner.query("drop view public.etas");
  await house.decide("acceptRelease", first);
  await house.refresh();
  expect(await house.states(first)).toContainEqual([narrower.hash, "current"]);
});

test("one that moves to another group goes on being read, and can be overtaken there", async () => {
  const first = await house.declares();
  const moved = { ...first, group: "other_spec_group" };
  await house.install(moved, "swap");
  expect(await house.read(first, "TEE")).toBe(5);
  const second = doubled(first);
  await house.install(second, "swap");
  expect(await house.read(first, "TEE")).toBe(5);
  await house.build();
  expect(await teesOf(first, second)).toEqual([5, 10]);
});

test("a moved one takes its readers with it", async () => {
  const first = await house.declares();
  await house.deploy({ ...first, group: "other_spec_group" }, "swap");
  await refreshCarefully(house.owner, schemas, "other_spec_group");
  expect(await house.states(first)).toEqual([[first.hash, "current"]]);
  expect(await house.read(first, "TEE")).toBe(5);
});

test("of two that wait and are declared the same, one goes and the other keeps its readers", async () => {
  const first = await house.declares();
  const wider = changed(first, { shelves: "7" });
  const odd = changed(wider, { on_hand: "on_hand + 1" });
  await house.deploy(odd);
  await house.deploy({ ...odd, group: "other_spec_group" });
  const waiting = await house.waiting(first);
  expect(waiting.map(({ hash }) => hash)).toEqual([odd.hash, odd.hash]);
  await house.decide("discardRelease", first, waiting[0]?.id);
  expect(await house.read(odd, "TEE", "shelves")).toBe("computed 7");
  await house.decide("discardRelease", first, waiting[1]?.id);
  await expect(house.read(odd, "TEE")).rejects.toThrow("does not exist");
});

test("a declaration that cannot be built keeps nobody from taking in what is stale", async () => {
  const first = await house.declares();
  const broken = changed(first, {
    on_hand: "case when sku = 'TEE' then on_hand / (on_hand - on_hand) else on_hand end",
  });
  await house.install(broken, "swap");
  await expect(house.build()).rejects.toThrow("division by zero");
  const [current] = await generationsOf(house.it.database, first.name);
  const never = new AbortController().signal;
  expect(await rebuildAtOnce(house.owner, schemas, current?.id ?? 0, never)).toBeUndefined();
  // The one that mends it is deployed over it.
  const mended = doubled(first);
  await house.deploy(mended, "swap");
  expect(await house.states(first)).toContainEqual([mended.hash, "current"]);
});

test("a first one that is too large to be filled at once can be declared anew before it is read", async () => {
  await house.it.database.query(
    `insert into selvedge.batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
     select 'big', 'big-' || n || repeat('x', 60), 'main', 'BIG-' || n % 100, 'N', 1, 0, now()
     from generate_series(1, 120000) as n`,
  );
  const first = readModel({
    ...(await house.declares()),
    name: "late_stock",
  }) as KeptReadModel;
  await house.install(first);
  expect(await house.states(first)).toEqual([[first.hash, "building"]]);
  expect(await house.read(first, "TEE")).toBe("computed 5");
  const second = doubled(first);
  await house.install(second);
  expect(await house.states(first)).toEqual([[second.hash, "building"]]);
  expect(await house.read(second, "TEE")).toBe("computed 10");
  await house.build();
  expect(await house.read(second, "TEE")).toBe(10);
});
