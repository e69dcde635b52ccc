import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { currentOf } from "../../../test/harness/generations.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";

/* What is wrong, as one list; no refresher works here, so that facts stay as they are put. */

let it: TestSelvedge;
let generation: number;
let stale: string;
beforeAll(async () => {
  it = await startSelvedge({ roles: ["command", "query", "admin"] });
  const { id, parts } = await currentOf(it.database, "sellable_availability");
  generation = id;
  stale = parts.stale;
});
afterAll(() => it.stop());
beforeEach(async () => {
  const calm = [
    "truncate selvedge.held_key, selvedge.verification, selvedge.refresher",
    `delete from ${stale}`,
    `update selvedge.refresh_group set last_error = null, failing_since = null, paused_at = null,
       paused_by = null, paused_reason = null`,
    "update selvedge.generation set error = null",
    // Heard, and for as long as this lasts.
    `insert into selvedge.refresher (id, host, pid, heard_at)
     values (gen_random_uuid(), 'here', 1, now() + interval '1 hour')`,
  ];
  for (const statement of calm) await it.database.query(statement);
});

const look = async () => (await it.client.operations.incidents()).incidents;
const ago = (minutes: number) => `now() - interval '${minutes} minutes'`;

test("where nothing is wrong nothing is told", async () => {
  expect(await look()).toEqual([]);
});

test("that no refresher is heard is said once, and stands for all", async () => {
  await it.database.query(`update selvedge.refresher set heard_at = ${ago(3)}`);
  const [first, ...others] = await look();
  expect(others).toEqual([]);
  expect(first).toMatchObject({ kind: "unknown", readModels: [], group: null });
  expect(first?.since).toMatch(/^\d{4}-/);
});

test("a pause and an error are told of their group, with all that it shows", async () => {
  await it.database.query(
    `update selvedge.refresh_group set paused_at = ${ago(5)}, paused_by = 'olga',
       paused_reason = 'the yearly count' where name = 'fulfilment'`,
  );
  await it.database.query(
    `update selvedge.refresh_group set failing_since = ${ago(2)}, last_error = 'no space left'
     where name = 'intake'`,
  );
  const found = await look();
  expect(found).toMatchObject([
    { kind: "failing", group: "intake", detail: "no space left" },
    { kind: "paused", group: "fulfilment", detail: "the yearly count" },
  ]);
  expect(found[0]?.readModels).toEqual(["intakeQueue", "returnsPipeline"]);
  expect(found[1]?.sentence).toBe("olga has paused the group fulfilment.");
});

test("keys that are set aside are counted, some of them named, with the oldest error", async () => {
  for (const [n, sku] of ["A", "B", "C", "D", "E", "F"].entries()) {
    const key = JSON.stringify({ tenant: "default", warehouse: "main", sku, grade: "N" });
    await it.database.query(
      `insert into selvedge.held_key (generation, key, error, since, retry_at)
       values ($1, $2, $3, ${ago(60 - n)}, now())`,
      [generation, key, `division by zero ${n}`],
    );
  }
  const [held] = await look();
  expect(held).toMatchObject({
    ...{ kind: "held", readModels: ["sellableAvailability"], group: "fulfilment" },
    ...{ detail: "division by zero 0" },
    sentence: "6 keys of sellableAvailability are set aside.",
  });
  expect(held?.keys.map(({ sku }) => sku)).toEqual(["A", "B", "C", "D", "E"]);
});

test("what stands still is told since its oldest change", async () => {
  await it.database.query(
    `insert into ${stale} (tenant, warehouse, sku, grade, noted_at)
     values ('default', 'main', 'TEE', 'N', ${ago(10)})`,
  );
  await it.database.query(`update selvedge.refresh_group set as_of = ${ago(10)}`);
  const [stalled, ...others] = await look();
  expect(others).toEqual([]);
  expect(stalled).toMatchObject({ kind: "stalled", readModels: ["sellableAvailability"] });
  expect(stalled?.sentence).toContain("waits for 10 min");
});

const keys = { keys: `'[{"sku": "TEE"}, {"sku": "CAP"}]'` };

/** A comparison of sellableAvailability is over and found so many rows that differ. */
async function found(more: Record<string, string> = {}, different = 2, minutes = 10) {
  const columns: Record<string, string> = { ...keys, ...more };
  await it.database.query(
    `insert into selvedge.verification (read_model, asked_by, started_at, finished_at, generation,
       rows_checked, missing, extra, different, ${Object.keys(columns)})
     values ('sellable_availability', 'olga', now(), ${ago(minutes)}, ${generation}, 9, 0, 0,
       ${different}, ${Object.values(columns)})`,
  );
}

test("rows that differ are told with their keys and the verification that found them", async () => {
  await found();
  const [one] = await look();
  const [row] = await it.database.query<{ id: number }>("select id from selvedge.verification");
  expect(one).toMatchObject({
    ...{ kind: "drift", readModels: ["sellableAvailability"], verification: row?.id },
    ...{ keys: [{ sku: "TEE" }, { sku: "CAP" }] },
    sentence: "2 rows of sellableAvailability are not what the books say.",
  });
});

test.each<[string, () => Promise<unknown>, string[]]>([
  ["a look at some rows that finds nothing", () => found({ sample: "5" }, 0, 1), ["drift"]],
  ["a look at all rows that finds nothing", () => found({}, 0, 1), []],
  ["a repair", () => it.database.query("update selvedge.verification set repaired_at = now()"), []],
  [
    "a rebuild",
    () => it.database.query("update selvedge.verification set generation = generation - 1"),
    [],
  ],
  [
    "a comparison that fails",
    () => found({ error: "'statement timeout'" }, 0, 1),
    ["verification-failed", "drift"],
  ],
])("after %s, what was found to differ is told, or not, as it should", async (_, act, kinds) => {
  await found();
  await act();
  expect((await look()).map(({ kind }) => kind)).toEqual(kinds);
});

test("a copy that cannot be built is told, while the old one is read", async () => {
  await it.database.query(
    `insert into selvedge.generation (name, hash, refresh_group, definition, state, error)
     select name, 'new', refresh_group, definition, 'building', 'out of memory'
     from selvedge.generation where id = $1`,
    [generation],
  );
  const [one] = await look();
  await it.database.query("delete from selvedge.generation where hash = 'new'");
  expect(one).toMatchObject({ kind: "build-failed", detail: "out of memory" });
});
