import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import { createTRPCUntypedClient, httpLink } from "@trpc/client";
import { startBenchPostgres } from "./bench-postgres.ts";
import { inTurns, spread } from "./in-turns.ts";
import { median } from "./measure.ts";
import { startProcess } from "./server-process.ts";

/*
 * What the SDK costs a call: the same procedure, which does nothing, through the SDK, through
 * tRPC's own client and by bare `fetch`, call by call in turns. Then what a bulk saves: the same
 * batches one command a request and a hundred a request, in turns, against a real server.
 */

const { values: flags } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    rounds: { type: "string" },
    "for-ms": { type: "string" },
    rows: { type: "string" },
  },
});
const roundsMax = Number(flags.rounds ?? (flags.short ? 3 : 12));
const forMs = Number(flags["for-ms"] ?? (flags.short ? 500 : 2_000));
const rowsMax = Number(flags.rows ?? (flags.short ? 200 : 2_000));

const noop = await startProcess("bench/noop-server.ts");
const selvedge = new Selvedge({ baseUrl: noop.baseUrl });
const link = httpLink({ url: `${noop.baseUrl}/trpc`, methodOverride: "POST" });
const trpc = createTRPCUntypedClient({ links: [link] });
const calls = {
  fetch: async () => {
    const response = await fetch(`${noop.baseUrl}/trpc/operations.lag`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    await response.json();
  },
  "tRPC client": () => trpc.query("operations.lag", {}),
  SDK: () => selvedge.operations.lag(),
};
type Call = keyof typeof calls;

await inTurns({ forMs, atOnce: 1 }, calls);
for (const callers of [1, 8]) {
  const rounds: Record<Call, number[]>[] = [];
  for (let round = 0; round < roundsMax; round += 1) {
    rounds.push(await inTurns({ forMs, atOnce: callers }, calls));
  }
  console.log(`\n${callers} at once, call by call in turns, ${roundsMax} rounds of ${forMs} ms`);
  for (const name of Object.keys(calls) as Call[]) {
    const costs = rounds.map((of) => median(of[name]) / median(of.fetch));
    const all = rounds.flatMap((of) => of[name]);
    const aim = name === "SDK" ? "  (aim at most 1.15)" : "";
    console.log(
      `${name.padEnd(12)} p50 ${spread(all)} ms, ${all.length} calls; cost: x ${spread(costs)}${aim}`,
    );
  }
}
await noop.stop();

const postgres = await startBenchPostgres();
const server = await startProcess("server/src/cli/main.ts", ["serve", "--port", "0"], {
  DATABASE_URL: await postgres.createDatabase("bulk"),
});
const partner = new Selvedge({ baseUrl: server.baseUrl, consistency: "none" });
const skus = Array.from({ length: 50 }, (_, i) => `BENCH-${i}`);
for (const sku of skus) await partner.catalogue.registerVariant({ sku });
const batches = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const input = { ref: crypto.randomUUID(), sku: skus[i % skus.length] as string, qty: 10 };
    return { command: "stock.addBatch", input } as const;
  });
const imports = {
  "one by one": async (count: number) => {
    for (const { input } of batches(count)) await partner.stock.addBatch(input);
  },
  "16 at once": async (count: number) => {
    const rest = batches(count).values();
    const sender = async () => {
      for (const { input } of rest) await partner.stock.addBatch(input);
    };
    await Promise.all(Array.from({ length: 16 }, sender));
  },
  "bulk, in order": async (count: number) => {
    for await (const { outcome } of partner.bulk(batches(count))) expectApplied(outcome);
  },
  "bulk, in order by SKU": async (count: number) => {
    const inOrderBy = ({ input }: { input: { sku: string } }) => input.sku;
    for await (const { outcome } of partner.bulk(batches(count), { inOrderBy }))
      expectApplied(outcome);
  },
};
type Import = keyof typeof imports;

function expectApplied(outcome: string) {
  if (outcome !== "applied") throw new Error(`A batch was ${outcome}.`);
}

const rates = new Map<Import, number[]>();
for (let round = -1; round < 3; round += 1) {
  for (const [name, run] of Object.entries(imports) as [Import, (count: number) => unknown][]) {
    const begun = performance.now();
    await run(rowsMax / 4);
    const perSecond = rowsMax / 4 / ((performance.now() - begun) / 1_000);
    // The first round compiles the code and fills the pools.
    if (round >= 0) rates.set(name, [...(rates.get(name) ?? []), perSecond]);
  }
}
console.log(`\nrows a second, ${rowsMax / 4} batches a turn, median of 3 rounds`);
const oneByOne = median(rates.get("one by one") ?? []);
for (const [name, of] of rates) {
  const rate = median(of);
  console.log(
    `${name.padEnd(22)} ${rate.toFixed(0).padStart(5)}/s  x ${(rate / oneByOne).toFixed(2)}`,
  );
}
await server.stop();
await postgres.stop();
