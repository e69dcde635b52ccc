import type { TestDatabase } from "../harness/database.ts";

/*
 * What holds in a house at any moment, whoever did what in which order: each law is a query for
 * what breaks it. They look at the tables and at the journal, and know nothing of the commands.
 */

const of = (table: string, as = table[0] ?? "t") => `selvedge.${table} as ${as}`;

/** Pieces of single garments: where each is, and that none is twice or nowhere. */
const pieces: Readonly<Record<string, string>> = {
  "what came in under a plate is in the house, has left it, or is missing": `
    select sku, came, here, away, lost, found_wanting from (
      select g.sku, count(*) as came,
        count(*) filter (where status in ('received', 'graded', 'rework', 'stored', 'reserved',
          'picked', 'packed', 'quarantined')) as here,
        count(*) filter (where status = 'shipped') as away,
        count(*) filter (where status in ('writtenOff', 'donated', 'recycled', 'returnedToOwner'))
          as lost,
        count(*) filter (where status = 'missing') as found_wanting
      from ${of("garment")} where tenant = $1 group by g.sku
    ) as counted where came <> here + away + lost + found_wanting`,
  "a plate comes in once, and again each time after it was shipped": `
    select g.lpn, g.status, told.* from ${of("garment")} cross join lateral (
      select count(*) filter (where type = 'GarmentReceived') as received,
        count(*) filter (where type = 'GarmentReturned') as returned,
        count(*) filter (where type = 'GarmentShipped') as shipped,
        count(*) filter (where type = 'GarmentWrittenOff' and data ? 'shipmentId') as lost
      from ${of("journal")} where j.tenant = $1 and kind = 'Garment' and id = g.lpn
    ) as told where g.tenant = $1 and (received <> 1
      or shipped - returned - lost <> (g.status = 'shipped')::int)`,
  "an order line has a piece from its promise until it is gone": `
    select lpn, status, order_id from ${of("garment")} where tenant = $1
      and (order_id is not null) <> (status in ('reserved', 'picked', 'packed', 'shipped'))
      and not (status = 'writtenOff' and bin is null)`,
  "what is sold lies in a bin that it is sold from, and has since some time": `
    select lpn, g.status, g.bin, b.kind, g.stored_at from ${of("garment")}
    left join ${of("bin")} on b.tenant = g.tenant and b.warehouse = g.warehouse and b.code = g.bin
    where g.tenant = $1 and g.status in ('stored', 'reserved')
      and (b.kind is null or b.kind not in ('pick', 'reserve') or stored_at is null
        or grade is null or disposition is distinct from 'sell')`,
  "what has left the house or is with a picker lies in no bin": `
    select lpn, status, bin from ${of("garment")} where tenant = $1 and bin is not null
      and status not in ('received', 'graded', 'stored', 'reserved', 'quarantined')`,
};

/** Batches: what came, what is promised, what has left. */
const batches: Readonly<Record<string, string>> = {
  "what was added to batches and found by counts is there or was shipped": `
    select * from (
      select warehouse || '/' || sku || '/' || grade as id, sum(qty) as there
      from ${of("batch")} where tenant = $1 group by 1
    ) as kept full join (
      select id, sum(case type when 'BatchAdded' then (data ->> 'qty')::int
        when 'BatchQuantityChanged' then (data ->> 'after')::int - (data ->> 'before')::int
        when 'StockAdjusted' then (data ->> 'by')::int
        when 'BatchShipped' then -(data ->> 'qty')::int end) as told
      from ${of("journal")} where tenant = $1 and kind = 'SkuStock' group by id
    ) as journal using (id) where there is distinct from told`,
  "no batch promises more than it has, nor has picked more than it promised": `
    select ref, qty, allocated, picked from ${of("batch")} where tenant = $1
      and not (0 <= picked and picked <= allocated and allocated <= qty)`,
  "a batch has promised what lines have of it, and picked what was picked for them": `
    select ref, allocated, picked, has.* from ${of("batch")} cross join lateral (
      select coalesce(sum(a.qty - a.shipped), 0) as promised,
        coalesce(sum(a.qty - a.shipped) filter (where a.state <> 'allocated'), 0) as taken
      from ${of("allocation")} where a.tenant = $1 and a.batch = b.ref
    ) as has where b.tenant = $1 and (allocated <> promised or picked <> taken)`,
  "a line has as many packed and shipped as its parcels say": `
    select a.order_id, a.line, a.packed, a.shipped, has.* from ${of("allocation")}
    cross join lateral (
      select coalesce(sum(p.qty), 0) as in_parcels,
        coalesce(sum(p.qty) filter (where s.handed_over_at is not null), 0) as with_carriers
      from ${of("parcel_item", "p")} join ${of("shipment")} on s.tenant = p.tenant
        and s.id = p.shipment_id and s.status <> 'unpacked'
      where p.tenant = $1 and p.order_id = a.order_id and p.line = a.line and p.batch = a.batch
    ) as has where a.tenant = $1 and (a.packed <> in_parcels or a.shipped <> with_carriers)`,
  "what is picked is in the house": `
    select ref, picked from ${of("batch")} where tenant = $1 and received_at is null
      and picked > 0`,
};

