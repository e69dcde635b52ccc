import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentOf } from "../../../test/harness/generations.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { findingsOf } from "./diagnosis.ts";

/* Why a read model is late: each trouble made for real, and named. */

let it: TestSelvedge;
beforeAll(async () => {
  it = await startSelvedge();
  await it.client.catalogue.registerVariant({ sku: "TEE" });
});
afterAll(() => it.stop());

const soon = { timeout: 20_000 };
const readModel = "sellableAvailability";
const findings = async () => (await it.client.operations.diagnosis({ readModel })).findings;
const causes = async () => (await findings()).map(({ cause }) => cause);

test("where nothing stands in its way nothing is told", async () => {
  expect(await findings()).toEqual([]);
});

test("a pause is told with who and why", async () => {
  await it.client.operations.pause({ group: "fulfilment", reason: "the yearly count" });
  expect(await findings()).toMatchObject([
    { cause: "paused", sentence: "local has paused its group.", detail: "the yearly count" },
  ]);
  await it.client.operations.resume({ group: "fulfilment", reason: "it is over" });
  expect(await causes()).toEqual([]);
});

test("a lock is told with who holds it", async () => {
  const { parts } = await currentOf(it.database, "sellable_availability");
  const holder = new pg.Client({
    connectionString: it.database.url,
    application_name: "somebody's report",
  });
  await holder.connect();
  try {
    await holder.query(`begin; lock table ${parts.rows} in access exclusive mode`);
    await it.client.stock.addBatch({ ref: "B-1", sku: "TEE", qty: 1 });
    await expect.poll(causes, soon).toContain("locked");
    const locked = (await findings()).find(({ cause }) => cause === "locked");
    expect(locked?.detail).toContain("somebody's report");
  } finally {
    await holder.query("rollback");
    await holder.end();
  }
  await expect.poll(causes, soon).toEqual([]);
});

test("a read model that nobody knows has no diagnosis", async () => {
  const call = it.client.operations.diagnosis({ readModel: "noSuch" });
  await expect(call).rejects.toMatchObject({ code: "NOT_FOUND" });
});

const well = {
  ...{ at: "2026-01-05T10:00:00.000Z", silent_ms: 300, held: 0 },
  ...{ paused_ms: null, paused_by: null, paused_reason: null, failing_ms: null },
  ...{ last_error: null, held_ms: null, held_error: null, building_rows: null },
  ...{ building_ms: null, working_ms: null, working: null, locked: null, blocker: null },
  ...{ longest_ms: null, longest: null },
};

test.each<[string, Partial<Parameters<typeof findingsOf>[0]>, string[]]>([
  ["a refresher that was never heard", { silent_ms: null }, ["refresher-silent"]],
  ["a refresher that has fallen silent", { silent_ms: 10_001 }, ["refresher-silent"]],
  ["an error", { failing_ms: 5, last_error: "division by zero" }, ["failing"]],
  ["keys that are set aside", { held: 2, held_error: "no" }, ["held"]],
  ["a refresh at work, for a moment", { locked: false, working_ms: 900 }, []],
  ["a refresh at work, for long", { locked: false, working_ms: 1_001 }, ["slow"]],
  ["a build", { building_rows: 0 }, ["building"]],
  ["a transaction of half a minute", { longest_ms: 30_000 }, []],
  ["a transaction of more", { longest_ms: 30_001 }, ["long-transaction"]],
  [
    "several at once, the most fundamental first",
    { longest_ms: 60_000, paused_ms: 5, silent_ms: 20_000, held: 1 },
    ["refresher-silent", "paused", "held", "long-transaction"],
  ],
])("%s", (_, facts, expected) => {
  expect(findingsOf({ ...well, ...facts }).map(({ cause }) => cause)).toEqual(expected);
});
