import sql from "sql-template-tag";
import { z } from "zod";
import { count, id, keyText, timestamp } from "../../../../kernel/primitives.ts";
import { query } from "../../../../kernel/procedure.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { grade, warehouse } from "../../inputs.ts";

/** Every order line and where its pieces come from. */
export const allocations = readModel({
  doc: "Every order line, whether it has its pieces, and from which batch.",
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
    state: z.enum(["allocated", "backordered", "cancelled"]),
    batch: z.string().nullable(),
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
    sales_order: `
      select l.tenant, l.order_id, l.line from changed as o
      join order_line as l on l.tenant = o.tenant and l.order_id = o.id`,
  },
  sql: `
    select l.tenant, l.order_id, l.line, o.channel, o.warehouse, l.sku, l.grade, l.qty,
      coalesce(a.qty, 0) as allocated_qty,
      case when o.status = 'cancelled' then 'cancelled'
        when a.qty is not null then 'allocated' else 'backordered' end as state,
      a.batch, a.allocated_at, o.priority
    from order_line as l
    join sales_order as o on o.tenant = l.tenant and o.id = l.order_id
    left join allocation as a
      on a.tenant = l.tenant and a.order_id = l.order_id and a.line = l.line`,
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
