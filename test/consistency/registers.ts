import { randomUUID } from "node:crypto";
import type { Selvedge as Client, QueryOptions } from "@selvedge/sdk";
import { firstNumber } from "./recorder.ts";

/** One SKU with one batch, all of it promised to the one line of one order. */
export interface Key {
  readonly sku: string;
  readonly ref: string;
  readonly orderId: string;
}

/** Makes so many keys that nobody else has. */
export function makeKeys(count: number): Key[] {
  return Array.from({ length: count }, (_, i) => {
    return { sku: `K${i + 1}`, ref: `K${i + 1}/1`, orderId: randomUUID() };
  });
}

/** What a write changes of its keys: everything, the batch's pieces, or the order line's. */
export type WriteKind = "promise" | "recount" | "reorder";

const registersOf: Readonly<Record<WriteKind, readonly string[]>> = {
  promise: ["onHand", "reserved", "allocatedQty", "lineQty", "units"],
  recount: ["onHand"],
  reorder: ["lineQty", "units"],
};

/** The registers that a write of some kind to these keys sets. */
export function registersSet(kind: WriteKind, keys: readonly Key[]): string[] {
  return keys.flatMap(({ sku }) => registersOf[kind].map((name) => `${name} ${sku}`));
}

// In this order, each over the batches' references and the number.
const changes = {
  pieces: (refs: string, n: number) => `update batch set qty = ${n} where ${batchIn(refs)}`,
  promised: (refs: string, n: number) =>
    `update batch set qty = ${n}, allocated = ${n} where ${batchIn(refs)};
     update allocation set qty = ${n} where tenant = 'default' and batch in (${refs})`,
  wanted: (refs: string, n: number) =>
    `update order_line set qty = ${n} where tenant = 'default' and order_id in (
       select order_id from allocation where tenant = 'default' and batch in (${refs}))`,
};

const batchIn = (refs: string) => `tenant = 'default' and ref in (${refs})`;
const textsOf = (keys: readonly Key[]) => keys.map(({ ref }) => `'${ref}'`).join(", ");

/** Begins a write and locks its keys, in one order for all, so that no two wait for each other. */
export function beginSql(keys: readonly Key[]): string {
  return `begin; select from batch where ${batchIn(textsOf(keys))} order by ref for update`;
}

/** Sets what a write of this kind sets, and answers the transaction's id last. */
export function writeSql(kind: WriteKind, keys: readonly Key[], n: number): string {
  const refs = textsOf(keys);
  const statements = {
    promise: [changes.promised(refs, n), changes.wanted(refs, n)],
    recount: [changes.pieces(refs, n)],
    reorder: [changes.wanted(refs, n)],
  }[kind];
  return [...statements, "select pg_current_xact_id() as xid"].join("; ");
}

/** Brings the keys into being, over skus ($1), batch references ($2) and order ids ($3). */
export const keysSql = `with key as (
    select * from unnest($1::text[], $2::text[], $3::uuid[]) as key (sku, ref, order_id)
  ), stock as (
    insert into batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
    select 'default', ref, 'main', sku, 'N', ${firstNumber}, ${firstNumber}, now() from key
  ), ordered as (
    insert into sales_order
      (tenant, id, channel, external_ref, warehouse, priority, ordered_at, status, version)
    select 'default', order_id, 'shop', sku, 'main', 0, now(), 'open', 1 from key
  ), lines as (
    insert into order_line (tenant, order_id, line, sku, grade, qty)
    select 'default', order_id, 1, sku, 'N', ${firstNumber} from key
  )
  insert into allocation
    (tenant, order_id, line, warehouse, sku, grade, batch, qty, priority)
  select 'default', order_id, 1, 'main', sku, 'N', ref, ${firstNumber}, 0 from key`;

/** What a query shows of some keys. */
export type Shown = Record<string, number>;

/** Every read model of the group in one statement, over skus ($1) and order ids ($2). */
export const instantSql = `select 'onHand ' || sku as register, on_hand::int as n
    from selvedge_read.sellable_availability where tenant = 'default' and sku = any ($1)
  union all select 'reserved ' || sku, reserved::int
    from selvedge_read.sellable_availability where tenant = 'default' and sku = any ($1)
  union all select 'allocatedQty ' || sku, allocated_qty
    from selvedge_read.allocations where tenant = 'default' and order_id = any ($2)
  union all select 'lineQty ' || sku, qty
    from selvedge_read.allocations where tenant = 'default' and order_id = any ($2)
  union all select 'units ' || external_ref, units::int
    from selvedge_read.order_board where tenant = 'default' and order_id = any ($2)`;

/** Every register of these keys, at 0: what an answer without any row shows. */
export function nothingOf(keys: readonly Key[], names = registersOf.promise): Shown {
  const registers = keys.flatMap(({ sku }) => names.map((name) => `${name} ${sku}`));
  return Object.fromEntries(registers.map((register) => [register, 0]));
}

/** Asks one read model for these keys through the SDK. */
export type Ask = (client: Client, keys: readonly Key[], options: QueryOptions) => Promise<Answer>;

interface Answer {
  readonly shown: Shown;
  readonly freshness: Awaited<ReturnType<Client["stock"]["allocations"]>>["freshness"];
}

/** Stock, lines and orders: each read model of the group as partners ask for it. */
export const asks: readonly [Ask, Ask, Ask] = [
  async (client, keys, options) => {
    const sku = keys.map((key) => key.sku);
    const { data, freshness } = await client.stock.sellableAvailability({ sku }, options);
    const shown = nothingOf(keys, ["onHand", "reserved"]);
    for (const { sku, onHand, reserved } of data.rows) {
      Object.assign(shown, { [`onHand ${sku}`]: onHand, [`reserved ${sku}`]: reserved });
    }
    return { shown, freshness };
  },
  async (client, keys, options) => {
    const orderId = keys.map((key) => key.orderId);
    const { data, freshness } = await client.stock.allocations({ orderId }, options);
    const shown = nothingOf(keys, ["allocatedQty", "lineQty"]);
    for (const { sku, allocatedQty, qty } of data.rows) {
      Object.assign(shown, { [`allocatedQty ${sku}`]: allocatedQty, [`lineQty ${sku}`]: qty });
    }
    return { shown, freshness };
  },
  async (client, keys, options) => {
    const orderId = keys.map((key) => key.orderId);
    const { data, freshness } = await client.orders.orderBoard({ orderId }, options);
    const shown = nothingOf(keys, ["units"]);
    for (const { externalRef, units } of data.rows) shown[`units ${externalRef}`] = units;
    return { shown, freshness };
  },
];
