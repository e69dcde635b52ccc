import type pg from "pg";

/** What has happened in a house, and what waits in it, apart from its floors. */
export interface Past {
  /** Orders that were delivered long since. */
  readonly delivered: number;
  /** Orders that have their stock and are in no wave. */
  readonly open: number;
}

/**
 * Fills in orders of one line: every other one of a batch, the others of single pieces. The first
 * `open` of them wait to be picked, the others were delivered, in waves of twenty.
 */
export async function fillPast(client: pg.Client, { delivered, open }: Past): Promise<void> {
  for (const fill of [stock, ordered, pieces, gone, history]) {
    await client.query(fill({ delivered, open }));
  }
}

const skus = 2_000;
const bins = 200;
/** A UUID of version 4 in its looks: callers are given no other. */
const idOf = (what: string, n: string) =>
  `overlay(overlay(md5('${what}' || ${n}) placing '4' from 13) placing '8' from 17)::uuid`;
const all = ({ delivered, open }: Past) => `generate_series(1, ${delivered + open}) as i`;
const past = ({ delivered, open }: Past) =>
  `generate_series(${open + 1}, ${delivered + open}) as i`;
const inbounds = ({ delivered, open }: Past) =>
  `generate_series(0, ${Math.ceil((delivered + open) / 25)}) as i`;
const isOpen = ({ open }: Past) => `i <= ${open}`;
const sku = `'H' || i % ${skus}`;
const grade = "case when i % 2 = 0 then 'N' else 'A' end";
const ago = "(now() - i % 400 * interval '7 hours')";
const bin = `'H-' || i % ${bins}`;
const lpn = "case when i % 2 = 1 then 'H-' || i end";
const batch = `case when i % 2 = 0 then ${sku} || '/1' end`;

const stock = ({ open }: Past) => `
  insert into variant (tenant, sku, style, brand, category, version)
  select 'default', 'H' || i, 'PAST', 'brand ' || i % 40, 'category ' || i % 12, 1
  from generate_series(0, ${skus - 1}) as i;
  insert into sku_stock (tenant, warehouse, sku, grade, version)
  select 'default', 'main', 'H' || i, 'N', 1 from generate_series(0, ${skus - 1}) as i;
  insert into batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at, bin)
  select 'default', 'H' || s || '/1', 'main', 'H' || s, 'N', 1000, coalesce(promised, 0),
    now() - s * interval '1 hour', 'H-' || s % ${bins}
  from generate_series(0, ${skus - 2}, 2) as s
  left join (
    select i % ${skus} as s, count(*) as promised from generate_series(1, ${open}) as i group by 1
  ) as promises using (s)`;

const ordered = (of: Past) => `
  insert into sales_order (tenant, id, channel, external_ref, warehouse, priority, ship_by,
    ordered_at, status, version)
  select 'default', ${idOf("order", "i")}, 'channel ' || i % 4, 'H-' || i, 'main',
    case when i % 50 = 0 then 1 else 0 end, now() + (i % 97 - 24) * interval '1 hour',
    ${ago}, 'open', 1
  from ${all(of)};
  insert into order_line (tenant, order_id, line, sku, grade, qty)
  select 'default', ${idOf("order", "i")}, 1, ${sku}, ${grade}, 1 from ${all(of)};
  insert into allocation (tenant, order_id, line, warehouse, sku, grade, batch, qty, priority,
    allocated_at, state, packed, shipped)
  select 'default', ${idOf("order", "i")}, 1, 'main', ${sku}, 'N', ${sku} || '/1', 1, 0, ${ago},
    case when ${isOpen(of)} then 'allocated' else 'shipped' end,
    (not ${isOpen(of)})::int, (not ${isOpen(of)})::int
  from ${all(of)} where i % 2 = 0`;

