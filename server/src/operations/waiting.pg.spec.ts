import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { currentOf } from "../../../test/harness/generations.ts";
import { operationPlanOf, rowsRead } from "../../../test/harness/plans.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { countedMax } from "./waiting.ts";

/* What lag costs, and says, after a bulk change: more waits than anybody wants to count. */

const minuteMs = 60_000;
const readModel = "sellableAvailability";
let it: TestSelvedge;
let stale: string;
beforeAll(async () => {
  it = await startSelvedge();
  await it.client.operations.pause({ group: "fulfilment", reason: "a spec says so" });
  stale = (await currentOf(it.database, "sellable_availability")).parts.stale;
});
afterAll(() => it.stop());

async function lagOf() {
  const { readModels } = await it.client.operations.lag();
  const found = readModels.find(({ name }) => name === readModel);
  if (!found) throw new Error("It is not there.");
  return found;
}

/** Notes so many changes, all of them so many minutes old. */
function note(changes: number, minutesAgo: number): Promise<unknown> {
  return it.database.query(
    `insert into ${stale} (tenant, warehouse, sku, grade, noted_at)
     select 'default', 'main', 'SKU-' || i, 'N', now() - interval '${minutesAgo} minutes'
     from generate_series(1, ${changes}) as i`,
  );
}

/** How many rows of what is stale are read to answer once. */
async function staleRowsRead(): Promise<number> {
  const nodes = await operationPlanOf(it, () => it.client.operations.lag());
  const table = stale.split(".").at(-1)?.replaceAll('"', "");
  const reads = nodes.filter((node) => node["Relation Name"] === table);
  return reads.reduce((sum, node) => sum + rowsRead(node), 0);
}

test("fewer changes than are counted are told to a one, with the oldest", async () => {
  await note(countedMax - 1, 10);
  expect(await lagOf()).toMatchObject({ pending: countedMax - 1, pendingIsAtLeast: false });
});

test("of more it is told that there are so many or more", async () => {
  await note(2, 20);
  expect(await lagOf()).toMatchObject({ pending: countedMax, pendingIsAtLeast: true });
});

test("the oldest is told though it was noted last, and looked for once", async () => {
  await note(countedMax, 5);
  await note(1, 30);
  await it.database.query(`delete from ${stale} where noted_at < now() - interval '15 minutes'
    and noted_at > now() - interval '25 minutes'`);
  expect((await lagOf()).lagMs).toBeGreaterThanOrEqual(30 * minuteMs);
  expect(await staleRowsRead()).toBeLessThanOrEqual(countedMax + 1);
  expect((await lagOf()).lagMs).toBeGreaterThanOrEqual(30 * minuteMs);
});

test("one that was noted earlier and committed later is told within ten seconds", async () => {
  await note(1, 40);
  const now = performance.now.bind(performance);
  const later = vi.spyOn(performance, "now").mockImplementation(() => now() + 10_000);
  onTestFinished(() => later.mockRestore());
  expect((await lagOf()).lagMs).toBeGreaterThanOrEqual(40 * minuteMs);
  await it.database.query(`delete from ${stale} where noted_at < now() - interval '35 minutes'`);
  expect((await lagOf()).lagMs).toBeLessThan(40 * minuteMs);
});

test("of its keys those that wait the longest are listed, of as many changes as are looked at", async () => {
  const answer = await it.client.operations.pendingKeys({ readModel, limit: 2 });
  expect(answer).toMatchObject({ changes: countedMax, atLeast: true, keys: countedMax - 1 });
  expect(answer.more).toBe((answer.keys ?? 0) - 2);
  expect(answer.pending).toHaveLength(2);
  expect(answer.pending[0]?.waitingMs).toBeGreaterThanOrEqual(10 * minuteMs);
  expect(answer.oldestMs).toBeGreaterThanOrEqual(30 * minuteMs);
});

test("once the oldest is gone the next one is looked for", async () => {
  await it.database.query(`delete from ${stale} where noted_at < now() - interval '25 minutes'`);
  const { lagMs } = await lagOf();
  expect(lagMs).toBeGreaterThanOrEqual(10 * minuteMs);
  expect(lagMs).toBeLessThan(30 * minuteMs);
  await it.database.query(`truncate ${stale}`);
  expect(await lagOf()).toMatchObject({ pending: 0, lagMs: 0, pendingIsAtLeast: false });
});
