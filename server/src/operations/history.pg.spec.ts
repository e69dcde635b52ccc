import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import { keepLagHistory } from "../kernel/lag-history.ts";
import { sampleLag } from "../kernel/lag-samples.ts";
import { pool as poolOf } from "../kernel/pool.ts";
import { logRefreshes } from "../kernel/refresh-log.ts";
import { RefreshTally } from "../kernel/refresh-tally.ts";
import { defaultSchemas as schemas } from "../kernel/schemas.ts";
import { silent } from "../log.ts";
import { readModels } from "../router.gen.ts";
import {
  lagHistoryAnswer,
  lagSpan,
  readLagHistory,
  readRefreshHistory,
  refreshHistoryAnswer,
} from "./history.ts";

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pool = poolOf(silent, { connectionString: database.url, max: 2 });
});
afterEach(() =>
  database.query("truncate selvedge.lag_sample, selvedge.lag_rollup, selvedge.refresh_log"),
);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const source = () => ({ operationsPool: pool, readModels, schemas });
const history = async (span: "1h" | "24h" | "7d" | "30d") =>
  lagHistoryAnswer.parse(await readLagHistory(source(), { readModel: "orderBoard", span }));
const known = ({ points }: Awaited<ReturnType<typeof history>>) =>
  points.filter(({ lagMs }) => lagMs !== null);

/** Samples every five seconds over a time, the lag growing by one each. */
const sampled = (age: string, until: string) =>
  database.query(
    `insert into selvedge.lag_sample (read_model, at, lag_ms, pending, refreshes, keys,
       to_noticed_ms, to_started_ms, to_visible_ms)
     select 'order_board', at, n, n, 1, 2, 0, n - 1, 1
     from generate_series(now() - $1::interval, now() - $2::interval, '5 s')
       with ordinality as s (at, n)`,
    [age, until],
  );

