import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { Selvedge as Client } from "@selvedge/sdk";
import { createSelvedge } from "../server/src/index.ts";
import { startBenchPostgres } from "./bench-postgres.ts";
import { inTurns, spread } from "./in-turns.ts";
import { median } from "./measure.ts";
import { startProcess } from "./server-process.ts";

/*
 * What it costs a host to have Selvedge in its process: how much later it answers and how much
 * memory it holds, beside the same host without; and what a call in process costs, beside the same
 * call over HTTP on this machine, call by call in turns.
 */

const { values: flags } = parseArgs({
  options: { short: { type: "boolean", default: false }, rounds: { type: "string" } },
});
const roundsMax = Number(flags.rounds ?? (flags.short ? 3 : 10));
const forMs = flags.short ? 1_000 : 3_000;

const postgres = await startBenchPostgres();
const databaseUrl = await postgres.createDatabase("embedding");
const selvedge = createSelvedge({ databaseUrl });
let begun = performance.now();
await selvedge.start();
console.log(`start on an empty database: ${(performance.now() - begun).toFixed(0)} ms`);
await selvedge.stop();
begun = performance.now();
await selvedge.start();
console.log(`start once more, nothing to migrate: ${(performance.now() - begun).toFixed(0)} ms`);

const identity = { tenant: "default", partner: "local", actor: "local", scopes: ["*"] } as const;
const server = selvedge.handler.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const client = new Client({ baseUrl, consistency: "none" });
const sku = () => `BENCH-${crypto.randomUUID().slice(0, 18)}`;
const pairs = {
  "a query, orders.orderTotals": {
    "in process": () => selvedge.ask("orders.orderTotals", {}, identity),
    "over HTTP": () => client.orders.orderTotals({}),
  },
  "a command, catalogue.registerVariant": {
    "in process": () => selvedge.execute("catalogue.registerVariant", { sku: sku() }, identity),
    "over HTTP": () => client.catalogue.registerVariant({ sku: sku() }),
  },
};
for (const [what, contenders] of Object.entries(pairs)) {
  await inTurns({ forMs: forMs / 2, atOnce: 1 }, contenders);
  for (const callers of [1, 8]) {
    const shares: number[] = [];
    const inProcess: number[] = [];
    for (let round = 0; round < roundsMax; round += 1) {
      const took = await inTurns({ forMs, atOnce: callers }, contenders);
      shares.push(median(took["in process"]) / median(took["over HTTP"]));
      inProcess.push(...took["in process"]);
    }
    console.log(
      `${what}, ${callers} at once: p50 ${spread(inProcess)} ms in process; ` +
        `in process : over HTTP = ${spread(shares)}`,
    );
  }
}
server.closeAllConnections();
server.close();
await selvedge.stop();

const kinds = { bare: ["--bare"], "with Selvedge": [] } as const;
const startMs = { bare: [] as number[], "with Selvedge": [] as number[] };
const memoryMb = { bare: [] as number[], "with Selvedge": [] as number[] };
for (let round = 0; round < roundsMax; round += 1) {
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    const from = performance.now();
    const env = { DATABASE_URL: databaseUrl };
    const host = await startProcess("bench/embedded-host.ts", kinds[kind], env);
    startMs[kind].push(performance.now() - from);
    memoryMb[kind].push(host.peakMemoryMb());
    await host.stop();
  }
}
for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
  console.log(
    `a host ${kind}: answers after ${spread(startMs[kind], 0)} ms, ` +
      `has held ${spread(memoryMb[kind], 0)} MB by then`,
  );
}
const ratioOf = (of: typeof startMs) => (median(of["with Selvedge"]) / median(of.bare)).toFixed(2);
console.log(`with Selvedge : bare = ${ratioOf(startMs)} in time, ${ratioOf(memoryMb)} in memory`);
await postgres.stop();
