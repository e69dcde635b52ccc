import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import { startSelvedge } from "../../../test/harness/selvedge.ts";
import { type Costs, CostTally, storeCosts } from "../kernel/cost-tally.ts";
import { pool as poolOf } from "../kernel/pool.ts";
import { defaultSchemas as schemas } from "../kernel/schemas.ts";
import { silent } from "../log.ts";
import { readModels } from "../router.gen.ts";
import { readModelCostsAnswer, readModelCostsOver } from "./costs.ts";

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pool = poolOf(silent, { connectionString: database.url, max: 2 });
});
afterEach(() => database.query("truncate selvedge.read_model_cost"));
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const costs = async (window: "1h" | "24h" | "7d" | "30d" = "24h") => {
  const source = { operationsPool: pool, readModels, schemas };
  return readModelCostsAnswer.parse(await readModelCostsOver(source, window));
};
const boardCostAndHours = async () => {
  const { readModels, hours } = await costs();
  const found = readModels.find(({ readModel }) => readModel === "orderBoard");
  if (!found) throw new Error("There is an order board.");
  return { board: found, hours };
};
const boardCost = async () => (await boardCostAndHours()).board;

async function counted(sums: Partial<Costs>, age = "0") {
  const tally = new CostTally();
  tally.add("order_board", sums);
  await storeCosts(pool, schemas, tally);
  // What has been stored just now is moved back by its age.
  await database.query(
    `update selvedge.read_model_cost set at = at - $1::interval
     where at > now() - interval '20 minutes'`,
    [age],
  );
}

/** Counts begin an hour ago, so that an hour's figures are those that were counted. */
const anHourAgo = () => counted({ keptReads: 0 }, "1 hour");

test("where nothing was counted nothing is made up, and all read models are there", async () => {
  const { since, hours, readModels: answered } = await costs();
  expect([since, hours]).toEqual([null, 0]);
  expect(answered.map(({ readModel }) => readModel).sort()).toEqual([
    ...["allocations", "binContents", "gradingBoard", "houseSettings", "intakeQueue"],
    ...["orderBoard", "packAndShipQueue", "pickList", "returnsPipeline"],
    ...["sellableAvailability", "stockAgeing", "throughput", "waveBoard"],
  ]);
  for (const one of answered) {
    expect(one).toMatchObject({ refreshes: 0, trials: null, liveMsPerRead: null, cheaper: null });
    expect([one.keptMsPerHour, one.liveMsPerHour]).toEqual([null, null]);
  }
});

test("a window has what was counted in it, and hours from when counting began", async () => {
  await counted({ keys: 1 }, "40 days");
  await database.query("delete from selvedge.read_model_cost where resolution_s = 60");
  for (const [i, age] of ["30 minutes", "5 hours", "3 days", "20 days"].entries()) {
    await counted({ keys: 10 ** i }, age);
  }
  const keysOver = async (window: "1h" | "24h" | "7d" | "30d") => {
    const { hours, readModels } = await costs(window);
    const board = readModels.find(({ readModel }) => readModel === "orderBoard");
    return [board?.keys, Math.round(hours)];
  };
  expect(await keysOver("1h")).toEqual([1, 1]);
  expect(await keysOver("24h")).toEqual([11, 24]);
  expect(await keysOver("7d")).toEqual([111, 168]);
  expect(await keysOver("30d")).toEqual([1_111, 720]);
  await database.query("delete from selvedge.read_model_cost where at < now() - interval '10 h'");
  expect(await keysOver("24h")).toEqual([11, 5]);
});

describe("the verdict", () => {
  test("has an hour of all reads kept, refreshes included, and of all of them live", async () => {
    await anHourAgo();
    await counted({
      ...{ refreshes: 20, keys: 50, refreshMs: 600 },
      ...{ keptReads: 80, keptMs: 400, patchedReads: 10, patchedMs: 90, liveReads: 10, liveMs: 70 },
      ...{ trials: 4, trialKeptMs: 2, trialLiveMs: 48 },
    });
    const { board, hours } = await boardCostAndHours();
    const { keptMsPerHour, liveMsPerHour, ...cost } = board;
    expect(cost).toEqual({
      ...{ readModel: "orderBoard", group: "fulfilment", maintain: "byKey" },
      ...{ refreshes: 20, keys: 50, refreshMs: 600 },
      kept: { reads: 80, ms: 400 },
      patched: { reads: 10, ms: 90 },
      live: { reads: 10, ms: 70 },
      trials: { reads: 4, cut: 0, keptMs: 0.5, liveMs: 12 },
      ...{ liveMsPerRead: 12, liveMeasuredBy: "trials", liveIsAtLeast: false, cheaper: "kept" },
    });
    // A hundred reads of 0.5 ms beside 600 ms of refreshes; a hundred of 12 ms.
    expect(hours).toBeGreaterThanOrEqual(1);
    expect(hours).toBeLessThan(1.1);
    // Hours are told to the hundredth, and what an hour takes is worked out from all of them.
    expect(Math.abs(((keptMsPerHour ?? 0) * hours) / 650 - 1)).toBeLessThan(0.01);
    expect(Math.abs(((liveMsPerHour ?? 0) * hours) / 1_200 - 1)).toBeLessThan(0.01);
  });

  test.each<[string, Partial<Costs>, "kept" | "live" | null]>([
    ["is live where nobody reads what is refreshed", { refreshMs: 1 }, "live"],
    [
      "is live where reads are few",
      { refreshMs: 600, keptReads: 2, trials: 1, trialKeptMs: 1, trialLiveMs: 200 },
      "live",
    ],
    [
      "is open where live was cut off before it came to cost more",
      { refreshMs: 9_000, keptReads: 2, trials: 1, trialsCut: 1, trialLiveMs: 1_000 },
      null,
    ],
    [
      "is kept where live costs more though it was cut off",
      { refreshMs: 900, keptReads: 2, trials: 1, trialsCut: 1, trialLiveMs: 1_000 },
      "kept",
    ],
    ["is open where a live answer was never measured", { refreshMs: 9, keptReads: 2 }, null],
    [
      "is taken from reads that were served both ways where nothing was tried",
      { keptReads: 9, keptMs: 9, liveReads: 1, liveMs: 5 },
      "kept",
    ],
  ])("%s", async (_, sums, verdict) => {
    await counted(sums);
    const { cheaper, liveIsAtLeast } = await boardCost();
    expect(cheaper).toBe(verdict);
    expect(liveIsAtLeast).toBe((sums.trialsCut ?? 0) > 0);
  });
});

test("a server counts what it refreshes and what it is asked, and answers it", async () => {
  const server = await startSelvedge({ roles: ["command", "query", "refresh"] }, database);
  await server.client.catalogue.registerVariant({ sku: "TEE" });
  await server.client.stock.addBatch({ ref: "tees", sku: "TEE", qty: 5 });
  for (let i = 0; i < 3; i += 1) await server.client.stock.sellableAvailability({ sku: "TEE" });
  await server.stop();
  const admin = await startSelvedge({ roles: ["admin"], migrate: "check" }, database);
  try {
    const answer = await admin.client.operations.readModelCosts({ window: "1h" });
    const stock = answer.readModels.find(({ readModel }) => readModel === "sellableAvailability");
    expect(stock).toMatchObject({ kept: { reads: 3 }, keys: 1, refreshes: 1 });
    expect(stock?.refreshMs).toBeGreaterThan(0);
    expect(stock?.kept.ms).toBeGreaterThan(0);
  } finally {
    await admin.stop();
  }
});