describe("a history of lag", () => {
  test.each([
    ["1h", 361, 10_000],
    ["24h", 289, 300_000],
    ["7d", 337, 1_800_000],
    ["30d", 361, 7_200_000],
  ] as const)("over %s has %i points, all of them gaps where nothing was heard", async (...row) => {
    const [span, points, stepMs] = row;
    const answer = await history(span);
    expect([answer.points.length, answer.stepMs]).toEqual([points, stepMs]);
    expect(known(answer)).toEqual([]);
    const times = answer.points.map(({ at }) => Date.parse(at));
    expect(new Set(times.map((at, i) => at - (times[i - 1] ?? at - stepMs)))).toEqual(
      new Set([stepMs]),
    );
  });

  test("shows what is rolled up and what is not yet, and the gap between", async () => {
    await sampled("100 minutes", "70 minutes");
    await sampled("20 minutes", "0");
    const before = await Promise.all(lagSpan.options.map(history));
    await keepLagHistory(pool, schemas);
    const after = await Promise.all(lagSpan.options.map(history));
    for (const [i, { points }] of after.entries()) {
      // A step may have come to its end in between.
      const then = new Map(before[i]?.points.map((point) => [point.at, point]));
      const both = points.filter(({ at }) => then.has(at));
      expect(both.length).toBeGreaterThanOrEqual(points.length - 1);
      expect(both).toEqual(both.map(({ at }) => then.get(at)));
    }
    const day = after[1];
    const gap = day?.points.findLastIndex(({ lagMs }) => lagMs === null) ?? -1;
    const minutes = (Date.now() - Date.parse(day?.points[gap]?.at ?? "")) / 60_000;
    expect(minutes).toBeGreaterThan(20);
    expect(minutes).toBeLessThan(32);
    expect(day?.points.at(-1)?.lagMs).toBeGreaterThan(200);
  });

  test("has the worst of each step, and p95 over each quarter of an hour", async () => {
    await sampled("50 minutes", "0");
    await keepLagHistory(pool, schemas);
    const points = known(await history("1h"));
    expect(points.length).toBeGreaterThanOrEqual(298);
    const inner = points.slice(1, -1);
    expect(inner.filter(({ refreshes, keys }) => refreshes !== 2 || keys !== 4)).toEqual([]);
    const odd = inner.filter(({ lagMs, pending, stages }) => {
      const { toNoticedMs = -1, toStartedMs = -1, toVisibleMs = -1 } = stages ?? {};
      return lagMs !== pending || toNoticedMs + toStartedMs + toVisibleMs !== lagMs;
    });
    expect(odd).toEqual([]);
    const quarters = Map.groupBy(points, ({ at }) => Math.floor(Date.parse(at) / 900_000));
    const whole = [...quarters.values()].filter(({ length }) => length === 90);
    expect(whole.length).toBeGreaterThanOrEqual(2);
    for (const steps of whole) {
      const worst = steps.at(-1)?.lagMs ?? Number.NaN;
      // Of 180 samples that grow by one, nine are greater than the 171st.
      expect(new Set(steps.map(({ p95LagMs }) => p95LagMs))).toEqual(new Set([worst - 9]));
      expect(new Set(steps.map(({ p50LagMs }) => p50LagMs))).toEqual(new Set([worst - 90]));
    }
  });

  test("is not to be had of a read model that is not there", async () => {
    const asked = readLagHistory(source(), { readModel: "order_board", span: "1h" });
    await expect(asked).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

test("a sample whose worst change still waits has that lag, and no stages", async () => {
  await database.query(
    `create table selvedge.waiting as select now() - interval '1 minute' as noted_at;
     create table selvedge.waiting_none (noted_at timestamptz)`,
  );
  const tally = new RefreshTally();
  const stages = { toNoticedMs: 1, toStartedMs: 2, toVisibleMs: 3 };
  const names = ["order_board", "allocations", "throughput"];
  const refreshed = names.slice(0, 2).map((name) => ({ name, keys: 4, lagMs: 6, isRead: true }));
  tally.refreshed("orders", 0, { tookMs: 5, readModels: refreshed }, () => stages);
  const tables = ["waiting", "waiting_none", "waiting_none"];
  const sampled = names.map((name, i) => ({ name, stale: `selvedge.${tables[i]}` }));
  await sampleLag(pool, schemas, sampled, tally.take());
  const rows = await database.query(
    `select read_model, floor(lag_ms / 1000)::int * 1000 + case when lag_ms < 1000 then lag_ms
       else 0 end as lag, pending, to_started_ms, refreshes, keys::int, took_ms
     from selvedge.lag_sample order by lag desc, read_model`,
  );
  expect(rows.map((row) => Object.values(row))).toEqual([
    ["order_board", 60_000, 1, null, 1, 4, 5],
    ["allocations", 6, 0, 2, 1, 4, 5],
    ["throughput", 0, 0, null, 0, 0, null],
  ]);
});

describe("a history of refreshes", () => {
  const tell = async (wanted: { limit: number; outcome?: "refreshed" | "held" | "failed" }) =>
    refreshHistoryAnswer.parse(
      await readRefreshHistory(source(), { group: "fulfilment", ...wanted }),
    ).entries;

  test("tells windows and each failure, the newest first, at the database's time", async () => {
    const now = performance.now();
    const tally = new RefreshTally();
    const board = { name: "order_board", keys: 3, lagMs: null, isRead: true };
    const readModels = [board];
    const none = () => expect.fail("no lag, no stages");
    tally.refreshed("fulfilment", now - 4_000, { tookMs: 8, readModels }, none);
    const held = [{ ...board, error: new Error("bad size") }];
    tally.refreshed("fulfilment", now - 3_000, { tookMs: 2, readModels: held }, none);
    tally.failed("fulfilment", now - 60_000, Object.assign(new Error("no"), { code: "23514" }));
    tally.failed("fulfilment", now - 30_000, new Error("no again"));
    tally.failed("throughput", now, new Error("elsewhere"));
    await logRefreshes(pool, schemas, tally.take(), tally.takeFailures());

    const entries = await tell({ limit: 10 });
    expect(entries.map(({ startedAt, tookMs, ...entry }) => entry)).toEqual([
      {
        ...{ outcome: "held", refreshes: 1, error: "bad size" },
        readModels: [{ name: "orderBoard", keys: 6 }],
      },
      {
        ...{ outcome: "refreshed", refreshes: 2, error: null },
        readModels: [{ name: "orderBoard", keys: 6 }],
      },
      { outcome: "failed", refreshes: 1, error: "no again", readModels: [] },
      { outcome: "failed", refreshes: 1, error: "no\ncode: 23514", readModels: [] },
    ]);
    expect(entries.slice(0, 2).map(({ tookMs }) => tookMs)).toEqual([8, 8]);
    const clock = await database.query<{ now: Date }>("select clock_timestamp() as now");
    const passedMs = performance.now() - now;
    const ages = entries.map(
      ({ startedAt }) => Number(clock[0]?.now) - Date.parse(startedAt) - passedMs,
    );
    for (const [i, age] of [4_000, 4_000, 30_000, 60_000].entries()) {
      expect(Math.abs((ages[i] ?? 0) - age)).toBeLessThan(2_000);
    }
    expect((await tell({ limit: 2 })).map(({ refreshes }) => refreshes)).toEqual([1, 2]);
    const failed = await tell({ limit: 1, outcome: "failed" });
    expect(failed.map(({ error }) => error)).toEqual(["no again"]);
  });

  test("is not to be had of a group that is not there", async () => {
    const asked = readRefreshHistory(source(), { group: "nowhere", limit: 1 });
    await expect(asked).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