const pieces = (of: Past) => `
  insert into inbound (tenant, id, source, ref, kind, warehouse, status, announced_at,
    first_received_at, closed_at, version)
  select 'default', ${idOf("inbound", "i")}, 'past', 'IN-' || i, 'seller', 'main', 'closed',
    ${ago}, ${ago}, ${ago}, 1
  from ${inbounds(of)};
  insert into inbound_line (tenant, inbound_id, line, sku, expected, received)
  select 'default', ${idOf("inbound", "i")}, 1, ${sku}, 25, 25 from ${inbounds(of)};
  insert into garment (tenant, lpn, warehouse, sku, owner, grade, disposition, status, bin,
    order_id, order_line, inbound_id, inbound_line, received_at, graded_at, stored_at, moved_at,
    version)
  select 'default', 'H-' || i, 'main', ${sku}, 'own', 'A', 'sell',
    case when ${isOpen(of)} then 'reserved' else 'shipped' end,
    case when ${isOpen(of)} then ${bin} end, ${idOf("order", "i")}, 1,
    ${idOf("inbound", "(i / 25)")}, 1, ${ago}, ${ago}, ${ago}, ${ago}, 3
  from ${all(of)} where i % 2 = 1;
  insert into bin (tenant, warehouse, code, zone, pick_sequence, kind, capacity, occupied, version)
  select 'default', 'main', 'H-' || b, 'H', b, 'pick', 1000000, coalesce(lying.pieces, 0), 1
  from generate_series(0, ${bins - 1}) as b
  left join (
    select bin, sum(pieces) as pieces from (
      select bin, count(*) as pieces from garment where bin is not null group by bin
      union all select bin, sum(qty) from batch where bin is not null group by bin
    ) as each group by bin
  ) as lying on lying.bin = 'H-' || b`;

const gone = (of: Past) => `
  insert into pick_wave (tenant, id, warehouse, status, planned_at, released_at, done_at,
    open_tasks, version)
  select distinct 'default', ${idOf("wave", "(i / 20)")}, 'main', 'done', now(), now(), now(), 0, 1
  from ${past(of)};
  insert into pick_task (tenant, wave_id, task, order_id, line, warehouse, sku, grade, lpn, batch,
    qty, bin, state, picker, ended_at)
  select 'default', ${idOf("wave", "(i / 20)")}, i % 20 + 1, ${idOf("order", "i")}, 1, 'main',
    ${sku}, ${grade}, ${lpn}, ${batch}, 1, ${bin}, 'picked', 'past', ${ago}
  from ${past(of)};
  insert into shipment (tenant, id, order_id, warehouse, carrier, tracking, status, packed_at,
    labelled_at, handed_over_at, ended_at, version)
  select 'default', ${idOf("parcel", "i")}, ${idOf("order", "i")}, 'main', 'DHL', 'H-' || i,
    'delivered', ${ago}, ${ago}, ${ago}, ${ago}, 4
  from ${past(of)};
  insert into parcel_item (tenant, shipment_id, item, order_id, line, sku, grade, lpn, batch, qty)
  select 'default', ${idOf("parcel", "i")}, 1, ${idOf("order", "i")}, 1, ${sku}, ${grade},
    ${lpn}, ${batch}, 1
  from ${past(of)}`;

const history = (of: Past) => `
  insert into journal (tenant, kind, id, version, type, data, partner, command_id, actor, at)
  select 'default', kind, case kind when 'Garment' then 'H-' || i
      when 'Order' then ${idOf("order", "i")}::text else ${idOf("parcel", "i")}::text end,
    version, type, jsonb_build_object('sku', ${sku}, 'grade', 'A', 'qty', 1),
    'past', i || type, 'grader ' || i % 9, ${ago}
  from ${all(of)} cross join (values
      ('Order', 1, 'OrderPlaced'), ('Garment', 1, 'GarmentReceived'),
      ('Garment', 2, 'GarmentGraded'), ('Garment', 3, 'GarmentStored'),
      ('Shipment', 1, 'ParcelHandedOver')
    ) as happened (kind, version, type)
  where (kind <> 'Garment' or i % 2 = 1) and (kind <> 'Shipment' or not ${isOpen(of)})`;
