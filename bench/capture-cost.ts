import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import pg from "pg";
import { GroupRefresh } from "../server/src/kernel/refresh.ts";
import { defaultSchemas } from "../server/src/kernel/schemas.ts";
import { startBenchPostgres, withClient } from "./bench-postgres.ts";
import { measure, median } from "./measure.ts";
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
  },
});
const rounds = Number(flags.rounds ?? (flags.short ? 3 : 15));
const forMs = Number(flags["for-ms"] ?? (flags.short ? 500 : 1_500));
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
const pools = {
  noted: new pg.Pool({ connectionString: houses.noted.url, max: atOnce, options: "-c jit=off" }),
  plain: new pg.Pool({ connectionString: houses.plain.url, max: atOnce, options: "-c jit=off" }),
};
type House = keyof typeof houses;

const anyOf = (n: number) => Math.floor(Math.random() * n);
const work: Record<string, (pool: pg.Pool, house: StockOfSize) => Promise<void>> = {
  "one statement": (pool, house) =>
    takePieceRaw(pool, refOf(house, anyOf(house.keys), anyOf(batchesPerSku))),
  placeOrder: (pool, { keys }) => placeOrderRaw(pool, skuOf(anyOf(keys)), randomUUID()),
};

const rates = new Map<string, Record<House, number[]>>();
for (let round = 0; round < rounds; round += 1) {
  for (const [name, write] of Object.entries(work)) {
    const of = rates.get(name) ?? { noted: [], plain: [] };
    rates.set(name, of);
    // Who goes first changes, so that neither always meets what the other left to be written.
    const order: House[] = round % 2 === 0 ? ["noted", "plain"] : ["plain", "noted"];
    for (const house of order) {
      const run = () => write(pools[house], houses[house]);
      of[house].push((await measure({ forMs, atOnce }, run)).perSecond);
    }
  }
  await withClient(houses.noted.url, takeIn);
  console.error(`round ${round + 1} of ${rounds}`);
}

console.log(`\n${atOnce} at once, ${rounds} rounds of ${forMs / 1_000} s, in turns`);
for (const [name, { noted, plain }] of rates) {
  const ratios = noted.map((rate, i) => rate / (plain[i] ?? Number.NaN)).sort((a, b) => a - b);
  const at = (share: number) => ratios[Math.floor(ratios.length * share)]?.toFixed(2);
  console.log(
    `${name.padEnd(14)} with triggers ${median(noted).toFixed(0)}/s, ` +
      `without ${median(plain).toFixed(0)}/s; round by round ${at(0.5)} ` +
      `(middle half ${at(0.25)}-${at(0.75)})  (aim at least 0.8)`,
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
