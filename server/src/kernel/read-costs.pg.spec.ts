import { Selvedge } from "@selvedge/sdk";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { currentOf } from "../../../test/harness/generations.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { silent } from "../log.ts";
import { CostTally, storeCosts } from "./cost-tally.ts";
import type { Engine } from "./engine.ts";
import { trialMsMax } from "./live-trial.ts";
import { queryLogin } from "./migrate.ts";
import { pool as poolOf } from "./pool.ts";
import { ReadReporter } from "./read-reporter.ts";
import { defaultSchemas as schemas } from "./schemas.ts";

/* What is counted of reads, where it is stored, and what a live answer is found to take. */

let it: TestSelvedge;
let engine: Engine;
let client: Selvedge;
let trialPool: pg.Pool;
let receipt: string;
beforeAll(async () => {
  // Reports are made here, when a test wants one.
  vi.spyOn(ReadReporter.prototype, "start").mockReturnValue();
  it = await startSelvedge({ roles: ["command", "query"] });
  if (!it.selvedge.engine) throw new Error("It was started.");
  engine = it.selvedge.engine;
  client = new Selvedge({ baseUrl: it.baseUrl, consistency: "none", retriesMax: 0 });
  trialPool = poolOf(silent, {
    ...queryLogin(it.database.url, schemas),
    options: `-c search_path=selvedge_read -c statement_timeout=${trialMsMax}`,
    max: 1,
  });
  await client.catalogue.registerVariant({ sku: "TEE" });
  ({ receipt } = await client.stock.addBatch({ ref: "tees", sku: "TEE", qty: 5 }));
});
afterEach(async () => {
  engine.reads.costs.take();
  engine.reads.pick(() => true);
  await it.database.query("truncate selvedge.read_model_cost");
});
afterAll(async () => {
  vi.restoreAllMocks();
  await trialPool.end();
  await it.stop();
});

interface Stored {
  readonly name: string;
  readonly kept: number;
  readonly patched: number;
  readonly live: number;
  readonly trials: number;
  readonly cut: number;
  readonly trial_kept_ms: number;
  readonly trial_live_ms: number;
}

/** What is stored, the same in minutes and in quarters of an hour. */
async function stored(): Promise<Stored[]> {
  const [minutes, quarters] = await Promise.all(
    [60, 900].map((resolution) =>
      it.database.query<Stored & pg.QueryResultRow>(
        `select read_model as name, sum(kept_reads)::int as kept, sum(live_reads)::int as live,
           sum(patched_reads)::int as patched, sum(trials)::int as trials,
           sum(trials_cut)::int as cut, sum(trial_kept_ms) as trial_kept_ms,
           sum(trial_live_ms) as trial_live_ms
         from selvedge.read_model_cost where resolution_s = $1 group by 1 order by 1`,
        [resolution],
      ),
    ),
  );
  expect(minutes).toEqual(quarters);
  return minutes ?? [];
}

const reporter = (options: Partial<ConstructorParameters<typeof ReadReporter>[0]> = {}) =>
  new ReadReporter({
    ...{ reads: engine.reads, schemas, operationsPool: engine.operationsPool },
    ...{ trialPool, log: silent, ...options },
  });

