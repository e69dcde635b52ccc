import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentOf } from "../../../test/harness/generations.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";

let it: TestSelvedge;
beforeAll(async () => {
  it = await startSelvedge();
});
afterAll(() => it.stop());

interface Sample extends pg.QueryResultRow {
  readonly lag: number;
  readonly noticed: number;
  readonly started: number;
  readonly visible: number;
  readonly refreshes: number;
  readonly keys: number;
}

const samplesOf = (readModel: string) =>
  it.database.query<Sample>(
    `select lag_ms as lag, to_noticed_ms as noticed, to_started_ms as started,
       to_visible_ms as visible, refreshes, keys::int
     from selvedge.lag_sample where read_model = $1 and to_noticed_ms is not null`,
    [readModel],
  );

const onHand = (sku: string) =>
  it.database.query(
    "select on_hand::int as pieces from selvedge_read.sellable_availability where sku = $1",
    [sku],
  );

const atMost = { timeout: 20_000 };

test("the stages of a sample add up to its lag", async () => {
  const { client } = it;
  await client.catalogue.registerVariant({ sku: "TEE" });
  await client.stock.addBatch({ ref: "tees", sku: "TEE", qty: 100 });
  const lines = [{ sku: "TEE", qty: 1 }];
  for (let i = 0; i < 20; i += 1) {
    await client.orders.placeOrder({ channel: "shop", externalRef: randomUUID(), lines });
  }
  await expect.poll(() => samplesOf("order_board"), atMost).not.toEqual([]);
  const samples = await samplesOf("order_board");
  for (const { lag, noticed, started, visible, refreshes, keys } of samples) {
    expect(Math.min(noticed, started, visible)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(noticed + started + visible - lag)).toBeLessThan(0.01);
    // A refresh is not over at once.
    expect(visible).toBeGreaterThan(0);
    expect(Math.min(refreshes, keys)).toBeGreaterThan(0);
  }
});

test("a change whose transaction stayed open was noticed late, though others were not", async () => {
  const slow = new pg.Client({ connectionString: it.database.url });
  await slow.connect();
  const batch = (ref: string) =>
    `insert into selvedge.batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
     values ('default', '${ref}', 'main', '${ref}', 'N', 5, 0, now())`;
  await slow.query("begin");
  await slow.query(batch("SLOW"));
  const noted = await clockOf(slow);
  // Meanwhile others come and go, and the refresher hears of each.
  for (let i = 0; i < 10; i += 1) {
    await it.client.stock.addBatch({ ref: `quick-${i}`, sku: "TEE", qty: 1 });
    await expect.poll(() => onHand("TEE"), atMost).toEqual([{ pieces: 101 + i }]);
  }
  const openMs = (await clockOf(slow)) - noted;
  await slow.query("commit");
  await slow.end();
  await expect.poll(() => onHand("SLOW"), atMost).toEqual([{ pieces: 5 }]);

  const worst = async () =>
    (await samplesOf("sellable_availability")).filter(({ lag }) => lag >= openMs);
  await expect.poll(worst, atMost).not.toEqual([]);
  const [sample] = await worst();
  // The offset between the clocks is known to within a round trip, which may take its time.
  expect(sample?.noticed).toBeGreaterThan(openMs / 2);
});

test("a running refresher leaves its history, and what it had to hold keys for", async () => {
  const { parts } = await currentOf(it.database, "sellable_availability");
  await it.database.query(
    `alter table ${parts.rows} add constraint poison check (on_hand <> 666) not valid`,
  );
  await it.client.catalogue.registerVariant({ sku: "BAD" });
  await it.client.stock.addBatch({ ref: "bad", sku: "BAD", qty: 666 });
  const { operations } = it.client;
  const held = async () =>
    (await operations.refreshHistory({ group: "fulfilment", outcome: "held" })).entries;
  await expect.poll(held, atMost).not.toEqual([]);
  const [entry] = await held();
  expect(entry?.error?.split("\n").slice(0, 2)).toEqual([
    expect.stringContaining('violates check constraint "poison"'),
    "code: 23514",
  ]);
  expect(entry?.readModels.map(({ name }) => name)).toEqual(["sellableAvailability"]);
  const { entries } = await operations.refreshHistory({ group: "fulfilment", limit: 200 });
  expect(new Set(entries.map(({ outcome }) => outcome))).toEqual(new Set(["refreshed", "held"]));

  const answer = await operations.lagHistory({ readModel: "sellableAvailability", span: "24h" });
  const known = answer.points.filter(({ lagMs }) => lagMs !== null);
  expect(known.length).toBeGreaterThan(0);
  expect(known.length).toBeLessThan(5);
  expect(known.some(({ stages }) => stages !== null)).toBe(true);
});

/** The database's clock, in ms since 1970. */
async function clockOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ now: number }>(
    "select extract(epoch from clock_timestamp())::float8 * 1000 as now",
  );
  return rows[0]?.now ?? Number.NaN;
}
