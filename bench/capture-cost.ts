import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import pg from "pg";
import { GroupRefresh } from "../server/src/kernel/refresh.ts";
import { defaultSchemas } from "../server/src/kernel/schemas.ts";
import { startBenchPostgres, withClient } from "./bench-postgres.ts";
import { inTurns, mean, spread } from "./in-turns.ts";
import { median } from "./measure.ts";
import { placeOrderRaw } from "./raw-place-order.ts";
import { takePieceRaw } from "./raw-take-piece.ts";
import { batchesPerSku, fillStock, refOf, type StockOfSize, skuOf } from "./stock-of-size.ts";

/*
 * What noting stale keys takes from writing: two houses alike in one PostgreSQL, one with all read
 * models' triggers on, one with none, written to in turns. Nobody refreshes while it is measured.
 */

const { values: flags } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    rows: { type: "string", default: "100000" },
    rounds: { type: "string" },
    "for-ms": { type: "string" },
    "at-once": { type: "string", default: "8" },
    /** Commit without waiting for the disk, so that nothing hides what the triggers compute. */
    "async-commit": { type: "boolean", default: false },
  },
});
const rounds = Number(flags.rounds ?? (flags.short ? 4 : 13));
const forMs = Number(flags["for-ms"] ?? (flags.short ? 1_000 : 3_000));
const atOnce = Number(flags["at-once"]);

const postgres = await startBenchPostgres();
const houses = {
  noted: await fillStock(await postgres.createDatabase("noted"), Number(flags.rows)),
  plain: await fillStock(
    await postgres.createDatabase("plain"),
    Number(flags.rows),
    "no read models",
  ),
};
const options = `-c jit=off -c synchronous_commit=${flags["async-commit"] ? "off" : "on"}`;
const poolOf = ({ url }: StockOfSize) =>
  new pg.Pool({ connectionString: url, max: atOnce, options });
const pools = { noted: poolOf(houses.noted), plain: poolOf(houses.plain) };
type House = keyof typeof houses;

const anyOf = (n: number) => Math.floor(Math.random() * n);
const work: Record<string, (pool: pg.Pool, house: StockOfSize) => Promise<void>> = {
  "one statement": (pool, house) =>
    takePieceRaw(pool, refOf(house, anyOf(house.keys), anyOf(batchesPerSku))),
  placeOrder: (pool, { keys }) => placeOrderRaw(pool, skuOf(anyOf(keys)), randomUUID()),
};

const results = new Map<string, Record<House, number[]>[]>();
for (let round = 0; round < rounds; round += 1) {
  for (const [name, write] of Object.entries(work)) {
    const took = await inTurns(
      { forMs, atOnce },
      {
        noted: () => write(pools.noted, houses.noted),
        plain: () => write(pools.plain, houses.plain),
      },
    );
    // The first round only warms up.
    if (round > 0) results.set(name, [...(results.get(name) ?? []), took]);
  }
  await withClient(houses.noted.url, takeIn);
  console.error(`round ${round + 1} of ${rounds}`);
}

console.log(`\n${atOnce} at once, write by write in turns, ${rounds - 1} rounds of ${forMs} ms`);
for (const [name, took] of results) {
  // So many at once divided by the time that one takes is how many a second there are.
  const ratios = took.map(({ noted, plain }) => mean(plain) / mean(noted));
  const medians = took.map(({ noted, plain }) => median(plain) / median(noted));
  const ofAll = (house: House) => took.flatMap((of) => of[house]);
  const perSecond = (house: House) => ((atOnce * 1_000) / mean(ofAll(house))).toFixed(0);
  console.log(
    `${name.padEnd(14)} with triggers ${perSecond("noted")}/s, without ${perSecond("plain")}/s; ` +
      `ratio, by rounds: ${spread(ratios)}, of medians ${spread(medians)}  (aim at least 0.8)`,
  );
}
for (const pool of Object.values(pools)) await pool.end();
await postgres.stop();

/** Takes in what was noted, so that it does not grow from round to round. */
async function takeIn(client: pg.Client): Promise<void> {
  for (const group of ["fulfilment", "throughput"]) {
    const { outcome } = await new GroupRefresh(client, defaultSchemas, group).run();
    if (outcome === "overgrown") throw new Error(`${group}: too much was noted; shorten rounds.`);
  }
}