/** Bins: what lies in them. */
const bins: Readonly<Record<string, string>> = {
  "a bin holds what lies in it, and no more than it has room for": `
    select code, occupied, capacity, lying.* from ${of("bin")} cross join lateral (
      select (select count(*) from ${of("garment")} where g.tenant = $1 and g.bin = b.code)
        + (select coalesce(sum(l.qty), 0) from ${of("batch", "l")}
           where l.tenant = $1 and l.bin = b.code) as pieces
    ) as lying where b.tenant = $1 and (occupied <> pieces or occupied > capacity)`,
  "whoever counts a bin is known, and nobody else": `
    select code, count_state, counting_by from ${of("bin")} where tenant = $1
      and (count_state = 'counting') <> (counting_by is not null)`,
};

/** Orders, waves and parcels: who has what. */
const orders: Readonly<Record<string, string>> = {
  "no line has more than it wants, nor pieces and a batch at once": `
    select l.order_id, l.line, l.qty, has.* from ${of("order_line", "l")} cross join lateral (
      select (select count(*) from ${of("garment")} where g.tenant = $1
          and g.order_id = l.order_id and g.order_line = l.line) as pieces,
        (select coalesce(sum(a.qty), 0) from ${of("allocation")} where a.tenant = $1
          and a.order_id = l.order_id and a.line = l.line) as of_a_batch
    ) as has where l.tenant = $1 and (pieces > l.qty or of_a_batch not in (0, l.qty)
      or pieces > 0 and of_a_batch > 0)`,
  "what is packed for a line is what it wanted, and no more": `
    select l.order_id, l.line, l.qty, has.* from ${of("order_line", "l")} cross join lateral (
      select coalesce(sum(p.qty), 0) as packed, count(*) filter (where p.sku <> l.sku) as others
      from ${of("parcel_item", "p")} join ${of("shipment")} on s.tenant = p.tenant
        and s.id = p.shipment_id and s.status <> 'unpacked'
      where p.tenant = $1 and p.order_id = l.order_id and p.line = l.line
    ) as has where l.tenant = $1 and (packed > l.qty or others > 0)`,
  "a cancelled order has nothing": `
    select o.id from ${of("sales_order", "o")} where tenant = $1 and status = 'cancelled' and (
      exists (select from ${of("allocation")} where a.tenant = $1 and a.order_id = o.id)
      or exists (select from ${of("garment")} where g.tenant = $1 and g.order_id = o.id)
      or exists (select from ${of("pick_task", "t")} where t.tenant = $1 and t.order_id = o.id
        and t.state = 'open')
      or exists (select from ${of("shipment")} where s.tenant = $1 and s.order_id = o.id
        and s.status <> 'unpacked'))`,
  "what is to be picked is there for the line that it is picked for": `
    select t.* from ${of("pick_task", "t")} where t.tenant = $1 and state = 'open'
      and not exists (select from ${of("garment")} where g.tenant = $1 and g.lpn = t.lpn
        and g.status = 'reserved' and g.order_id = t.order_id and g.order_line = t.line)
      and not exists (select from ${of("allocation")} where a.tenant = $1 and a.batch = t.batch
        and a.order_id = t.order_id and a.line = t.line and a.qty = t.qty
        and a.state = 'allocated')`,
  "what a line has of one place is in one open task at most": `
    select order_id, line, lpn from ${of("pick_task", "t")} where tenant = $1 and state = 'open'
    group by order_id, line, lpn having count(*) > 1`,
  "a wave is done when nothing of it is open": `
    select w.id, w.status, w.open_tasks, has.* from ${of("pick_wave", "w")} cross join lateral (
      select count(*) filter (where t.state = 'open') as open
      from ${of("pick_task", "t")} where t.tenant = $1 and t.wave_id = w.id
    ) as has where w.tenant = $1 and (w.status <> 'cancelled' and w.open_tasks <> open
      or (w.status in ('planned', 'released')) <> (open > 0))`,
  "a piece is in one parcel at most, and as far as that is": `
    select g.lpn, g.status, has.* from ${of("garment")} cross join lateral (
      select count(*) filter (where s.status in ('packed', 'labelled')) as packed,
        count(*) filter (where s.status in ('handedOver', 'delivered')
          and p.order_id = g.order_id and p.line = g.order_line) as shipped
      from ${of("parcel_item", "p")} join ${of("shipment")} on s.tenant = p.tenant
        and s.id = p.shipment_id
      where p.tenant = $1 and p.lpn = g.lpn
    ) as has where g.tenant = $1 and (packed <> (g.status = 'packed')::int
      or shipped < (g.status = 'shipped')::int)`,
};

