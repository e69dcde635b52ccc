import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { migrate } from "../server/src/kernel/migrate.ts";
import { defaultSchemas } from "../server/src/kernel/schemas.ts";
import { readModels } from "../server/src/router.gen.ts";
import { startBenchPostgres, withClient } from "./bench-postgres.ts";
import { spread } from "./in-turns.ts";
import { percentiles } from "./measure.ts";
import { postmasterOf, processorMs, processorMsOfFamily } from "./processor-time.ts";
import { allocateRaw, placeRaw } from "./raw-allocate.ts";
import { startProcess } from "./server-process.ts";

/*
 * How many pieces of one SKU can be promised a second, by so many clients at once, through the
 * server and by guarded updates of the driver alone; and of many SKUs, to see what it is that they
 * all want the same. Contenders take turns of some hundred allocations, in one database, which the
 * server keeps its read models fresh of.
 */

const { values: flags } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    "at-once": { type: "string", default: "16" },
    rounds: { type: "string" },
    /** Allocations in one turn. */
    turn: { type: "string" },
  },
});
const atOnce = Number(flags["at-once"]);
const rounds = Number(flags.rounds ?? (flags.short ? 3 : 9));
const turn = Number(flags.turn ?? (flags.short ? 160 : 480));
const manySkus = 200;

const postgres = await startBenchPostgres();
const url = await postgres.createDatabase("hot");
await migrate({ databaseUrl: url, schemas: defaultSchemas, readModels });
const skus = ["HOT", ...Array.from({ length: manySkus }, (_, n) => `SKU-${n}`)];
await withClient(url, async (client) => {
  await client.query("set search_path = selvedge");
  await client.query(
    `insert into variant (tenant, sku, version)
     select 'default', sku, 1 from unnest($1::text[]) as sku`,
    [skus],
  );
  await client.query(
    `insert into sku_stock (tenant, warehouse, sku, grade, version)
     select 'default', 'main', sku, 'N', 1 from unnest($1::text[]) as sku`,
    [skus],
  );
  await client.query(
    `insert into batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
     select 'default', sku || '/1', 'main', sku, 'N', 1000000000, 0, now()
     from unnest($1::text[]) as sku`,
    [skus],
  );
});
const server = await startProcess("server/src/cli/main.ts", ["serve", "--port", "0"], {
  DATABASE_URL: url,
});
const clients = Array.from(
  { length: atOnce },
  () => new Selvedge({ baseUrl: server.baseUrl, consistency: "none" }),
);
const connections = clients.map(
  () => new pg.Client({ connectionString: url, pipeline: true } as pg.ClientConfig),
);
for (const connection of connections) await connection.connect();
const client = (caller: number) => clients[caller] as Selvedge;
const connection = (caller: number) => connections[caller] as pg.Client;

const hot = () => "HOT";
const any = () => `SKU-${Math.floor(Math.random() * manySkus)}`;
const placed = async (caller: number, sku: string) => {
  const lines = [{ sku, qty: 1 }];
  const order = { channel: "bench", externalRef: crypto.randomUUID(), lines };
  const { data } = await client(caller).orders.placeOrder(order);
  if (!data.lines[0]?.allocated) throw new Error("There was nothing left.");
};
const allocated = async (caller: number, orderId: string) => {
  const { data } = await client(caller).stock.allocateLine({ orderId, line: 1 });
  if (!data.allocated) throw new Error("There was nothing left.");
};

/** Places orders, or allocates lines that wait: of one SKU, or of any. */
type Contender = (caller: number, waiting: string) => Promise<void>;
const contenders: Record<string, { skuOf: () => string; waits: boolean; run: Contender }> = {};
for (const [name, skuOf] of [
  ["one SKU", hot],
  ["200 SKUs", any],
] as const) {
  contenders[`placeOrder, ${name}`] = {
    ...{ skuOf, waits: false },
    run: (caller) => placed(caller, skuOf()),
  };
  contenders[`placeOrder by pg, ${name}`] = {
    ...{ skuOf, waits: false },
    run: (caller) => {
      const sku = skuOf();
      return placeRaw(connection(caller), sku, `${sku}/1`);
    },
  };
  contenders[`allocateLine, ${name}`] = { ...{ skuOf, waits: true }, run: allocated };
  contenders[`allocateLine by pg, ${name}`] = {
    ...{ skuOf, waits: true },
    run: (caller, order) => {
      const [orderId = "", sku] = order.split(" ");
      return allocateRaw(connection(caller), orderId, `${sku}/1`);
    },
  };
}

