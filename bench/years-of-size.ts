import type pg from "pg";
import { loadGenerations, partsOf } from "../server/src/kernel/generation.ts";
import { defaultSchemas } from "../server/src/kernel/schemas.ts";

/** How much has happened in a house. */
export interface Years {
  readonly commands: number;
  /** Read models with a history; beside those that there are they are names alone. */
  readonly readModels: number;
}

const atOnce = 100;

/** A best seller: one command in ten was about it, and it came in more batches than any other. */
export const bestSeller = { warehouse: "main", sku: "BEST", grade: "N" } as const;

/**
 * Fills a database with commands of one event each, with stock, and with the history of read
 * models.
 */
export async function fillYears(client: pg.Client, { commands, readModels }: Years): Promise<void> {
  await client.query(
    `do $$ begin for n in 0..${Math.ceil(commands / atOnce) - 1} loop
       insert into selvedge.command_log
         (tenant, partner, command_id, procedure, input_hash, answer, actor)
       select 'default', 'partner-' || i % 20, 'command-' || n * ${atOnce} + i,
         case when n = 3 and i = 7 then 'bins.rare' else 'spec.act-' || i % 40 end, '', '{}',
         'actor-' || (n + i) % 200
       from generate_series(0, ${atOnce - 1}) as i;
       insert into selvedge.journal
         (tenant, kind, id, version, type, data, partner, command_id, actor)
       select 'default', 'Garment', 'LPN-' || (n * ${atOnce} + i) / 5, i % 5, 'Usual', '{}',
         'partner-' || i % 20, 'command-' || n * ${atOnce} + i, 'actor-' || (n + i) % 200
       from generate_series(0, ${atOnce - 1}) as i;
       commit;
     end loop; end $$`,
  );
  await fillStock(client, commands / 10);
  await client.query(
    `create temp table history as
     select name from (select name, 0 as n from selvedge.generation
       union all select 'read_model_' || i, i from generate_series(1, 500) as i) as named
     order by n, name limit ${readModels}`,
  );
  await client.query(
    `insert into selvedge.lag_sample (read_model, at, lag_ms, pending)
     select name, now() - i * interval '5 s', i % 900, i % 7
     from history, generate_series(0, 1439) as i`,
  );
  for (const [seconds, days] of [
    [60, 1],
    [900, 32],
  ] as const) {
    await client.query(
      `insert into selvedge.lag_rollup (read_model, resolution_s, at, samples, lag_max_ms,
         lag_p50_ms, lag_p95_ms, pending_max, refreshes, keys)
       select name, ${seconds}, date_bin('${seconds} s', now(), '2000-01-01Z')
         - i * interval '${seconds} s', 12, i % 900, i % 300, i % 800, i % 7, 10, 100
       from history, generate_series(1, ${(days * 86_400) / seconds}) as i`,
    );
  }
  await client.query(
    `insert into selvedge.refresh_log
       (refresh_group, started_at, outcome, refreshes, took_max_ms, keys)
     select g.name, now() - i * interval '5 s', 'refreshed', 3, i % 40, '{"order_board": 3}'
     from selvedge.refresh_group as g, generate_series(0, 17279) as i`,
  );
  await client.query("vacuum analyze");
}

/** So many batches, each of a SKU of its own but for one, and what a refresh would show. */
async function fillStock(client: pg.Client, batches: number): Promise<void> {
  const { sku, grade } = bestSeller;
  await client.query(
    `do $$ begin for n in 0..${Math.ceil(batches / atOnce) - 1} loop
       insert into selvedge.journal
         (tenant, kind, id, version, type, data, partner, command_id, actor)
       select 'default', 'SkuStock', 'main/${sku}/${grade}', n * ${atOnce} + i, 'Usual', '{}',
         'partner-0', 'command-' || n * ${atOnce} + i * 20, 'actor-7'
       from generate_series(0, ${atOnce - 1}) as i;
       commit;
     end loop; end $$`,
  );
  await client.query(
    `insert into selvedge.batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
     select 'default', 'B-' || i, 'main', case when i % 20 = 0 then '${sku}' else 'SKU-' || i end,
       '${grade}', 10, i % 10, now() from generate_series(1, ${batches}) as i`,
  );
  for (const generation of await currentGenerations(client)) {
    const { stale, rows, definition, columns } = partsOf(generation, defaultSchemas);
    await client.query(`truncate ${stale}`);
    if (generation.name !== "sellable_availability") continue;
    await client.query(`insert into ${rows} (${columns}) select ${columns} from ${definition}`);
  }
}

/** Notes so many keys of a read model as changed, as one bulk change does. */
export async function noteChanges(client: pg.Client, keys: number): Promise<void> {
  const all = await currentGenerations(client);
  const generation = all.find(({ name }) => name === "sellable_availability");
  if (!generation) throw new Error("There is no such read model.");
  await client.query(
    `insert into ${partsOf(generation, defaultSchemas).stale} (tenant, warehouse, sku, grade)
     select 'default', 'main', 'SKU-' || i, 'N' from generate_series(1, ${keys}) as i`,
  );
}

function currentGenerations(client: pg.Client) {
  return loadGenerations(client, defaultSchemas, "state = 'current'");
}
