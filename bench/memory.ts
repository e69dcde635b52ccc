import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import { startBenchPostgres } from "./bench-postgres.ts";
import { startProcess } from "./server-process.ts";
import { fillStock, skuOf } from "./stock-of-size.ts";

/*
 * Whether a server's memory stays flat: its resident size, sampled over some minutes of commands,
 * queries with and without receipts, and refusals, at a steady rate.
 */

const { values: flags } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    minutes: { type: "string" },
    rows: { type: "string", default: "100000" },
    "per-second": { type: "string", default: "80" },
  },
});
const minutes = Number(flags.minutes ?? (flags.short ? 0.5 : 10));
const perSecond = Number(flags["per-second"]);
const sampleMs = 1_000;
// Code is compiled and pools and caches fill; that is growth that ends.
const warmUpShare = 0.25;

const postgres = await startBenchPostgres();
const house = await fillStock(await postgres.createDatabase("memory"), Number(flags.rows));
const server = await startProcess("server/src/cli/main.ts", ["serve", "--port", "0"], {
  DATABASE_URL: house.url,
});
const client = new Selvedge({ baseUrl: server.baseUrl, consistency: "none" });
const anySku = () => skuOf(Math.floor(Math.random() * house.keys));

const order = (sku: string, qty: number) => {
  const externalRef = crypto.randomUUID();
  return client.orders.placeOrder({ channel: "bench", externalRef, lines: [{ sku, qty }] });
};
const mix: (() => Promise<unknown>)[] = [
  () => order(anySku(), 1),
  async () => {
    const sku = anySku();
    const { receipt } = await order(sku, 1);
    await client.stock.sellableAvailability({ sku }, { atLeast: receipt });
  },
  () => client.stock.sellableAvailability({ sku: anySku() }),
  () => client.orders.orderBoard({ channel: "bench" }),
  () => client.stock.addBatch({ ref: crypto.randomUUID(), sku: anySku(), qty: 1_000 }),
  // No such SKU: refused.
  () => order("NONE", 1).catch(() => undefined),
];

const begun = performance.now();
const until = begun + minutes * 60_000;
const samples: { readonly minute: number; readonly mb: number }[] = [];
let sampled = 0;
let calls = 0;
let failed = 0;
const running = new Set<Promise<unknown>>();
while (performance.now() < until) {
  const now = performance.now();
  if (now >= begun + sampled * sampleMs) {
    samples.push({ minute: (now - begun) / 60_000, mb: residentMb(server.pid) });
    sampled += 1;
  }
  if (calls <= ((now - begun) * perSecond) / 1_000 && running.size < 32) {
    const call: Promise<unknown> = (mix[calls % mix.length] as () => Promise<unknown>)()
      .catch(() => {
        failed += 1;
      })
      .finally(() => running.delete(call));
    running.add(call);
    calls += 1;
  } else await setTimeout(2);
}
await Promise.all(running);

const settled = samples.filter(({ minute }) => minute >= minutes * warmUpShare);
const mb = samples.map((sample) => sample.mb);
console.log(`\n${calls} calls in ${minutes} min (${perSecond}/s asked), ${failed} failed`);
console.log(`first ${mb[0]} MB, last ${mb.at(-1)} MB, peak ${server.peakMemoryMb()} MB`);
for (const share of [0.25, 0.5, 0.75, 1]) {
  const part = samples.slice(0, Math.ceil(samples.length * share)).slice(-samples.length / 4);
  const mean = part.reduce((sum, sample) => sum + sample.mb, 0) / part.length;
  console.log(`mean of quarter ${share * 4}: ${mean.toFixed(1)} MB`);
}
console.log(`slope after the first quarter: ${slope(settled).toFixed(2)} MB/min  (aim: flat)`);
await server.stop();
await postgres.stop();

function residentMb(pid: number): number {
  const [, kb = "0"] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kb) / 102.4) / 10;
}

/** Of the line with the least squares. */
function slope(points: readonly { minute: number; mb: number }[]): number {
  const mean = (of: (point: { minute: number; mb: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(({ minute }) => minute), mean(({ mb }) => mb)];
  const up = mean(({ minute, mb }) => (minute - x) * (mb - y));
  return up / mean(({ minute }) => (minute - x) ** 2);
}
