import { Selvedge as Client } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seeds } from "../../../../../../test/consistency/seeds.ts";
import { startSelvedge, type TestSelvedge } from "../../../../../../test/harness/selvedge.ts";
import { seededRandom } from "../../../../sample-day/seeded-random.ts";
import { followFeed, idsInOrder, writeInCrowd } from "../../feed-crowd.fixture.ts";

/*
 * Readers follow a crowd of writers, from server to server. To play a failure again, give its
 * seed: SELVEDGE_SEED=123456. To play more: SELVEDGE_SEEDS=20.
 */

const crowd = { writers: 10, transactions: 16, name: "W" };

let it: TestSelvedge;
let other: TestSelvedge;
beforeAll(async () => {
  it = await startSelvedge({ roles: ["command", "query", "admin"] });
  other = await startSelvedge({ roles: ["query"] }, it.database);
});
afterAll(async () => {
  await other.stop();
  await it.stop();
});

/** Follows the journal by the numbers of its rows alone, as one must not. */
async function readByNumber(isOver: () => boolean): Promise<string[]> {
  const seen: string[] = [];
  for (let after = "0"; ; ) {
    const wasOver = isOver();
    const rows = await it.database.query<{ id: string; position: string }>(
      "select id, position from selvedge.journal where position > $1 order by position limit 20",
      [after],
    );
    seen.push(...rows.map(({ id }) => id));
    after = rows.at(-1)?.position ?? after;
    if (wasOver && rows.length === 0) return seen;
  }
}

test.each(seeds)(
  "each event is told once, in one order, none is lost (seed %i)",
  {
    timeout: 90_000,
  },
  async (seed) => {
    await it.database.query("truncate selvedge.journal");
    const random = seededRandom(seed);
    const own = () => seededRandom(random.int(0, 1_000_000_000));
    const clients = [it, other].map(({ baseUrl }) => new Client({ baseUrl }));
    const [first, second] = clients as [Client, Client];
    let over = false;
    const isOver = () => over;
    const readers = [own(), own(), own()].map((dice) =>
      followFeed(() => dice.pick([first, second]), isOver, dice),
    );
    const careless = readByNumber(isOver);
    const committed = await writeInCrowd(it.database, crowd, own);
    over = true;
    const inOrder = await idsInOrder(it.database);
    expect(committed.length).toBeGreaterThan(crowd.writers * crowd.transactions);
    expect(inOrder.toSorted()).toEqual(committed.toSorted());
    for (const told of await Promise.all(readers)) expect(told).toEqual(inOrder);
    // It was not easy: whoever goes by the numbers of the rows has lost some.
    expect((await careless).length).toBeLessThan(committed.length);
  },
);
