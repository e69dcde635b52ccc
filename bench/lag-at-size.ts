import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import { startBenchPostgres } from "./bench-postgres.ts";
import { median, percentiles } from "./measure.ts";
import { startProcess } from "./server-process.ts";
import { fillStock, skuOf } from "./stock-of-size.ts";
import { watchVisibility } from "./visibility.ts";

/*
 * How long after its commit a write is visible in the read models, over a house of some size, at
 * steady rates. Writer, refresher, database and watcher are processes of their own. The writers:
 * one statement a command; all statements of `placeOrder`; `placeOrder` itself through the SDK,
 * which a small machine cannot carry at these rates, so that its reached rate is what is measured.
 */

const { values: flags } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    rows: { type: "string" },
    rates: { type: "string" },
    writers: { type: "string" },
    rounds: { type: "string" },
    "for-ms": { type: "string" },
    data: { type: "string" },
  },
});
const rows = Number(flags.rows ?? (flags.short ? 100_000 : 1_000_000));
const rates = (flags.rates ?? (flags.short ? "300" : "300,500")).split(",").map(Number);
const writers = (flags.writers ?? (flags.short ? "piece" : "piece,order,sdk")).split(",");
const rounds = Number(flags.rounds ?? (flags.short ? 1 : 3));
const forMs = Number(flags["for-ms"] ?? (flags.short ? 4_000 : 15_000));

interface Round {
  readonly reached: number;
  readonly seen: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

const postgres = await startBenchPostgres(flags.data);
const house = await fillStock(await postgres.createDatabase(`stock_${rows}`), rows);
const env = { DATABASE_URL: house.url };
const serve = (roles: string) =>
  startProcess("server/src/cli/main.ts", ["serve", "--port", "0", "--roles", roles], env);
const refresher = await serve("refresh");
const commands = writers.includes("sdk") ? await serve("command,query") : undefined;
const client = commands && new Selvedge({ baseUrl: commands.baseUrl, consistency: "none" });

const results = new Map<string, Round[]>();
for (let round = 0; round < rounds; round += 1) {
  for (const perSecond of rates) {
    for (const writer of writers) {
      const watch = await watchVisibility(house.url, "fulfilment");
      const reached = await (writer === "sdk"
        ? writeBySdk(perSecond)
        : writeByStatements(writer, perSecond));
      const lagsMs = await watch.lagsMs();
      const measured = { reached, seen: lagsMs.length, ...percentiles(lagsMs) };
      const name = `${writer.padEnd(6)} ${perSecond}/s`;
      results.set(name, [...(results.get(name) ?? []), measured]);
      console.error(`round ${round + 1}: ${name}: ${lineOf([measured])}`);
    }
  }
}

console.log(`\n${house.rows} batches, ${house.keys} SKUs; median of ${rounds} rounds of`);
console.log(`${forMs / 1_000} s (aim: p99 at most 50 ms)`);
for (const [name, of] of results) console.log(`${name}: ${lineOf(of)}`);
const memory = [refresher.peakMemoryMb(), commands?.peakMemoryMb()].filter((mb) => mb);
console.log(`peak memory, refresher and command server: ${memory.join(" and ")} MB`);
await commands?.stop();
await refresher.stop();
await postgres.stop();

function lineOf(measured: readonly Round[]): string {
  const middle = (of: (round: Round) => number) => median(measured.map(of)).toFixed(1);
  const p99 = measured.map(({ p99Ms }) => p99Ms.toFixed(0)).join(", ");
  return (
    `${middle(({ reached }) => reached)}/s reached, ${middle(({ seen }) => seen)} seen, ` +
    `p50 ${middle(({ p50Ms }) => p50Ms)} ms  p95 ${middle(({ p95Ms }) => p95Ms)} ms  ` +
    `p99 ${middle(({ p99Ms }) => p99Ms)} ms (${p99})`
  );
}

function writeByStatements(write: string, perSecond: number): Promise<number> {
  const program = fileURLToPath(new URL("steady-writer.ts", import.meta.url));
  const { url, keys } = house;
  const wishes = { url, keys, write, "per-second": perSecond, "for-ms": forMs };
  const args = Object.entries(wishes).map(([name, value]) => `--${name}=${value}`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--conditions=selvedge-source", program, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(printed).donePerSecond);
      else reject(new Error(`The writer ended with ${code}.`));
    });
  });
}

async function writeBySdk(perSecond: number): Promise<number> {
  if (!client) throw new Error("There is no server to send commands to.");
  const begun = performance.now();
  const calls: Promise<unknown>[] = [];
  // What the server cannot take yet waits here and not in its queue, which would only grow.
  const atOnceMax = 16;
  let atOnce = 0;
  while (performance.now() - begun < forMs) {
    const isDue = calls.length <= ((performance.now() - begun) * perSecond) / 1_000;
    if (!isDue || atOnce >= atOnceMax) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    const sku = skuOf(Math.floor(Math.random() * house.keys));
    const externalRef = crypto.randomUUID();
    atOnce += 1;
    const lines = [{ sku, qty: 1 }];
    const call = client.orders.placeOrder({ channel: "bench", externalRef, lines });
    calls.push(
      call.finally(() => {
        atOnce -= 1;
      }),
    );
  }
  await Promise.all(calls);
  return (calls.length * 1_000) / (performance.now() - begun);
}
