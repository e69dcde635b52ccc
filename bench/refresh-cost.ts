import { parseArgs } from "node:util";
import pg from "pg";
import { GroupRefresh } from "../server/src/kernel/refresh.ts";
import { defaultSchemas } from "../server/src/kernel/schemas.ts";
import { startBenchPostgres } from "./bench-postgres.ts";
import { spread } from "./in-turns.ts";
import { median } from "./measure.ts";
import {
  batchesPerSku,
  fillStock,
  refOf,
  type StockOfSize,
  skuOf,
  someOf,
} from "./stock-of-size.ts";

/*
 * What a refresh by key costs as the house grows, against refreshing the same query as a whole
 * materialized view and against asking the defining query itself. All sizes stand in one PostgreSQL
 * and take turns, so that whatever else the machine does meets all of them.
 */

const { values: flags } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    /** Batches in the house, one database for each number. */
    sizes: { type: "string" },
    rounds: { type: "string" },
    /** Largest house whose materialized view is refreshed in every round, not once. */
    "whole-up-to": { type: "string", default: "1000000" },
    /** A folder to keep the data in, and to find them in the next time. */
    data: { type: "string" },
    /** Memory for PostgreSQL's pages: all houses fit in. Less, and the disk is what is measured. */
    "shared-buffers": { type: "string" },
  },
});
const sizes = (flags.sizes ?? (flags.short ? "20000,100000" : "100000,1000000,10000000"))
  .split(",")
  .map(Number);
const rounds = Number(flags.rounds ?? (flags.short ? 3 : 15));
const wholeRowsMax = Number(flags["whole-up-to"]);
const staleCounts = [1, 100, 1_000];
// A whole refresh takes seconds, so it has fewer turns.
const roundsPerWhole = 5;

const postgres = await startBenchPostgres(flags.data, {
  shared_buffers: flags["shared-buffers"] ?? (flags.short ? "128MB" : "3GB"),
});
const houses: (StockOfSize & { client: pg.Client; refresh: GroupRefresh })[] = [];
for (const rows of sizes) {
  const started = performance.now();
  const house = await fillStock(await postgres.createDatabase(`stock_${rows}`), rows);
  const client = new pg.Client({ connectionString: house.url, options: "-c jit=off" });
  await client.connect();
  await client.query(
    `create materialized view if not exists bench_whole as
       select * from selvedge.def_sellable_availability;
     create unique index if not exists bench_whole_key
       on bench_whole (tenant, warehouse, sku, grade);
     analyze bench_whole`,
  );
  await warm(client);
  houses.push({
    ...house,
    client,
    refresh: new GroupRefresh(client, defaultSchemas, "fulfilment"),
  });
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  console.error(`${house.rows} batches, ${house.keys} SKUs: filled in ${seconds} s`);
}

const results = new Map<string, number[]>();
const keep = (name: string, rows: number, ms: number) => {
  const key = `${name} @ ${rows}`;
  results.set(key, [...(results.get(key) ?? []), ms]);
};
const of = (name: string, rows: number) => results.get(`${name} @ ${rows}`) ?? [];

type House = (typeof houses)[number];

for (let round = -1; round < rounds; round += 1) {
  for (const house of houses) {
    for (const count of staleCounts) {
      for (const [name, ms] of Object.entries(await refreshSome(house, count))) {
        // The first round only warms up.
        if (round >= 0) keep(name, house.rows, ms);
      }
    }
    const isDue = house.rows <= wholeRowsMax ? round % roundsPerWhole === 0 : round === 0;
    if (isDue) {
      for (const [name, ms] of Object.entries(await readPages(house))) keep(name, house.rows, ms);
      const text = "refresh materialized view concurrently bench_whole";
      keep("concurrently", house.rows, await timed(() => house.client.query(text)));
    }
  }
  console.error(`round ${round + 1} of ${rounds}`);
}

report();
for (const { client } of houses) await client.end();
await postgres.stop();

