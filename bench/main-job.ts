import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { startEmbeddedPostgres } from "../server/src/embedded/postgres.ts";
import { measureLag } from "./lag.ts";
import { type Measured, measure, median } from "./measure.ts";
import { placeOrderRaw } from "./raw-place-order.ts";
import { startProcess } from "./server-process.ts";

/*
 * Commands and queries through the SDK against the same statements by the driver alone and against
 * a procedure that does nothing, side by side in one run, alternating, three rounds each; then lag
 * at a steady rate. Ratios are what counts: machines differ, and this one may be shared.
 */

const short = process.argv.includes("--short");
const forMs = short ? 1_000 : 4_000;
const rounds = short ? 1 : 3;
const atOnce = 8;

const folder = await mkdtemp(join(tmpdir(), "selvedge-bench-"));
await chmod(folder, 0o755);
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "data") });
const server = await startProcess("server/src/cli/main.ts", ["serve", "--port", "0"], {
  DATABASE_URL: postgres.url,
});
const noop = await startProcess("bench/noop-server.ts");
const pool = new pg.Pool({ connectionString: postgres.url, max: atOnce });
const client = new Selvedge({ baseUrl: server.baseUrl, consistency: "none" });
const nothing = new Selvedge({ baseUrl: noop.baseUrl, consistency: "none" });

const skus = Array.from({ length: 200 }, (_, i) => `BENCH-${i}`);
const skuOf = (n: number) => skus[n % skus.length] ?? "";
for (const sku of skus) {
  await client.catalogue.registerVariant({ sku, style: "BENCH" });
  await client.stock.addBatch({ ref: sku, sku, qty: 1_000_000 });
}

const placed = (n: number) =>
  client.orders.placeOrder({
    channel: "bench",
    externalRef: randomUUID(),
    lines: [{ sku: skuOf(n), qty: 1 }],
  });
const contenders = {
  command: placed,
  "command, raw pg": (n: number) => placeOrderRaw(pool, skuOf(n), randomUUID()),
  query: (n: number) => client.stock.sellableAvailability({ sku: skuOf(n) }, { onMiss: "serve" }),
  "query, raw pg": (n: number) =>
    pool.query({
      name: "availability",
      text: `select warehouse, sku, grade, on_hand, reserved, available, incoming,
          incoming_reserved, next_eta, oldest_received_at
        from selvedge_read.sellable_availability
        where tenant = $1 and sku = $2 order by warehouse, sku, grade limit 101`,
      values: ["default", skuOf(n)],
    }),
  "no-op procedure": () => nothing.operations.lag(),
} as const;

const results = new Map<string, Measured[]>();
for (let round = 0; round < rounds; round += 1) {
  for (const [name, work] of Object.entries(contenders)) {
    const measured = await measure({ forMs, atOnce }, work);
    results.set(name, [...(results.get(name) ?? []), measured]);
    console.error(`round ${round + 1}: ${name} ${measured.perSecond.toFixed(0)}/s`);
  }
}
const rate = (name: keyof typeof contenders) =>
  median((results.get(name) ?? []).map(({ perSecond }) => perSecond));

console.log(`\n${atOnce} at once, median of ${rounds} rounds of ${forMs / 1_000} s`);
for (const name of Object.keys(contenders) as (keyof typeof contenders)[]) {
  const of = results.get(name) ?? [];
  const p50 = median(of.map(({ p50Ms }) => p50Ms)).toFixed(1);
  const p99 = median(of.map(({ p99Ms }) => p99Ms)).toFixed(1);
  console.log(
    `${name.padEnd(18)} ${rate(name).toFixed(0).padStart(6)}/s  p50 ${p50} ms  p99 ${p99} ms`,
  );
}
const ratio = (a: number, b: number) => (a / b).toFixed(2);
console.log(
  `commands / raw pg       ${ratio(rate("command"), rate("command, raw pg"))}  (aim 0.5)`,
);
console.log(`commands / no-op        ${ratio(rate("command"), rate("no-op procedure"))}`);
console.log(`queries / raw pg        ${ratio(rate("query"), rate("query, raw pg"))}`);
console.log(`queries / no-op         ${ratio(rate("query"), rate("no-op procedure"))}  (aim 0.7)`);

for (const perSecond of [100, 300]) {
  const lag = await measureLag(
    { client, databaseUrl: postgres.url, skus },
    { perSecond, forMs: short ? 2_000 : 15_000 },
  );
  const { p50Ms, p95Ms, p99Ms } = lag;
  console.log(
    `lag at ${perSecond}/s (${lag.perSecond.toFixed(0)}/s reached, ${lag.seen} commands): ` +
      `p50 ${p50Ms.toFixed(1)} ms  p95 ${p95Ms.toFixed(1)} ms  p99 ${p99Ms.toFixed(1)} ms`,
  );
}
console.log(`server's peak memory    ${server.peakMemoryMb()} MB`);

await pool.end();
await noop.stop();
await server.stop();
await postgres.stop();
await rm(folder, { recursive: true, force: true });
