import sql from "sql-template-tag";
import { z } from "zod";
import { count, id, keyText, timestamp } from "../../../../kernel/primitives.ts";
import { query } from "../../../../kernel/procedure.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { grade, warehouse } from "../../inputs.ts";

/** Every order line and where its pieces come from. */
export const allocations = readModel({
  doc: "Every order line, whether it has its pieces, which those are, and where they lie.",
  name: "allocations",
  group: "fulfilment",
  scope: "stock:read",
  key: ["tenant", "order_id", "line"],
  columns: {
    order_id: id(),
    line: count(),
    channel: keyText(),
    warehouse: warehouse(),
    sku: sku(),
    grade: grade(),
    qty: count(),
    allocated_qty: count(),
    state: z.enum(["backordered", "allocated", "picked", "shipped", "cancelled"]),
    batch: z.string().nullable(),
    lpns: z.array(z.string()),
    bin: z.string().nullable(),
    allocated_at: timestamp().nullable(),
    priority: z.int(),
  },
  filterBy: ["order_id", "sku", "state"],
  indexes: [["sku"]],
  maintain: "byKey",
  freshWithinMs: 1_000,
  staleOn: {
    order_line: "select tenant, order_id, line from changed",
    allocation: "select tenant, order_id, line from changed",
    garment: `
      select tenant, order_id, order_line as line from changed where order_id is not null`,
    parcel_item: "select tenant, order_id, line from changed",
    shipment: `
      select i.tenant, i.order_id, i.line from changed as s
      join parcel_item as i on i.tenant = s.tenant and i.shipment_id = s.id`,
    sales_order: `
      select l.tenant, l.order_id, l.line from changed as o
      join order_line as l on l.tenant = o.tenant and l.order_id = o.id`,
    // Batches change with every sale; what shows here is where they lie.
    batch: `
      select a.tenant, a.order_id, a.line
      from (select tenant, ref from changed group by tenant, ref
        having count(distinct coalesce(bin, '')) > 1) as moved
      join allocation as a on a.tenant = moved.tenant and a.batch = moved.ref`,
  },
  // For a piece that was sent and has come back its line wants no other.
  sql: `
    select l.tenant, l.order_id, l.line, o.channel, o.warehouse, l.sku, l.grade, l.qty,
      greatest(coalesce(a.qty, 0) + g.pieces + h.back, h.shipped)::int as allocated_qty,
      case when o.status = 'cancelled' then 'cancelled'
        when h.shipped >= l.qty then 'shipped'
        when a.state in ('picked', 'shipped') or g.picked + h.back >= l.qty then 'picked'
        when a.qty is not null or g.pieces + h.back >= l.qty then 'allocated'
        else 'backordered' end as state,
      a.batch, coalesce(g.lpns, h.lpns, '{}') as lpns, coalesce(b.bin, g.bin) as bin,
      a.allocated_at, o.priority
    from order_line as l
    join sales_order as o on o.tenant = l.tenant and o.id = l.order_id
    left join allocation as a
      on a.tenant = l.tenant and a.order_id = l.order_id and a.line = l.line
    left join batch as b on b.tenant = a.tenant and b.ref = a.batch
    cross join lateral (
      select count(*) as pieces,
        count(*) filter (where status in ('picked', 'packed', 'shipped')) as picked,
        array_agg(lpn order by lpn) as lpns, string_agg(distinct bin, ', ') as bin
      from garment
      where tenant = l.tenant and order_id = l.order_id and order_line = l.line
    ) as g
    cross join lateral (
      select coalesce(sum(i.qty), 0) as shipped,
        count(i.lpn) filter (where not exists (
          select from garment as b where b.tenant = i.tenant and b.lpn = i.lpn
            and b.order_id = i.order_id and b.order_line = i.line)) as back,
        array_agg(i.lpn order by i.lpn) filter (where i.lpn is not null) as lpns
      from parcel_item as i join shipment as s on s.tenant = i.tenant and s.id = i.shipment_id
      where i.tenant = l.tenant and i.order_id = l.order_id and i.line = l.line
        and s.status in ('handedOver', 'delivered', 'lost')
    ) as h`,
});

/** Merchandising asks what sells. */
export const topSkus = query
  .meta({
    scope: "stock:read",
    doc: "The SKUs with the most pieces ordered, cancelled orders included.",
    example: { limit: 10 },
  })
  .input(
    z.strictObject({
      channel: keyText().optional(),
      limit: z.int().min(1).max(100).default(10),
    }),
  )
  .output(
    z.strictObject({
      rows: z.array(z.strictObject({ sku: z.string(), units: count(), lines: count() })).max(100),
    }),
  )
  .query(async ({ ctx, input: { channel = null, limit } }) => ({
    rows: await ctx.read<{ sku: string; units: number; lines: number }>(
      [allocations],
      sql`select sku, sum(qty) as units, count(*) as lines
        from ${ctx.from(allocations)}
        where tenant = ${ctx.tenant} and (${channel}::text is null or channel = ${channel})
        group by sku order by units desc, sku limit ${limit}`,
    ),
  }));
