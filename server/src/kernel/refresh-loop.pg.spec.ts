import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { currentOf } from "../../../test/harness/generations.ts";
import { openWriteSide, type WriteSide } from "../../../test/harness/write-side.ts";
import { silent } from "../log.ts";
import { CostTally } from "./cost-tally.ts";
import { pool as poolOf } from "./pool.ts";
import { RefreshLoop } from "./refresh-loop.ts";
import { RefreshTally } from "./refresh-tally.ts";
import { defaultSchemas as schemas } from "./schemas.ts";

/* How long a loop rests between refreshes, and what cuts that short. */

let it: WriteSide;
let pool: pg.Pool;
let loop: RefreshLoop;
let done: Promise<unknown>;
beforeAll(async () => {
  it = await openWriteSide();
  pool = poolOf(silent, { connectionString: it.database.url, max: 3 });
});
afterAll(async () => {
  await pool.end();
  await it.end();
});
beforeEach(async () => {
  loop = new RefreshLoop({
    ...{ group: "fulfilment", schemas, pool, log: silent },
    // Longer than any test waits, so that only what cuts it short ends it.
    pace: () => ({ restMs: 60_000, wantedRestMs: 5 }),
    ...{ tally: new RefreshTally(), costs: new CostTally() },
  });
  done = loop.run(new AbortController().signal);
});
afterEach(async () => {
  loop.stop();
  await done;
});

async function isVisible(sku: string): Promise<void> {
  const rows = () =>
    it.database.query("select sku from selvedge_read.sellable_availability where sku = $1", [sku]);
  await expect.poll(rows, { timeout: 10_000 }).toEqual([{ sku }]);
}

test("a reader who waits ends the rest", async () => {
  await it.add("FIRST", 1);
  await isVisible("FIRST");
  await it.add("SECOND", 1);
  loop.wake(true);
  await isVisible("SECOND");
});

test("a reader who came while a refresh was under way has not to wait out the rest", async () => {
  const { parts } = await currentOf(it.database, "sellable_availability");
  await it.client.query(`begin; lock table ${parts.rows} in share mode`);
  await it.add("UNDER-WAY", 1);
  loop.wake();
  const waiting = () =>
    it.database.query(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
  await expect.poll(waiting, { timeout: 10_000 }).toEqual([{ n: 1 }]);
  await it.add("TOO-LATE", 1);
  loop.wake(true);
  await it.client.query("commit");
  await isVisible("UNDER-WAY");
  await isVisible("TOO-LATE");
});
