import { isSelvedgeError, type Selvedge } from "@selvedge/sdk";
import type { TestDatabase } from "../../../../test/harness/database.ts";
import type { SeededRandom } from "../../sample-day/seeded-random.ts";
import { write, writerOf } from "./journal-rows.fixture.ts";

/** How many write at once, and how many transactions each of them makes. */
export interface Crowd {
  readonly writers: number;
  readonly transactions: number;
  /** Its events' ids begin with it. */
  readonly name: string;
}

/**
 * Many write at once, each in transactions that stay open for a while and of which some are given
 * up, as a whole or in part. Answers what was committed.
 */
export async function writeInCrowd(
  database: TestDatabase,
  { writers, transactions, name }: Crowd,
  each: () => SeededRandom,
): Promise<string[]> {
  const writing = Array.from({ length: writers }, (_, i) =>
    keepWriting(database, `${name}-${i}`, transactions, each()),
  );
  return (await Promise.all(writing)).flat();
}

async function keepWriting(
  database: TestDatabase,
  name: string,
  transactions: number,
  random: SeededRandom,
): Promise<string[]> {
  const client = await writerOf(database);
  const committed: string[] = [];
  const hold = () =>
    client.query("select pg_sleep($1)", [random.chance(0.5) ? 0 : random.next() / 50]);
  for (let t = 0; t < transactions; t += 1) {
    const ids = Array.from({ length: random.int(1, 3) }, (_, i) => `${name}-${t}-${i}`);
    await client.query("begin");
    // Whoever has a number early is waited for, whenever it writes.
    if (random.chance(0.5)) await client.query("select pg_current_xact_id()");
    await hold();
    for (const id of ids) await write(client, { id });
    await client.query("savepoint doubt");
    await write(client, { id: `${name}-${t}-doubt` });
    if (random.chance(0.5)) await client.query("rollback to savepoint doubt");
    else ids.push(`${name}-${t}-doubt`);
    await hold();
    const isKept = random.chance(0.8);
    await client.query(isKept ? "commit" : "rollback");
    if (isKept) committed.push(...ids);
  }
  await client.end();
  return committed;
}

/**
 * Follows the feed with nothing in its hands but the last position, asking whoever it is given,
 * until it has been told all that there was when it was over. Answers the events' ids.
 */
export async function followFeed(
  ask: () => Selvedge,
  isOver: () => boolean | Promise<boolean>,
  random: SeededRandom,
): Promise<string[]> {
  const told: string[] = [];
  let after: string | undefined;
  for (;;) {
    const wasOver = await isOver();
    const answer = await ask()
      .journal.events({ after, limit: random.int(1, 50) })
      .catch((error: unknown) => {
        // Whoever was asked is gone; the position is still good.
        if (isSelvedgeError(error) && error.code === "NETWORK") return undefined;
        throw error;
      });
    if (!answer) continue;
    const { data } = answer;
    told.push(...data.events.map(({ id }) => id));
    after = data.position;
    if (wasOver && data.caughtUp && data.heldBackMs === 0) return told;
  }
}

/** The ids of all events, in the order in which the feed is to tell them. */
export async function idsInOrder(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    "select id from selvedge.journal order by xid, position",
  );
  return rows.map(({ id }) => id);
}
