import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import { startBenchPostgres } from "./bench-postgres.ts";
import { inTurns, mean, spread } from "./in-turns.ts";
import { median } from "./measure.ts";
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
const roundsMax = Number(flags.rounds ?? (flags.short ? 3 : 12));
const forMs = Number(flags["for-ms"] ?? (flags.short ? 1_000 : 3_000));
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

// Code is compiled, plans are made.
await inTurns({ forMs: forMs / 2, atOnce: 1 }, contenders);
for (const callers of [1, atOnce]) {
  const rounds: Record<Contender, number[]>[] = [];
  for (let round = 0; round < roundsMax; round += 1) {
    rounds.push(await inTurns({ forMs, atOnce: callers }, contenders));
  }
  console.log(`\n${callers} at once, call by call in turns, ${roundsMax} rounds of ${forMs} ms`);
  for (const name of Object.keys(contenders) as Contender[]) {
    const costs = rounds.map((of) => median(of[name]) / median(of["no receipt"]));
    const all = rounds.flatMap((of) => of[name]);
    console.log(
      `${name.padEnd(12)} p50 ${spread(all)} ms, mean ${mean(all).toFixed(2)} ms, ` +
        `${all.length} calls; cost, by rounds: x ${spread(costs)}` +
        (name === "1 receipt" ? "  (aim at most 1.2)" : ""),
    );
  }
}
await server.stop();
await postgres.stop();
