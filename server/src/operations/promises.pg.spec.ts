import { Selvedge } from "@selvedge/sdk";
import type { Request } from "express";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import { currentOf } from "../../../test/harness/generations.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { lagExitCode } from "../cli/table.ts";

/* Houses that are promised other things than what is declared, on one server. */

const authenticate = ({ headers }: Request) => {
  const tenant = headers.authorization?.replace("Bearer ", "") ?? "plain";
  return { tenant, partner: "spec", actor: "spec", scopes: ["*"] };
};
const readModel = "sellableAvailability";
/** What the houses that have settled on something are promised of it, in ms. */
const settled = { strict: 500, lax: 20_000, patient: 60_000 };
type HouseName = keyof typeof settled | "plain";

/** The server as it refreshes, and the same house later, when nobody refreshes any more. */
let database: TestDatabase;
let it: TestSelvedge;
let quiet: TestSelvedge;
const client = (house: HouseName, at = quiet) =>
  new Selvedge({ baseUrl: at.baseUrl, apiKey: house, consistency: "none" });
const lagOf = async (house: HouseName, name = readModel, at = quiet) =>
  (await client(house, at).operations.lag()).readModels.find((one) => one.name === name);

beforeAll(async () => {
  database = await createDatabase();
  it = await startSelvedge({ authenticate }, database);
});
afterAll(async () => {
  await quiet?.stop();
  await database.drop();
});

describe("while refreshers are at work", () => {
  test("a promise counts a moment after it was settled on, for its house alone", async () => {
    for (const [house, promiseMs] of Object.entries(settled)) {
      const { settings } = client(house as HouseName, it);
      const promises = { [readModel]: promiseMs, throughput: 4 * promiseMs };
      await settings.changeSettings({ promises });
    }
    const promised = async () => {
      const houses = [...Object.keys(settled), "plain"] as HouseName[];
      const lags = await Promise.all(houses.map((house) => lagOf(house, readModel, it)));
      return lags.map((lag) => lag?.promiseMs);
    };
    await expect.poll(promised, { timeout: 10_000 }).toEqual([...Object.values(settled), 1_000]);
  });

  test("a whole read model is refreshed as often as the strictest promise needs", async () => {
    // Declared is a minute: a refresh every half of that. The strict house is promised 2 s.
    const { stock, floor, catalogue } = client("strict", it);
    await catalogue.registerVariant({ sku: "TEE" });
    const pieces = async () => (await floor.throughput({ step: "received" })).data.rows[0]?.pieces;
    await stock.addBatch({ ref: "B-1", sku: "TEE", qty: 1 });
    await expect.poll(pieces, { timeout: 10_000 }).toBe(1);
    await stock.addBatch({ ref: "B-2", sku: "TEE", qty: 1 });
    await expect.poll(pieces, { timeout: 10_000 }).toBe(2);
  });
});

describe("while a change waits", () => {
  /** The oldest change becomes so old, and the last refresh with it. */
  async function waits(ms: number): Promise<void> {
    const { parts } = await currentOf(database, "sellable_availability");
    await database.query(
      `update ${parts.stale} set noted_at = clock_timestamp() - $1 * interval '1 ms'`,
      [ms],
    );
    await database.query(
      `update selvedge.refresh_group set as_of = clock_timestamp() - $1 * interval '1 ms'`,
      [ms],
    );
  }

  beforeAll(async () => {
    await it.stop();
    quiet = await startSelvedge({ authenticate, roles: ["command", "query", "admin"] }, database);
    // A refresher is heard, but refreshes nothing.
    await database.query(
      `insert into selvedge.refresher (id, host, pid, heard_at)
       values (gen_random_uuid(), 'spec', 1, clock_timestamp() + interval '1 hour')`,
    );
    await client("plain").catalogue.registerVariant({ sku: "TEE" });
    await client("plain").stock.addBatch({ ref: "B-3", sku: "TEE", qty: 1 });
  });

  test.each<[HouseName, number, boolean]>([
    ["plain", 700, true],
    ["strict", 700, false],
    ["plain", 5_000, false],
    ["lax", 5_000, true],
    ["lax", 25_000, false],
    ["patient", 25_000, true],
  ])("an answer to the %s house after %i ms is within its promise: %s", async (house, ms, kept) => {
    await waits(ms);
    const { freshness } = await client(house).stock.sellableAvailability({});
    expect(freshness.withinPromise).toBe(kept);
  });

  test.each<[HouseName, number, string]>([
    ["plain", 700, "fresh"],
    ["strict", 700, "behind"],
    ["plain", 29_000, "behind"],
    ["lax", 15_000, "fresh"],
    ["plain", 40_000, "stalled"],
    ["lax", 40_000, "behind"],
    ["lax", 61_000, "stalled"],
    ["patient", 40_000, "fresh"],
  ])("the lag that the %s house sees after %i ms is %s", async (house, ms, status) => {
    await waits(ms);
    expect((await lagOf(house))?.status).toBe(status);
  });

  test("the command line's exit code goes by the promise of the house that asks", async () => {
    await waits(5_000);
    // Of the others nothing waits here; those of a group share its changes.
    const codeOf = async (house: HouseName) => {
      const { sentence, readModels } = await client(house).operations.lag();
      return lagExitCode({
        sentence,
        readModels: readModels.filter((one) => one.name === readModel),
      });
    };
    expect(await codeOf("plain")).toBe(2);
    expect(await codeOf("lax")).toBe(0);
  });

  test("what stands before the sign-in goes by what is declared", async () => {
    await waits(5_000);
    const answer = await fetch(`${quiet.baseUrl}/healthz/projections`);
    const { readModels } = (await answer.json()) as { readModels: { name: string }[] };
    expect(readModels.find(({ name }) => name === readModel)).toMatchObject({ status: "behind" });
  });

  test("no query asks the database for its promise", async () => {
    const { readPool, operationsPool } = quiet.selvedge.engine ?? {};
    if (!readPool || !operationsPool) throw new Error("The server has not started.");
    const [reads, others] = [vi.spyOn(readPool, "query"), vi.spyOn(operationsPool, "query")];
    const queries = 20;
    for (let i = 0; i < queries; i += 1) await client("strict").stock.sellableAvailability({});
    const asked = others.mock.calls.filter((call) => JSON.stringify(call).includes("promises"));
    const counts = { reads: reads.mock.calls.length, asked: asked.length };
    reads.mockRestore();
    others.mockRestore();
    expect(counts.reads).toBe(queries);
    // The look that comes every few seconds may come just now.
    expect(counts.asked).toBeLessThanOrEqual(1);
  });
});
