import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import { startBenchPostgres } from "./bench-postgres.ts";
import { type Measured, measure, median } from "./measure.ts";
import { startProcess } from "./server-process.ts";
import { fillStock, skuOf } from "./stock-of-size.ts";

/*
 * What proof costs: a query that is given receipts which are in already, against the same query
 * without any, through the SDK, in turns.
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
const house = await fillStock(await postgres.createDatabase("receipts"), Number(flags.rows));
const server = await startProcess("server/src/cli/main.ts", ["serve", "--port", "0"], {
  DATABASE_URL: house.url,
});
const client = new Selvedge({ baseUrl: server.baseUrl, consistency: "none" });
const anySku = () => skuOf(Math.floor(Math.random() * house.keys));

const receipts: string[] = [];
for (let n = 0; n < 32; n += 1) {
  const lines = [{ sku: anySku(), qty: 1 }];
  const order = { channel: "bench", externalRef: crypto.randomUUID(), lines };
  receipts.push((await client.orders.placeOrder(order)).receipt);
}
// Now they are in: whoever asks for them waits no longer.
await client.stock.sellableAvailability({ sku: anySku() }, { atLeast: receipts });

const ask = (atLeast: string[]) => async () => {
  const { freshness } = await client.stock.sellableAvailability({ sku: anySku() }, { atLeast });
  const expected = atLeast.length === 0 ? null : true;
  if (freshness.includesReceipt !== expected) throw new Error("A receipt was not in.");
};
const contenders = {
  "no receipt": ask([]),
  "1 receipt": ask(receipts.slice(-1)),
  "32 receipts": ask(receipts),
};
type Contender = keyof typeof contenders;
const names = Object.keys(contenders) as Contender[];

const results: Record<Contender, Measured[]> = {
  "no receipt": [],
  "1 receipt": [],
  "32 receipts": [],
};
for (let round = 0; round < rounds; round += 1) {
  // Who goes first changes from round to round.
  for (let i = 0; i < names.length; i += 1) {
    const name = names[(round + i) % names.length] as Contender;
    results[name].push(await measure({ forMs, atOnce }, contenders[name]));
  }
  console.error(`round ${round + 1} of ${rounds}`);
}

console.log(`\n${atOnce} at once, ${rounds} rounds of ${forMs / 1_000} s, in turns`);
for (const name of names) {
  const of = results[name];
  const costs = of
    .map(({ perSecond }, i) => (results["no receipt"][i]?.perSecond ?? Number.NaN) / perSecond)
    .sort((a, b) => a - b);
  const at = (share: number) => costs[Math.floor(costs.length * share)]?.toFixed(2);
  console.log(
    `${name.padEnd(12)} ${median(of.map(({ perSecond }) => perSecond)).toFixed(0)}/s  ` +
      `p50 ${median(of.map(({ p50Ms }) => p50Ms)).toFixed(1)} ms  ` +
      `cost x ${at(0.5)} (middle half ${at(0.25)}-${at(0.75)})` +
      (name === "1 receipt" ? "  (aim at most 1.2)" : ""),
  );
}
await server.stop();
await postgres.stop();