describe("reads", () => {
  test("are counted by how they were answered, and stored in one batch", async () => {
    const asked = (onMiss: "patch" | "live" | "serve") => ({ atLeast: receipt, onMiss });
    for (let i = 0; i < 3; i += 1) await client.stock.sellableAvailability({}, asked("serve"));
    await client.stock.sellableAvailability({}, asked("patch"));
    await client.orders.orderBoard({});
    const totals = { maxStaleMs: 0, onMiss: "patch" } as const;
    await client.floor.throughput({}, totals);
    await client.floor.throughput({}, { ...totals, onMiss: "live" });
    await client.stock.sellableAvailability({}, asked("live"));
    expect(await stored()).toEqual([]);
    await reporter().report();
    const rows = await stored();
    expect(rows.map(({ name, kept, patched, live }) => [name, kept, patched, live])).toEqual([
      ["order_board", 1, 0, 0],
      ["sellable_availability", 3, 1, 1],
      // What is patched of a whole read model is computed from its defining query.
      ["throughput", 0, 0, 2],
    ]);
    await reporter().report();
    expect(await stored()).toEqual(rows);
  });

  test("that are refused are not counted", async () => {
    const refused = client.stock.sellableAvailability({}, { atLeast: receipt, onMiss: "error" });
    await expect(refused).rejects.toMatchObject({ code: "NOT_FRESH" });
    await reporter().report();
    expect(await stored()).toEqual([]);
  });

  test("that could not be stored are counted on", async () => {
    await client.orders.orderBoard({});
    const away = { query: () => Promise.reject(new Error("away")) } as unknown as pg.Pool;
    await expect(reporter({ operationsPool: away }).report()).rejects.toThrow("away");
    await client.orders.orderBoard({});
    await reporter().report();
    expect(await stored()).toMatchObject([{ name: "order_board", kept: 2 }]);
  });

  test("are stored when their process stops, one that only queries included", async () => {
    const other = await startSelvedge(
      { roles: ["query"], migrate: "check", live: ["orderBoard"] },
      it.database,
    );
    await other.client.orders.orderBoard({});
    await other.client.stock.sellableAvailability({});
    expect(await stored()).toEqual([]);
    await other.stop();
    expect(await stored()).toMatchObject([
      { name: "order_board", kept: 0, live: 1 },
      { name: "sellable_availability", kept: 1, live: 0 },
    ]);
  });

  test("of many processes add up", async () => {
    const tallies = Array.from({ length: 8 }, () => new CostTally());
    for (const tally of tallies) {
      for (const name of ["b", "a"]) tally.add(name, { keptReads: 2, keptMs: 3 });
    }
    const pool = poolOf(silent, { connectionString: it.database.url, max: 8 });
    await Promise.all(tallies.map((tally) => storeCosts(pool, schemas, tally)));
    await pool.end();
    expect(await stored()).toMatchObject([
      { name: "a", kept: 16 },
      { name: "b", kept: 16 },
    ]);
  });
});

describe("a trial", () => {
  /** Makes the live answer of a read model take so many seconds. */
  async function slowDefinition(seconds: number): Promise<() => Promise<unknown>> {
    const { parts } = await currentOf(it.database, "sellable_availability");
    const [view] = await it.database.query<{ text: string }>(
      `select rtrim(pg_get_viewdef('${parts.definition}'::regclass), ';') as text`,
    );
    const replace = (where: string) =>
      it.database.query(
        `set search_path = selvedge; create or replace view ${parts.definition} as
           select * from (${view?.text}) as d ${where}; reset search_path`,
      );
    await replace(`where (select pg_sleep(${seconds})) is not null`);
    return () => replace("");
  }

  test("measures the same read from kept rows and live", async () => {
    const undo = await slowDefinition(0.2);
    try {
      await client.stock.sellableAvailability({ sku: "TEE" });
      await reporter().report();
      const [row] = await stored();
      expect(row).toMatchObject({ name: "sellable_availability", kept: 1, trials: 1, cut: 0 });
      expect(row?.trial_live_ms).toBeGreaterThanOrEqual(200);
      expect(row?.trial_live_ms).toBeLessThan(trialMsMax);
      expect(row?.trial_kept_ms).toBeLessThan(Number(row?.trial_live_ms));
    } finally {
      await undo();
    }
  });

  test("of a live answer that takes too long is cut off and counts as that long", async () => {
    const undo = await slowDefinition(60);
    try {
      await client.stock.sellableAvailability({});
      await reporter().report();
      const [row] = await stored();
      expect(row).toMatchObject({ trials: 1, cut: 1, trial_live_ms: trialMsMax });
    } finally {
      await undo();
    }
  });

  test("is not made again until it has rested, nor without a read", async () => {
    const one = reporter();
    await one.report();
    expect(await stored()).toEqual([]);
    await client.orders.orderBoard({});
    await one.report();
    await client.orders.orderBoard({});
    await one.report();
    expect(await stored()).toMatchObject([{ name: "order_board", kept: 2, trials: 1 }]);
    await reporter().report();
    expect(await stored()).toMatchObject([{ name: "order_board", kept: 2, trials: 2 }]);
  });

  test("that fails loses no counts", async () => {
    await client.orders.orderBoard({});
    const broken = { query: () => Promise.reject(new Error("no")) } as unknown as pg.Pool;
    await reporter({ trialPool: broken }).report();
    expect(await stored()).toMatchObject([{ name: "order_board", kept: 1, trials: 0 }]);
  });
});
