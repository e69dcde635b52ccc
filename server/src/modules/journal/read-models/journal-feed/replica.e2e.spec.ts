import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { firstSeed } from "../../../../../../test/consistency/seeds.ts";
import {
  type ReplicatedSelvedge,
  startReplicated,
} from "../../../../../../test/harness/replicated.ts";
import { seededRandom } from "../../../../sample-day/seeded-random.ts";
import { followFeed, idsInOrder, writeInCrowd } from "../../feed-crowd.fixture.ts";
import { write } from "../../journal-rows.fixture.ts";

/* The feed is read on a standby, which knows of transactions only what is streamed to it. */

let it: ReplicatedSelvedge;
let { standby, database } = {} as ReplicatedSelvedge;
beforeAll(async () => {
  it = await startReplicated();
  ({ standby, database } = it);
});
afterEach(() => standby.resume());
afterAll(() => it.stop());

const events = async (after?: string) => (await it.client.journal.events({ after })).data;

/** Waits until the standby has told everything that is committed, and answers where that ends. */
async function end(): Promise<string> {
  await standby.caughtUp();
  await expect
    .poll(async () => {
      const { caughtUp, heldBackMs } = await events();
      return caughtUp && heldBackMs;
    })
    .toBe(0);
  return (await events()).position;
}

test("an event that is committed late on the primary is waited for on the standby", async () => {
  const position = await end();
  const [slow, quick] = [await it.connectToPrimary(), await it.connectToPrimary()];
  await slow.query("begin");
  await write(slow, { id: "first" });
  await write(quick, { id: "second" });
  await standby.caughtUp();
  const held = await events(position);
  expect(held).toMatchObject({ events: [], position, caughtUp: true });
  expect(held.heldBackMs).toBeGreaterThan(0);
  await slow.query("commit");
  await standby.caughtUp();
  await expect
    .poll(async () => (await events(position)).events.map(({ id }) => id))
    .toEqual(["first", "second"]);
  await Promise.all([slow.end(), quick.end()]);
});

test("a transaction of which the standby has heard nothing but its number is waited for too", async () => {
  const position = await end();
  const [slow, quick] = [await it.connectToPrimary(), await it.connectToPrimary()];
  await slow.query("begin; select pg_current_xact_id()");
  await write(quick, { id: "later" });
  await standby.caughtUp();
  expect((await events(position)).events).toEqual([]);
  await write(slow, { id: "sooner" });
  await slow.query("commit");
  await standby.caughtUp();
  await expect
    .poll(async () => (await events(position)).events.map(({ id }) => id))
    .toEqual(["sooner", "later"]);
  await Promise.all([slow.end(), quick.end()]);
});

test("a position of the primary holds on a standby that is not there yet", async () => {
  const position = await end();
  await standby.pause();
  await it.client.catalogue.registerVariant({ sku: "NEW" });
  const [row] = await database.query<{ xid: string; position: string }>(
    "select xid::text, position::text from selvedge.journal where id = 'NEW'",
  );
  const ahead = position.replace(/\d+\.\d+$/, `${row?.xid}.${row?.position}`);
  const serve = { onMiss: "serve" } as const;
  const { data } = await it.client.journal.events({ after: ahead }, serve);
  expect(data).toMatchObject({ events: [], position: ahead });
});

test("a receipt is in once the standby tells its event", async () => {
  const position = await end();
  const slow = await it.connectToPrimary();
  await slow.query("begin; select pg_current_xact_id()");
  const { receipt } = await it.client.catalogue.registerVariant({ sku: "RECEIPT" });
  await standby.caughtUp();
  const asked = { after: position };
  const now = await it.client.journal.events(asked, { atLeast: receipt, onMiss: "serve" });
  expect([now.data.events, now.freshness.includesReceipt]).toEqual([[], false]);
  const waiting = it.client.journal.events(asked, { atLeast: receipt, timeoutMs: 5_000 });
  await slow.query("rollback");
  const then = await waiting;
  expect(then.data.events.map(({ id }) => id)).toContain("RECEIPT");
  expect(then.freshness).toMatchObject({ includesReceipt: true, servedFrom: "live" });
  await slow.end();
});

test("each event is told once, in the primary's order, while replay stops and goes on", async () => {
  await database.query("truncate selvedge.journal");
  await standby.caughtUp();
  const random = seededRandom(firstSeed);
  const own = () => seededRandom(random.int(0, 1_000_000_000));
  let over = false;
  const reading = followFeed(
    () => it.client,
    () => over,
    own(),
  );
  const committed: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const crowd = { writers: 6, transactions: 10, name: `R${round}` };
    const writing = writeInCrowd(database, crowd, own);
    await standby.pause();
    await standby.resume();
    committed.push(...(await writing));
  }
  await standby.caughtUp();
  over = true;
  const inOrder = await idsInOrder(database);
  expect(committed.length).toBeGreaterThan(180);
  expect(inOrder.toSorted()).toEqual(committed.toSorted());
  expect(await reading).toEqual(inOrder);
});
