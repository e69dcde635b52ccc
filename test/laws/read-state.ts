import type { TestDatabase } from "../harness/database.ts";
import { tables } from "../harness/tables.ts";
import type { HouseState } from "./house-state.ts";

/** What the tables say of a house. */
export interface Books {
  readonly state: HouseState;
  /** Kind and identity of each aggregate, and its version. */
  readonly versions: ReadonlyMap<string, number>;
  /** Changes with anything that is ever written for the house, and with nothing else. */
  readonly digest: string;
}

type Named<Value> = readonly (Value & { readonly id: string })[];
type Read = { readonly [Kind in keyof HouseState]: Named<never> } & {
  readonly settings: HouseState["settings"] | null;
  readonly versions: Named<{ readonly version: number }>;
  readonly digest: string;
};

/** Reads the tables of a house at one instant. */
export async function readBooks({ query }: TestDatabase, tenant: string): Promise<Books> {
  const [read] = await query<Read & Record<string, unknown>>(booksSql, [tenant]);
  if (!read) throw new Error("The books cannot be read.");
  const { settings, versions, digest, ...kinds } = read;
  const maps = Object.entries(kinds as unknown as Record<string, Named<object>>).map(
    ([kind, rows]) => [kind, new Map((rows ?? []).map(({ id, ...row }) => [id, row]))] as const,
  );
  const decided = {
    grades: settings?.grades ?? defaults.grades,
    windowDays: settings?.windowDays ?? defaults.windowDays,
  };
  const state = { ...Object.fromEntries(maps), settings: decided };
  return {
    state: state as unknown as HouseState,
    versions: new Map((versions ?? []).map(({ id, version }) => [id, version])),
    digest,
  };
}

const defaults = { grades: ["N", "A", "B", "C", "D"], windowDays: 30 };

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::bigint`;

/** The rows of a table as JSON objects, each with its id, in an order. */
const rows = (as: string, facts: string, from: string, order: string) =>
  `(select json_agg(one order by place) from (
      select json_build_object(${facts}) as one, row_number() over (order by ${order}) as place
      from selvedge.${from} where t.tenant = $1) as told) as "${as}"`;

const parts = (facts: string, from: string, order: string) =>
  `(select json_agg(json_build_object(${facts}) order by ${order})
    from selvedge.${from} where p.tenant = t.tenant and`;

const versionsSql = [
  ["variant", "'Variant ' || sku"],
  ["bin", "'Bin ' || code"],
  ["garment", "'Garment ' || lpn"],
  ["sku_stock", "'SkuStock ' || sku || '/' || grade"],
  ["sales_order", "'Order ' || id"],
  ["pick_wave", "'PickWave ' || id"],
  ["shipment", "'Shipment ' || id"],
  ["inbound", "'Inbound ' || id"],
  ["tenant_settings", "'TenantSettings'"],
].map(([table, id]) => `select ${id} as id, version from selvedge.${table} where tenant = $1`);

const digestSql = tables.map(
  (table) => `(select coalesce(sum(hashtextextended(t::text, 0)), 0) from selvedge.${table} as t
    where tenant = $1)::text`,
);

const booksSql = `select ${[
  rows(
    "variants",
    `'id', sku, 'style', style, 'brand', brand, 'colour', colour, 'size', size,
     'sizeSystem', size_system, 'category', category, 'material', material`,
    "variant as t",
    "sku",
  ),
  rows(
    "bins",
    `'id', code, 'kind', kind, 'capacity', capacity, 'facts', concat(zone, ' ', pick_sequence),
     'occupied', occupied, 'count', count_state, 'countedBy', counting_by`,
    "bin as t",
    "code",
  ),
  rows(
    "pieces",
    `'id', lpn, 'sku', sku, 'consigned', owner = 'consignor', 'status', status, 'grade', grade,
     'before', grade_before, 'disposition', disposition, 'bin', bin,
     'wear', exists (select from jsonb_array_elements(defects) as d
       where d ->> 'kind' <> 'production'),
     'order', order_id, 'line', order_line, 'untilMs', ${ms("reserved_until")},
     'inbound', inbound_id, 'inboundLine', inbound_line, 'storedMs', ${ms("stored_at")}`,
    "garment as t",
    "lpn",
  ),
  rows(
    "batches",
    `'id', ref, 'sku', sku, 'grade', grade, 'etaMs', ${ms("eta")}, 'inbound', inbound_id,
     'qty', qty, 'allocated', allocated, 'picked', picked, 'here', received_at is not null,
     'bin', bin`,
    "batch as t",
    "sequence",
  ),
  rows(
    "allocations",
    `'id', order_id || '/' || line, 'order', order_id, 'line', line, 'batch', batch, 'qty', qty,
     'state', state, 'packed', packed, 'shipped', shipped`,
    "allocation as t",
    "sequence",
  ),
  rows(
    "orders",
    `'id', id, 'ref', external_ref, 'priority', priority, 'shipByMs', ${ms("ship_by")},
     'status', status, 'held', held_at is not null, 'lines', (
       select json_agg(case when p.line is not null
         then json_build_object('sku', sku, 'grade', grade, 'qty', qty) end order by n)
       from generate_series(1, (select max(line) from selvedge.order_line as p
         where p.tenant = t.tenant and p.order_id = t.id)) as n
       left join selvedge.order_line as p
         on p.tenant = t.tenant and p.order_id = t.id and p.line = n)`,
    "sales_order as t",
    "ordered_at, id",
  ),
  rows(
    "waves",
    `'id', id, 'status', status, 'tasks', ${parts(
      `'order', order_id, 'line', line, 'lpn', lpn, 'batch', batch, 'qty', qty, 'state', state,
       'picker', picker`,
      "pick_task as p",
      "task",
    )} p.wave_id = t.id)`,
    "pick_wave as t",
    "planned_at, id",
  ),
  rows(
    "parcels",
    `'id', id, 'order', order_id, 'status', status, 'tracking', carrier || ' ' || tracking,
     'items', ${parts(
       "'line', line, 'lpn', lpn, 'batch', batch, 'qty', qty",
       "parcel_item as p",
       "line, lpn",
     )} p.shipment_id = t.id)`,
    "shipment as t",
    "packed_at, id",
  ),
  rows(
    "inbounds",
    `'id', id, 'ref', ref, 'order', order_id, 'status', status, 'lines', ${parts(
      `'sku', sku, 'expected', expected, 'orderLine', order_line, 'received', received,
       'discrepancy', discrepancy`,
      "inbound_line as p",
      "line",
    )} p.inbound_id = t.id)`,
    "inbound as t",
    "announced_at, id",
  ),
  `(select json_build_object('windowDays', settings -> 'returnWindowDays', 'grades',
      (select json_agg(g ->> 'code') from jsonb_array_elements(settings -> 'grades') as g))
    from selvedge.tenant_settings where tenant = $1) as settings`,
  `(select json_agg(v) from (${versionsSql.join(" union all ")}) as v) as versions`,
  `concat_ws(' ', ${digestSql.join(", ")}) as digest`,
].join(",\n")}`;
