import type pg from "pg";
import { advanceBuilds } from "../server/src/kernel/build.ts";
import { loadGenerations } from "../server/src/kernel/generation.ts";
import { migrate } from "../server/src/kernel/migrate.ts";
import { GroupRefresh } from "../server/src/kernel/refresh.ts";
import { defaultSchemas } from "../server/src/kernel/schemas.ts";
import { readModels } from "../server/src/router.gen.ts";
import { withClient } from "./bench-postgres.ts";

/** A house with so many batches, and how to name what is in it. */
export interface StockOfSize {
  readonly url: string;
  /** Batches, the rows that the read model is an aggregate of. */
  readonly rows: number;
  /** SKUs, the rows of the read model. */
  readonly keys: number;
}

/** Batches of each SKU, so that a key's row is an aggregate of scattered rows. */
export const batchesPerSku = 12;

/** The SKU of this number. */
export const skuOf = (n: number) => `SKU-${String(n).padStart(7, "0")}`;

/** The reference of one of the batches of the SKU of this number. */
export const refOf = ({ keys }: StockOfSize, n: number, batch: number) => `B-${n + keys * batch}`;

/** Some SKUs' numbers, all different, anywhere in the house. */
export function someOf({ keys }: StockOfSize, count: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, keys)) chosen.add(Math.floor(Math.random() * keys));
  return [...chosen];
}

/**
 * Fills an empty database with so many batches, the batches of one SKU far apart as they come in
 * over time, and builds the read models over them (or none). Leaves alone what is filled already.
 */
export async function fillStock(
  url: string,
  rows: number,
  models: "all read models" | "no read models" = "all read models",
): Promise<StockOfSize> {
  const keys = Math.floor(rows / batchesPerSku);
  const subject = { databaseUrl: url, schemas: defaultSchemas };
  await migrate({ ...subject, readModels: [] });
  await withClient(url, async (client) => {
    await client.query("set search_path = selvedge");
    const { rowCount } = await client.query("select from batch limit 1");
    if (rowCount === 0) await insertStock(client, keys);
  });
  if (models === "all read models") await buildReadModels(url);
  await withClient(url, async (client) => {
    await client.query("vacuum analyze");
    await client.query("checkpoint");
  });
  return { url, rows: keys * batchesPerSku, keys };
}

async function insertStock(client: pg.Client, keys: number): Promise<void> {
  // Rows first and indexes after them: many times faster.
  const { rows: indexes } = await client.query<{ definition: string }>(
    "select pg_get_indexdef('batch_stock'::regclass) as definition",
  );
  await client.query(
    `drop index batch_stock;
     alter table batch drop constraint batch_pkey;
     insert into batch (tenant, ref, warehouse, sku, grade, qty, allocated, eta, received_at)
     select 'default', 'B-' || i, 'main', 'SKU-' || lpad((i % ${keys})::text, 7, '0'), 'N',
       1000 + i % 100, i % 50,
       case when i % 4 = 0 then now() + (i % 90) * interval '1 day' end,
       case when i % 4 <> 0 then now() - (i % 900) * interval '1 hour' end
     from generate_series(0, ${keys * batchesPerSku - 1}) as i;
     alter table batch add primary key (tenant, ref);
     ${indexes[0]?.definition};
     insert into variant (tenant, sku, style, version)
     select 'default', 'SKU-' || lpad(i::text, 7, '0'), 'BENCH', 1
     from generate_series(0, ${keys - 1}) as i;
     insert into sku_stock (tenant, warehouse, sku, grade, version)
     select tenant, 'main', sku, 'N', 1 from variant`,
  );
}

/** Installs all read models over what is there, and builds them. */
export async function buildReadModels(url: string): Promise<void> {
  await migrate({ databaseUrl: url, schemas: defaultSchemas, readModels });
  await withClient(url, build);
}

/** Fills what is to be filled, and refreshes until all read models are in their places. */
async function build(client: pg.Client): Promise<void> {
  const coming = async () => {
    const generations = await loadGenerations(client, defaultSchemas, "state <> 'current'");
    return [...new Set(generations.map(({ group }) => group))];
  };
  for (let groups = await coming(); groups.length > 0; groups = await coming()) {
    await advanceBuilds(client, defaultSchemas);
    for (const group of groups) await new GroupRefresh(client, defaultSchemas, group).run();
  }
}
