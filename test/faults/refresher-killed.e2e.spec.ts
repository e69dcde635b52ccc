import { afterAll, beforeAll, expect, test } from "vitest";
import { readModels } from "../../server/src/router.gen.ts";
import type { TestDatabase } from "../harness/database.ts";
import { differencesSql } from "../harness/differences.ts";
import { ownCluster } from "../harness/own-cluster.ts";
import { type ServerProcess, startRefresherProcess } from "../harness/processes.ts";
import { startSelvedge, type TestSelvedge } from "../harness/selvedge.ts";

/*
 * One of two refreshers is killed without warning in the middle of its work, again and again, and
 * the other one takes over. SELVEDGE_KILLS says how often (4 unless told).
 */

const kills = Number(process.env.SELVEDGE_KILLS ?? 4);
const freshWithinMs = 15_000;
const burst = 40;

let database: TestDatabase;
let it: TestSelvedge;
const refreshers: ServerProcess[] = [];
beforeAll(async () => {
  database = await ownCluster();
  it = await startSelvedge({ roles: ["command", "query", "admin"] }, database);
});
afterAll(async () => {
  await Promise.all(refreshers.map((one) => one.stop()));
  await it?.stop();
  await database?.drop();
});

test(`after kill -9 all is fresh again within 15 s, ${kills} times, and nothing is lost`, {
  timeout: kills * 40_000,
}, async () => {
  for (let i = 0; i < 10; i += 1) await it.client.catalogue.registerVariant({ sku: `SKU-${i}` });
  refreshers.push(await startRefresherProcess(database.url));
  const tookMs: number[] = [];
  for (let round = 0; round < kills; round += 1) {
    refreshers.push(await startRefresherProcess(database.url));
    const writing = writeBurst(round);
    // Any moment may be the worst one, so any moment is taken.
    const moment = new Promise((resolve) => setTimeout(resolve, Math.random() * 600));
    await Promise.race([writing, moment]);
    const [victim] = refreshers.splice(round % 2, 1);
    await victim?.kill();
    const killedAt = performance.now();
    await writing;
    await expect
      .poll(pendingAndHeard, { timeout: freshWithinMs, interval: 20 })
      .toEqual({ pending: 0, isKnown: true });
    tookMs.push(Math.round(performance.now() - killedAt));
  }
  expect(tookMs.length).toBe(kills);
  console.log(`fresh again after (ms): ${tookMs.sort((a, b) => a - b).join(" ")}`);
  const byKey = readModels.filter(({ maintain }) => maintain === "byKey");
  expect(byKey.length).toBe(9);
  for (const model of byKey) {
    expect([model.name, await database.query(differencesSql(model))]).toEqual([model.name, []]);
  }
  const [first] = await database.query("select count(*)::int as n from selvedge_read.order_board");
  expect(first?.n).toBe(kills * burst);
});

async function writeBurst(round: number): Promise<void> {
  await it.client.stock.addBatch({ ref: `B-${round}`, sku: `SKU-${round % 10}`, qty: 1_000 });
  const orders = Array.from({ length: burst }, (_, i) =>
    it.client.orders.placeOrder({
      channel: "kill",
      externalRef: `${round}-${i}`,
      lines: [{ sku: `SKU-${i % 10}`, qty: 1 }],
    }),
  );
  expect((await Promise.all(orders)).length).toBe(burst);
}

async function pendingAndHeard() {
  const { readModels: lags } = await it.client.operations.lag();
  const pending = lags
    .filter(({ maintain }) => maintain === "byKey")
    .reduce((sum, one) => sum + one.pending, 0);
  return { pending, isKnown: lags.every(({ lagMs }) => lagMs !== null) };
}
