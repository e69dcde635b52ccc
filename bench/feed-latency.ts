import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import { startBenchPostgres } from "./bench-postgres.ts";
import { spread } from "./in-turns.ts";
import { startProcess } from "./server-process.ts";

/*
 * How long after a command's answer a follower has its event: through the process that ran it, and
 * through another one, in turns. Below zero: the event was there before the answer.
 */

const { values: flags } = parseArgs({
  options: { short: { type: "boolean", default: false }, commands: { type: "string" } },
});
const commands = Number(flags.commands ?? (flags.short ? 50 : 300));
const main = "server/src/cli/main.ts";

const postgres = await startBenchPostgres();
const env = { DATABASE_URL: await postgres.createDatabase("feed") };
const server = await startProcess(main, ["serve", "--port", "0"], env);
const other = await startProcess(main, ["serve", "--roles", "query", "--port", "0"], env);

const ending = new AbortController();
async function follow(baseUrl: string) {
  const told = new Map<string, number>();
  const client = new Selvedge({ baseUrl });
  await new Promise<void>((resolve, reject) => {
    const options = { signal: ending.signal, onCaughtUp: () => resolve() };
    const run = async () => {
      for await (const { id } of client.journal.events.follow({}, options)) {
        told.set(id, performance.now());
      }
    };
    run().catch(reject);
  });
  return told;
}

const followers = { same: await follow(server.baseUrl), other: await follow(other.baseUrl) };
const client = new Selvedge({ baseUrl: server.baseUrl });
const lags: Record<keyof typeof followers, number[]> = { same: [], other: [] };
const calls: number[] = [];
for (let n = 0; n < commands; n += 1) {
  const sku = `SKU-${n}`;
  const sentAt = performance.now();
  await client.catalogue.registerVariant({ sku });
  const answeredAt = performance.now();
  calls.push(answeredAt - sentAt);
  while (!followers.same.has(sku) || !followers.other.has(sku)) await setTimeout(5);
  for (const [name, told] of Object.entries(followers)) {
    lags[name as keyof typeof followers].push((told.get(sku) ?? Number.NaN) - answeredAt);
  }
  await setTimeout(20);
}
console.log(`${commands} commands, one after the other; p50 (the middle half)`);
console.log(`the command itself              ${spread(calls)} ms`);
console.log(`answer to event, same process   ${spread(lags.same)} ms`);
console.log(`answer to event, another one    ${spread(lags.other)} ms`);
ending.abort();
await Promise.all([server.stop(), other.stop()]);
await postgres.stop();
