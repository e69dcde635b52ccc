import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import { keepLagHistory } from "./lag-history.ts";
import { defaultSchemas } from "./schemas.ts";

let database: TestDatabase;
let client: pg.Client;
let other: pg.Client;
// The start of a quarter of an hour that is over, and of which no sample is too old yet.
let quarter: string;

beforeAll(async () => {
  database = await createDatabase();
  client = await connect();
  other = await connect();
  const rows = await database.query<{ at: string }>(
    `select (date_bin('15 min', now(), '2000-01-01 00:00Z') - interval '30 min')::text as at`,
  );
  quarter = `timestamptz '${rows[0]?.at}'`;
});
afterEach(() =>
  database.query(
    "truncate selvedge.lag_sample, selvedge.lag_rollup, selvedge.refresh_log, " +
      "selvedge.read_model_cost",
  ),
);
afterAll(async () => {
  await client.end();
  await other.end();
  await database.drop();
});

async function connect(): Promise<pg.Client> {
  const made = new pg.Client({ connectionString: database.url });
  await made.connect();
  return made;
}

const keep = (by: pg.Client = client) => keepLagHistory(by, defaultSchemas);

/** Stores a sample so many seconds after a moment. */
async function sample(second: number, lagMs: number, more: Sample = {}): Promise<void> {
  const { readModel = "board", stages = null, pending = 0, from = quarter } = more;
  await database.query(
    `insert into selvedge.lag_sample (read_model, at, lag_ms, pending, refreshes, keys, took_ms,
       to_noticed_ms, to_started_ms, to_visible_ms)
     values ($1, ${from} + make_interval(secs => $2), $3, $4, 2, 3, $3, $5, $6, $7)`,
    [readModel, second, lagMs, pending, ...(stages ?? [null, null, null])],
  );
}

interface Sample {
  readonly readModel?: string;
  readonly stages?: readonly [number, number, number];
  readonly pending?: number;
  readonly from?: string;
}

interface Rolled {
  readonly second: number;
  readonly samples: number;
  readonly max: number;
  readonly p50: number;
  readonly p95: number;
}

const rolled = (resolution: number, readModel = "board") =>
  database.query<Rolled & pg.QueryResultRow>(
    `select extract(epoch from at - (${quarter}))::int as second, samples, lag_max_ms as max,
       lag_p50_ms as p50, lag_p95_ms as p95
     from selvedge.lag_rollup where resolution_s = $1 and read_model = $2 order by at`,
    [resolution, readModel],
  );

describe("samples", () => {
  test("are rolled up to minutes and quarters, and a minute without samples stays a gap", async () => {
    for (const [i, lagMs] of [10, 30, 20].entries()) await sample(i * 5, lagMs);
    for (let i = 0; i < 40; i += 1) await sample(120 + i, 100 + i);
    await keep();
    expect(await rolled(60)).toEqual([
      { second: 0, samples: 3, max: 30, p50: 20, p95: 30 },
      { second: 120, samples: 40, max: 139, p50: 119, p95: 137 },
    ]);
    expect(await rolled(900)).toEqual([{ second: 0, samples: 43, max: 139, p50: 118, p95: 137 }]);
  });

  test("are counted each read model for itself, with refreshes, keys, and what waited", async () => {
    await sample(0, 10, { pending: 4 });
    await sample(5, 30, { pending: 1 });
    await sample(5, 70, { readModel: "stock", pending: 2 });
    await keep();
    const rows = await database.query(
      `select read_model, pending_max, refreshes::int, keys::int, took_max_ms
       from selvedge.lag_rollup where resolution_s = 60 order by read_model`,
    );
    expect(rows).toEqual([
      { read_model: "board", pending_max: 4, refreshes: 4, keys: 6, took_max_ms: 30 },
      { read_model: "stock", pending_max: 2, refreshes: 2, keys: 3, took_max_ms: 70 },
    ]);
  });

  test("leave the stages of the slowest change that came to be visible", async () => {
    await sample(0, 60, { stages: [10, 20, 30] });
    await sample(5, 90, { stages: [5, 80, 5] });
    await sample(10, 5_000);
    await sample(15, 75, { stages: [70, 1, 4] });
    await sample(60, 5_000);
    await keep();
    const rows = await database.query(
      `select lag_max_ms as max, to_noticed_ms, to_started_ms, to_visible_ms
       from selvedge.lag_rollup where resolution_s = 60 order by at`,
    );
    expect(rows).toEqual([
      { max: 5_000, to_noticed_ms: 5, to_started_ms: 80, to_visible_ms: 5 },
      { max: 5_000, to_noticed_ms: null, to_started_ms: null, to_visible_ms: null },
    ]);
  });

  test("of a minute that is not over yet wait", async () => {
    await sample(0, 10);
    await sample(0, 20, { from: "now()" });
    await keep();
    expect((await rolled(60)).map(({ max }) => max)).toEqual([10]);
    const samples = await database.query("select from selvedge.lag_sample");
    expect(samples.length).toBe(2);
  });

  test("that are rolled up again change nothing, nor does one that came too late", async () => {
    await sample(0, 10);
    await sample(65, 20);
    await keep();
    const before = [await rolled(60), await rolled(900)];
    await sample(5, 99);
    await keep();
    await keep();
    expect([await rolled(60), await rolled(900)]).toEqual(before);
    expect(before.map((rows) => rows.length)).toEqual([2, 1]);
  });

  test("from before a pause of hours are caught up with, and deleted only then", async () => {
    const from = `${quarter} - interval '5 hours'`;
    for (let i = 0; i < 30; i += 1) await sample(i * 60, i, { from });
    await sample(0, 7);
    await keep();
    const minutes = await rolled(60);
    expect(minutes.map(({ max }) => max)).toEqual([...Array.from({ length: 30 }, (_, i) => i), 7]);
    expect((await rolled(900)).map(({ second, samples }) => [second, samples])).toEqual([
      ...[[-18_000, 15] as const, [-17_100, 15] as const],
      [0, 1],
    ]);
    const left = await database.query<{ lag_ms: number }>("select lag_ms from selvedge.lag_sample");
    expect(left).toEqual([{ lag_ms: 7 }]);
  });
});

