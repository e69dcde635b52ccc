import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentOf } from "../../../test/harness/generations.ts";
import { openWriteSide, type WriteSide } from "../../../test/harness/write-side.ts";
import { silent } from "../log.ts";
import { type Costs, CostTally } from "./cost-tally.ts";
import { pool as poolOf } from "./pool.ts";
import { RefreshLoop } from "./refresh-loop.ts";
import { RefreshTally } from "./refresh-tally.ts";
import { defaultSchemas as schemas } from "./schemas.ts";

/* What keeping a read model costs, as a refresher's job counts it. */

let it: WriteSide;
let pool: pg.Pool;
beforeAll(async () => {
  it = await openWriteSide();
  pool = poolOf(silent, { connectionString: it.database.url, max: 3 });
});
afterAll(async () => {
  await pool.end();
  await it.end();
});

/** Lets a job run until the read model has so many rows, and answers what that cost by then. */
async function refreshedTo(rows: number): Promise<ReadonlyMap<string, Partial<Costs>>> {
  const costs = new CostTally();
  const pace = () => ({ restMs: 5, wantedRestMs: 5 });
  const tally = new RefreshTally();
  const loop = new RefreshLoop({
    ...{ group: "fulfilment", schemas, pool, log: silent },
    ...{ pace, tally, costs },
  });
  const done = loop.run(new AbortController().signal);
  const counted = () =>
    it.database.query("select count(*)::int as n from selvedge_read.sellable_availability");
  await expect.poll(counted, { timeout: 20_000 }).toEqual([{ n: rows }]);
  loop.stop();
  await done;
  return costs.take();
}

test("refreshes count where they had keys, and their time counts anyhow", async () => {
  await it.add("A", 1);
  await it.add("A", 1);
  await it.add("B", 1);
  const costs = await refreshedTo(2);
  expect(costs.get("sellable_availability")).toMatchObject({ refreshes: 1, keys: 2 });
  expect(costs.get("order_board")).toMatchObject({ refreshes: 0, keys: 0 });
  for (const name of ["sellable_availability", "order_board", "allocations"]) {
    expect(costs.get(name)?.refreshMs).toBeGreaterThan(0);
  }
  expect(costs.size).toBe(3);
});

test("what is built anew since too much was stale counts with what that took", async () => {
  const { id } = await currentOf(it.database, "sellable_availability");
  // Only the next generation is made of this, and only its build runs it.
  await it.database.query(
    `update selvedge.generation set definition = jsonb_set(definition, '{sql}', to_jsonb(
       'select * from (' || (definition ->> 'sql') || ') as d where (select pg_sleep(0.4)) is not null'))
     where id = $1`,
    [id],
  );
  await it.database.query(
    `insert into selvedge.batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
     select 't', i::text, 'main', i::text, 'N', 1, 0, now() from generate_series(1, 12000) as i`,
  );
  const costs = await refreshedTo(12_002);
  expect((await currentOf(it.database, "sellable_availability")).id).toBeGreaterThan(id);
  const slowMs = costs.get("sellable_availability")?.refreshMs ?? Number.NaN;
  expect(slowMs).toBeGreaterThanOrEqual(400);
  expect(costs.get("order_board")?.refreshMs).toBeLessThan(slowMs);
});
