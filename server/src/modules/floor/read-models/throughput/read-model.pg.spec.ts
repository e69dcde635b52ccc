import type { ThroughputRow } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let ask: House["client"]["floor"]["throughput"];

/** One hour's work, and some of the day before. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.floor.throughput;
  const { stock, orders } = house.client;
  await house.stocks("TEE", 10, 5);
  await stock.addBatch({ ref: "soon", sku: "TEE", qty: 7, eta: "2026-06-01T00:00:00Z" });
  const first = await house.sells({ TEE: 2 });
  const second = await house.sells({ TEE: 3 });
  await house.sells({ TEE: 100 });
  await stock.deallocateLine({ orderId: first.orderId, line: 1, reason: "express first" });
  await orders.cancelOrder({ orderId: second.orderId, reason: "changed mind" });
  await house.database.query(
    `insert into selvedge.journal
       (tenant, kind, id, version, type, data, partner, command_id, actor, at)
     select 'default', 'SkuStock', 'yesterday', n, 'BatchAdded',
       '{"qty": 1, "inHouse": true}', 'spec', 'yesterday', 'spec',
       date_trunc('hour', now()) - n * interval '20 min'
     from generate_series(1, 6) as n`,
  );
  // Sent last, so that its receipt covers what was just written without one.
  await stock.changeBatchQuantity({ ref: "TEE/1", qty: 9 });
});
afterAll(() => house.stop());

/** Sums over hours, for a test may run while one begins. */
function sums(rows: readonly ThroughputRow[]): Record<string, [pieces: number, events: number]> {
  const sum: Record<string, [number, number]> = {};
  for (const { step, pieces, events } of rows) {
    const [morePieces, moreEvents] = sum[step] ?? [0, 0];
    sum[step] = [pieces + morePieces, events + moreEvents];
  }
  return sum;
}

test("each step of the work shows its pieces and its events", async () => {
  const { data } = await ask();
  expect(sums(data.rows)).toEqual({
    received: [15 + 6, 2 + 6],
    announced: [7, 1],
    ordered: [105, 3],
    allocated: [5, 2],
    deallocated: [5, 2],
    cancelled: [3, 1],
  });
});

test("an hour's row holds what happened in that hour", async () => {
  const { data } = await ask({ step: "received" });
  const hours = data.rows.map(({ hour }) => Date.parse(hour));
  expect(hours.every((hour) => hour % 3_600_000 === 0)).toBe(true);
  expect(data.rows.slice(0, 2).map(({ pieces }) => pieces)).toEqual([3, 3]);
  expect((hours[1] ?? 0) - (hours[0] ?? 0)).toBe(3_600_000);
});

test("rows are filtered by step", async () => {
  const { data } = await ask({ step: ["cancelled", "announced"] });
  expect(Object.keys(sums(data.rows)).sort()).toEqual(["announced", "cancelled"]);
  const call = ask({ step: "lost" as "cancelled" });
  await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test.each([1, 2, 3, 500])("pages of %i show every row exactly once, in order", async (limit) => {
  const seen: ThroughputRow[] = [];
  for await (const row of ask.rows({ limit })) seen.push(row);
  const { data } = await ask();
  expect(seen).toEqual(data.rows);
  expect(seen.length).toBeGreaterThanOrEqual(8);
  expect(new Set(seen.map(({ hour, step }) => `${hour} ${step}`)).size).toBe(seen.length);
});

test("another house sees its own work only", async () => {
  const { data: nothing } = await house.elsewhere.floor.throughput();
  expect(nothing.rows).toEqual([]);
  await house.elsewhere.catalogue.registerVariant({ sku: "TEE" });
  await house.elsewhere.stock.addBatch({ ref: "theirs", sku: "TEE", qty: 4 });
  const { data } = await house.elsewhere.floor.throughput();
  expect(sums(data.rows)).toEqual({ received: [4, 1] });
});

test("an hour may see more pieces than 32 bits can count", async () => {
  const lines = Array.from({ length: 1_000 }, () => ({ sku: "TEE", qty: 1_000_000 }));
  for (let order = 0; order < 3; order += 1) await house.sells({}, { lines });
  const { data } = await ask({ step: "ordered" });
  expect(sums(data.rows)).toEqual({ ordered: [105 + 3_000_000_000, 6] });
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("throughput")).toEqual(["tenant, hour, step"]);
  await house.sells({ TEE: 1 });
  expect((await ask()).freshness.includesReceipt).toBe(true);
  expect(await house.differences("throughput")).toEqual([]);
});
