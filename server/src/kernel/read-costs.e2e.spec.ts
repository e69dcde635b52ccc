import { afterAll, beforeAll, expect, test } from "vitest";
import { type ReplicatedSelvedge, startReplicated } from "../../../test/harness/replicated.ts";
import { silent } from "../log.ts";
import { ReadReporter } from "./read-reporter.ts";
import { defaultSchemas as schemas } from "./schemas.ts";

/* What is read from a standby, which itself can store nothing. */

let it: ReplicatedSelvedge;
beforeAll(async () => {
  it = await startReplicated();
});
afterAll(() => it.stop());

test("reads of a replica are counted on the primary, and tried on the replica", async () => {
  await it.client.catalogue.registerVariant({ sku: "TEE" });
  await it.client.stock.addBatch({ ref: "tees", sku: "TEE", qty: 5 });
  await it.client.stock.sellableAvailability({});
  const { engine } = it.selvedge;
  if (!engine) throw new Error("It was started.");
  const { reads, operationsPool, readPool: trialPool } = engine;
  const following = await trialPool.query<{ is: boolean }>("select pg_is_in_recovery() as is");
  expect(following.rows).toEqual([{ is: true }]);
  const reporter = new ReadReporter({ reads, schemas, operationsPool, trialPool, log: silent });
  await reporter.report();
  const [stored] = await it.database.query<{ reads: number; trials: number; live_ms: number }>(
    `select sum(kept_reads)::int as reads, sum(trials)::int as trials,
       sum(trial_live_ms) as live_ms
     from selvedge.read_model_cost
     where read_model = 'sellable_availability' and resolution_s = 60`,
  );
  expect(stored).toMatchObject({ reads: 1, trials: 1 });
  expect(stored?.live_ms).toBeGreaterThan(0);
});
