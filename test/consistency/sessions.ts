import { setTimeout } from "node:timers/promises";
import { isSelvedgeError } from "@selvedge/sdk";
import type pg from "pg";
import { writeReceipt } from "../../server/src/kernel/receipt.ts";
import type { SeededRandom } from "../../server/src/sample-day/seeded-random.ts";
import type { Read } from "./history.ts";
import type { OpenWrite, Receipted } from "./recorder.ts";
import {
  asks,
  beginSql,
  instantSql,
  type Key,
  nothingOf,
  registersSet,
  type WriteKind,
  writeSql,
} from "./registers.ts";
import { clockSql, type Desk, type Stage } from "./stage.ts";

/** Somebody who goes on doing one thing after another until it is over. */
export type Session = (isOver: () => boolean) => Promise<void>;

// Rows that are served as they are show most of what may be wrong with them.
const ways = ["serve", "serve", "wait", "wait", "error", "patch", "live"] as const;

/**
 * A clerk writes past the server, often for a while, sometimes in vain, and asks through it: for
 * its own writes, for others', or for whatever is there.
 */
export async function clerk(stage: Stage, name: string, random: SeededRandom): Promise<Session> {
  const connection = await stage.connect("owner");
  return async (isOver) => {
    let own: Receipted | undefined;
    while (!isOver()) {
      // Whoever wrote several times keeps the last receipt only: it stands for those before it.
      const writes = random.int(0, 3);
      for (let i = 0; i < writes; i++) {
        const mayDawdle = i === 0;
        own = (await write(stage, connection, random, mayDawdle)) ?? own;
      }
      const mine = own && random.chance(0.7) ? [own] : [];
      const share = random.chance(0.3) ? 0.2 : 0;
      const others = stage.recorder.latestReceipts(10).filter(() => random.chance(share));
      await ask(stage, name, random, [...new Set([...mine, ...others])]);
    }
  };
}

/** Answers the write with its receipt, if it was committed. */
async function write(
  { recorder, keys, epoch }: Stage,
  connection: pg.Client,
  random: SeededRandom,
  mayDawdle: boolean,
): Promise<Receipted | undefined> {
  const kind = random.pick<WriteKind>(["promise", "promise", "recount", "reorder"]);
  const touched = someOf(keys, random, 3);
  const begunAt = recorder.tick();
  let write: OpenWrite | undefined;
  try {
    await connection.query(beginSql(touched));
    write = recorder.write(registersSet(kind, touched), begunAt);
    const changed = await queryAll(connection, writeSql(kind, touched, write.n));
    const receipt = writeReceipt({ epoch, xid: changed.at(-1)?.rows[0].xid });
    // It stays open meanwhile, so that transactions commit in another order than they began in.
    if (mayDawdle && random.chance(0.6)) await setTimeout(random.pick([1, 2, 4, 8, 16, 40]));
    if (random.chance(0.05)) throw new ChangedMind();
    const [, clock] = await queryAll(connection, `commit; ${clockSql}`);
    write.committed(receipt, clock?.rows[0].clock_ms);
    return { n: write.n, receipt };
  } catch (error) {
    // Whoever puts triggers on tables in use may be in somebody's way; one of them has to yield.
    const isDeadlock = (error as { code?: string }).code === "40P01";
    if (!isDeadlock && !(error instanceof ChangedMind)) throw error;
    await connection.query("rollback");
    write?.rolledBack();
    return undefined;
  }
}

class ChangedMind extends Error {}

/** Several statements in one round trip. */
async function queryAll(connection: pg.Client, statements: string): Promise<pg.QueryResult[]> {
  return (await connection.query(statements)) as unknown as pg.QueryResult[];
}

async function ask(
  stage: Stage,
  session: string,
  random: SeededRandom,
  receipts: readonly Receipted[],
): Promise<void> {
  const { client, keys } = stage;
  const wanted = random.chance(0.5) ? keys : someOf(keys, random, keys.length);
  const onMiss = receipts.length > 0 ? random.pick(ways) : "serve";
  const atLeast = receipts.map(({ receipt }) => receipt);
  const numbers = receipts.map(({ n }) => n);
  await record(stage, session, onMiss, numbers, async () => {
    const one = random.pick(asks);
    const options = { onMiss, ...(atLeast.length > 0 && { atLeast }) } as const;
    return one(client, wanted, options);
  });
}

/** A desk corrects its SKU by commands, and expects to see what it did. */
export async function desk(
  stage: Stage,
  { client, sku, ref }: Desk,
  random: SeededRandom,
): Promise<Session> {
  const { recorder } = stage;
  return async (isOver) => {
    while (!isOver()) {
      const write = recorder.write([`onHand ${sku}`], recorder.tick());
      const { receipt } = await client.stock.changeBatchQuantity({ ref, qty: write.n });
      write.committed(receipt, await stage.readClock());
      await record(stage, sku, "wait", [write.n], async () => {
        const { data, freshness } = await client.stock.sellableAvailability({ sku });
        return { shown: { [`onHand ${sku}`]: data.rows[0]?.onHand ?? 0 }, freshness };
      });
      await setTimeout(random.int(0, 20));
    }
  };
}

/** A board looks at everything all the time, in one statement over all read models of the group. */
export async function board(stage: Stage, name: string, random: SeededRandom): Promise<Session> {
  const connection = await stage.connect("reader");
  const skus = stage.keys.map(({ sku }) => sku);
  const orderIds = stage.keys.map(({ orderId }) => orderId);
  return async (isOver) => {
    while (!isOver()) {
      await record(stage, name, "serve", [], async () => {
        const { rows } = await connection.query(instantSql, [skus, orderIds]);
        const shown = nothingOf(stage.keys);
        for (const { register, n } of rows) shown[register] = n;
        return { shown };
      });
      await ask(stage, name, random, []);
    }
  };
}

type Got = Pick<Read, "shown"> & { freshness?: Freshness };
type Freshness = Awaited<ReturnType<(typeof asks)[0]>>["freshness"];

async function record(
  { recorder }: Stage,
  session: string,
  onMiss: Read["onMiss"],
  receipts: readonly number[],
  get: () => Promise<Got>,
): Promise<void> {
  const asked = { session, onMiss, receipts, sentAt: recorder.tick(), clockMs: recorder.clockMs };
  try {
    const { shown, freshness } = await get();
    recorder.read({ ...asked, shown, ...(freshness && { freshness: readFreshness(freshness) }) });
  } catch (error) {
    const code = isSelvedgeError(error) ? error.code : (error as { code?: string }).code;
    recorder.read({ ...asked, shown: {}, failure: code ?? String(error) });
  }
}

function readFreshness({ asOf, ...others }: Freshness) {
  return { asOfMs: asOf === null ? null : Date.parse(asOf), ...others };
}

function someOf(keys: readonly Key[], random: SeededRandom, most: number): Key[] {
  const shuffled = keys
    .map((key) => ({ key, place: random.next() }))
    .sort((a, b) => a.place - b.place);
  return shuffled.slice(0, random.int(1, most)).map(({ key }) => key);
}