/** Inbounds: what came in by them. */
const inbounds: Readonly<Record<string, string>> = {
  "a line has received what came in by it": `
    select l.inbound_id, l.line, l.received, told.* from ${of("inbound_line", "l")}
    cross join lateral (
      select coalesce(sum((data ->> 'qty')::int), 0) as pieces from ${of("journal")}
      where j.tenant = $1 and kind = 'Inbound' and id = l.inbound_id::text
        and type in ('PieceReceived', 'LotReceived', 'ReturnReceived')
        and (data ->> 'line')::int = l.line
    ) as told where l.tenant = $1 and received <> pieces`,
  "what came in by the dock is a piece or part of a batch": `
    select came.*, made.* from (
      select coalesce(sum(received), 0) as received from ${of("inbound_line", "l")}
      where tenant = $1
    ) as came, (
      select (select count(*) from ${of("journal")} where tenant = $1
          and type in ('GarmentReceived', 'GarmentReturned'))
        + (select coalesce(sum((j.data ->> 'qty')::int), 0) from ${of("journal")}
           join ${of("batch")} on b.tenant = j.tenant and b.ref = j.data ->> 'ref'
           where j.tenant = $1 and j.type = 'BatchAdded' and b.inbound_id is not null) as pieces
    ) as made where received <> pieces`,
  "no more pieces of an order line come back than were sent": `
    select i.order_id, l.order_line, sum(l.received) as back, sent.pieces
    from ${of("inbound", "i")} join ${of("inbound_line", "l")}
      on l.tenant = i.tenant and l.inbound_id = i.id
    cross join lateral (
      select coalesce(sum(p.qty), 0) as pieces from ${of("parcel_item", "p")}
      join ${of("shipment")} on s.tenant = p.tenant and s.id = p.shipment_id
        and s.handed_over_at is not null
      where p.tenant = $1 and p.order_id = i.order_id and p.line = l.order_line
    ) as sent where i.tenant = $1 and i.kind = 'return'
    group by i.order_id, l.order_line, sent.pieces having sum(l.received) > sent.pieces`,
};

const laws = { ...pieces, ...batches, ...bins, ...orders, ...inbounds };

const brokenSql = Object.entries(laws)
  .map(([law, sql]) => `select '${law}' as law, to_jsonb(broken) as by from (${sql}) as broken`)
  .join(" union all ");

/** What of a house breaks which law, in words. */
export async function brokenLaws({ query }: TestDatabase, tenant: string): Promise<string[]> {
  const rows = await query<{ law: string; by: object }>(brokenSql, [tenant]);
  return rows.map(({ law, by }) => `${law}: ${JSON.stringify(by)}`);
}
