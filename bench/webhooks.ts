import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { startBenchPostgres } from "./bench-postgres.ts";
import { spread } from "./in-turns.ts";
import { startProcess } from "./server-process.ts";

/*
 * Webhooks to a receiver on this machine that takes all at once: how long after a command's answer
 * its event arrives, and how many a second one subscription is told of when it is behind.
 */

const { values: flags } = parseArgs({
  options: { short: { type: "boolean", default: false }, commands: { type: "string" } },
});
const commands = Number(flags.commands ?? (flags.short ? 50 : 300));
const backlog = flags.short ? 500 : 5_000;

const postgres = await startBenchPostgres();
const url = await postgres.createDatabase("webhooks");
const server = await startProcess("server/src/cli/main.ts", ["serve", "--port", "0"], {
  ...{ DATABASE_URL: url, SELVEDGE_WEBHOOKS_ALLOW_PRIVATE: "1" },
});
const told = new Map<string, number>();
const receiver = createServer(async (request, response) => {
  const { data } = JSON.parse(await text(request));
  told.set(data.id, performance.now());
  response.writeHead(204).end();
}).listen(0, "127.0.0.1");
await once(receiver, "listening");
const { port } = receiver.address() as AddressInfo;
const client = new Selvedge({ baseUrl: server.baseUrl });
await client.webhooks.subscribe({ url: `http://127.0.0.1:${port}/` });

const lags: number[] = [];
for (let n = 0; n < commands; n += 1) {
  const sku = `SKU-${n}`;
  await client.catalogue.registerVariant({ sku });
  const answeredAt = performance.now();
  while (!told.has(sku)) await setTimeout(5);
  // The first one waits for a job to be taken up.
  if (n > 0) lags.push((told.get(sku) ?? Number.NaN) - answeredAt);
  await setTimeout(20);
}
console.log(`answer to message, ${commands} commands one by one  ${spread(lags)} ms`);

const db = new pg.Client({ connectionString: url });
await db.connect();
await db.query(
  `insert into selvedge.journal (tenant, kind, id, version, type, data, partner, command_id, actor)
   select 'default', 'Thing', 'thing-' || n, 1, 'ThingHappened', '{}', 'bench', 'bench', 'bench'
   from generate_series(1, $1::int) as n`,
  [backlog],
);
await db.end();
while (!told.has("thing-1")) await setTimeout(1);
const begunAt = performance.now();
while (!told.has(`thing-${backlog}`)) await setTimeout(5);
const seconds = (performance.now() - begunAt) / 1_000;
console.log(`${backlog} events that were behind, in order: ${(backlog / seconds).toFixed(0)}/s`);
await server.stop();
receiver.closeAllConnections();
receiver.close();
await postgres.stop();