/** Puts orders into the house whose one line waits for stock; answers ids and SKUs. */
async function waitingOrders(skuOf: () => string): Promise<string[]> {
  const wanted = Array.from({ length: turn }, skuOf);
  return withClient(url, async (db) => {
    const { rows } = await db.query<{ id: string; sku: string }>(
      `with wanted as (
         select gen_random_uuid() as id, sku from unnest($1::text[]) as sku
       ), placed as (
         insert into selvedge.sales_order (tenant, id, channel, external_ref, warehouse, priority,
           ordered_at, status, version)
         select 'default', id, 'bench', id::text, 'main', 0, now(), 'open', 1 from wanted
       ), lines as (
         insert into selvedge.order_line (tenant, order_id, line, sku, grade, qty)
         select 'default', id, 1, sku, 'N', 1 from wanted
       ) select id, sku from wanted`,
      [wanted],
    );
    return rows.map(({ id, sku }) => `${id} ${sku}`);
  });
}

const postmaster = await postmasterOf(url);
const spentMs = () =>
  processorMs(process.pid) + processorMs(server.pid) + processorMsOfFamily(postmaster);
const results = new Map<string, { perSecond: number[]; tookMs: number[]; spentMs: number }>();
const names = Object.keys(contenders);
for (let round = 0; round <= rounds; round += 1) {
  for (let i = 0; i < names.length; i += 1) {
    const name = names[(i + round) % names.length] as string;
    const { skuOf, waits, run } = contenders[name] as (typeof contenders)[string];
    const waiting = waits ? await waitingOrders(skuOf) : Array.from({ length: turn }, () => "");
    const isByServer = !name.includes("by pg");
    const tookMs: number[] = [];
    const [begun, spent] = [performance.now(), spentMs()];
    await Promise.all(
      clients.map(async (_, caller) => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
          const sent = performance.now();
          await run(caller, isByServer ? (next.split(" ")[0] ?? "") : next);
          tookMs.push(performance.now() - sent);
        }
      }),
    );
    const perSecond = (turn * 1_000) / (performance.now() - begun);
    const so = results.get(name) ?? { perSecond: [], tookMs: [], spentMs: 0 };
    // The first round only warms up.
    if (round === 0) continue;
    so.perSecond.push(perSecond);
    so.tookMs.push(...tookMs);
    so.spentMs += spentMs() - spent;
    results.set(name, so);
  }
  console.error(`round ${round} of ${rounds}`);
}

console.log(`\n${atOnce} clients, ${rounds} turns of ${turn} allocations each`);
for (const [name, { perSecond, tookMs, spentMs }] of results) {
  const { p50Ms, p99Ms } = percentiles(tookMs);
  console.log(
    `${name.padEnd(30)} ${spread(perSecond, 0).padStart(16)}/s  p50 ${p50Ms.toFixed(1)} ms  ` +
      `p99 ${p99Ms.toFixed(1)} ms  processors ${(spentMs / tookMs.length).toFixed(2)} ms each`,
  );
}
const ratio = (a: string, b: string) => {
  const other = results.get(b)?.perSecond ?? [];
  const all = results.get(a)?.perSecond.map((rate, i) => rate / (other[i] ?? Number.NaN)) ?? [];
  console.log(`${a} : ${b}  ${spread(all)}`);
};
for (const command of ["placeOrder", "allocateLine"]) {
  ratio(`${command}, one SKU`, `${command} by pg, one SKU`);
  ratio(`${command}, one SKU`, `${command}, 200 SKUs`);
}
console.log("aim: at least 200/s through the server on one SKU");

for (const one of connections) await one.end();
await server.stop();
await postgres.stop();