describe("two that roll up at once", () => {
  test("make each row once: the second waits for the first and leaves its rows alone", async () => {
    for (let i = 0; i < 20; i += 1) await sample(i * 30, i);
    await client.query("begin");
    await keep();
    const { rows } = await other.query<{ pid: number }>("select pg_backend_pid() as pid");
    const second = keep(other);
    await expect
      .poll(() =>
        database.query("select from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'", [
          rows[0]?.pid,
        ]),
      )
      .toHaveLength(1);
    await client.query("commit");
    await second;
    expect((await rolled(60)).map(({ samples }) => samples)).toEqual(Array(10).fill(2));
    expect((await rolled(900)).map(({ samples }) => samples)).toEqual([20]);
  });

  test("count each of thousands of samples once while both delete them", async () => {
    await database.query(
      `insert into selvedge.lag_sample (read_model, at, lag_ms, pending)
       select 'board-' || n % 7, ${quarter} - interval '6 hours' + n * interval '3 s', n, 0
       from generate_series(0, 4999) as n`,
    );
    await Promise.all([keep(client), keep(other)]);
    const counted = await database.query(
      `select resolution_s, sum(samples)::int as samples, max(lag_max_ms) as max
       from selvedge.lag_rollup group by 1 order by 1`,
    );
    expect(counted).toEqual([
      { resolution_s: 60, samples: 5_000, max: 4_999 },
      { resolution_s: 900, samples: 5_000, max: 4_999 },
    ]);
    await keep();
    expect((await database.query("select from selvedge.lag_sample")).length).toBeLessThan(5_000);
  });
});

describe("what is too old", () => {
  test("goes: minutes after 26 hours, quarters after 32 days, refreshes after a day", async () => {
    await database.query(
      `insert into selvedge.lag_rollup (read_model, resolution_s, at, samples, lag_max_ms,
         lag_p50_ms, lag_p95_ms, pending_max, refreshes, keys)
       select 'board', resolution, now() - age, 1, 1, 1, 1, 0, 0, 0
       from unnest(array[60, 900]) as resolution,
         unnest('{25 hours, 27 hours, 31 days, 33 days}'::interval[]) as age`,
    );
    await database.query(
      `insert into selvedge.read_model_cost select 'board', resolution_s, at,
         ${Array(13).fill(0).join(", ")} from selvedge.lag_rollup`,
    );
    await database.query(
      `insert into selvedge.refresh_log (refresh_group, started_at, outcome, refreshes,
         took_max_ms, keys)
       select 'orders', now() - age, 'refreshed', 1, 1, '{}'
       from unnest('{23 hours, 25 hours}'::interval[]) as age`,
    );
    await keep();
    const rows = await database.query(
      `select resolution_s as of, round(extract(epoch from now() - at) / 3600)::int as hours
       from selvedge.lag_rollup join selvedge.read_model_cost using (resolution_s, at) union all
       select 0, round(extract(epoch from now() - started_at) / 3600)::int
       from selvedge.refresh_log order by 1, 2`,
    );
    expect(rows.map(({ of, hours }) => [of, hours])).toEqual([
      ...[[0, 23] as const, [60, 25] as const],
      ...[[900, 25] as const, [900, 27] as const, [900, 744] as const],
    ]);
    expect((await database.query("select from selvedge.read_model_cost")).length).toBe(4);
  });

  test("goes in small steps, however much there is", async () => {
    await database.query(
      `insert into selvedge.refresh_log (refresh_group, started_at, outcome, refreshes,
         took_max_ms, keys)
       select 'orders', now() - interval '30 days', 'refreshed', 1, 1, '{}'
       from generate_series(1, 2500)`,
    );
    const deleted: number[] = [];
    const watched = async (text: string) => {
      const result = await client.query(text);
      if (result.command === "DELETE" && result.rowCount) deleted.push(result.rowCount);
      return result;
    };
    await keepLagHistory({ query: watched as typeof client.query }, defaultSchemas);
    expect(deleted).toEqual([1_000, 1_000, 500]);
  });
});