/** Makes so many keys stale, by a change to one batch of each, and times what brings them in. */
async function refreshSome(house: House, count: number): Promise<Record<string, number>> {
  const chosen = someOf(house, count);
  const refs = chosen.map((n) => refOf(house, n, Math.floor(Math.random() * batchesPerSku)));
  await house.client.query(
    "update selvedge.batch set qty = qty + 1 where tenant = 'default' and ref = any ($1)",
    [refs],
  );
  let keys: number | undefined;
  const refreshMs = await timed(async () => {
    const { readModels } = await house.refresh.run();
    keys = readModels.find(({ name }) => name === "sellable_availability")?.keys;
  });
  if (keys !== chosen.length) throw new Error(`${keys} keys were taken in of ${chosen.length}.`);
  // Other keys: the pages of these have just been read.
  const read = async (from: string) => {
    const values = [someOf(house, count).map(skuOf)];
    return timed(() => house.client.query({ name: from, text: bySku(from), values }));
  };
  const liveMs = await read("selvedge.def_sellable_availability");
  const keptMs = await read("selvedge_read.sellable_availability");
  return { [`refresh ${count}`]: refreshMs, [`live ${count}`]: liveMs, [`kept ${count}`]: keptMs };
}

function bySku(from: string): string {
  return `select found.* from unnest($1::text[]) as asked (sku) cross join lateral (
      select * from ${from} as f where f.tenant = 'default' and f.warehouse = 'main'
        and f.sku = asked.sku and f.grade = 'N' offset 0) as found`;
}

/** The first page in the key's order, and the page of what there is most of. */
async function readPages({ client }: House): Promise<Record<string, number>> {
  const page = (from: string, order: string) =>
    timed(() =>
      client.query(`select * from ${from} where tenant = 'default' order by ${order} limit 101`),
    );
  const [live, kept] = [
    "selvedge.def_sellable_availability",
    "selvedge_read.sellable_availability",
  ];
  return {
    "live page": await page(live, "warehouse, sku, grade"),
    "kept page": await page(kept, "warehouse, sku, grade"),
    "live top page": await page(live, "available desc, sku"),
    "kept top page": await page(kept, "available desc, sku"),
  };
}

/** Reads all pages into memory, as far as they fit, as they are in a house that is at work. */
async function warm(client: pg.Client): Promise<void> {
  await client.query(
    `create extension if not exists pg_prewarm;
     select pg_prewarm(c.oid) from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
     where n.nspname in ('selvedge', 'selvedge_read') and c.relkind in ('r', 'i')`,
  );
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function report(): void {
  const names = [
    ...staleCounts.map((count) => `refresh ${count}`),
    "concurrently",
    ...staleCounts.flatMap((count) => [`live ${count}`, `kept ${count}`]),
    ...["live page", "kept page", "live top page", "kept top page"],
  ];
  console.log(`\nms, median of ${rounds} rounds (middle half); of pages and "concurrently" fewer`);
  console.log(["".padEnd(14), ...houses.map(({ rows }) => String(rows).padStart(24))].join(""));
  for (const name of names) {
    console.log([name.padEnd(14), ...houses.map(({ rows }) => cell(of(name, rows)))].join(""));
  }
  const [least, most] = [houses[0]?.rows ?? 0, houses.at(-1)?.rows ?? 0];
  console.log(`\nfrom ${least} to ${most} batches`);
  for (const count of staleCounts) {
    const name = `refresh ${count}`;
    const aim = count === 100 ? "  (aim at most 1.5)" : "";
    console.log(`${name.padEnd(14)} x ${ratio(of(name, most), of(name, least))}${aim}`);
  }
  for (const { rows } of houses) {
    for (const count of staleCounts) {
      const aim = Math.round(rows / 1_000) === 1_000 && count <= 100 ? "  (aim at least 100)" : "";
      const times = ratio(of("concurrently", rows), of(`refresh ${count}`, rows));
      console.log(`concurrently : by key, ${count} keys, ${rows} batches  ${times}${aim}`);
    }
  }
}

function cell(values: readonly number[]): string {
  return spread(values, 1).padStart(26);
}

function ratio(a: readonly number[], b: readonly number[]): string {
  return (median(a) / median(b)).toFixed(2);
}
