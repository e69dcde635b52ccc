import sql from "sql-template-tag";
import { z } from "zod";
import { count, id, keyText, timestamp } from "../../../../kernel/primitives.ts";
import { query } from "../../../../kernel/procedure.ts";
import { readModel } from "../../../../kernel/read-model.ts";

const status = z.enum(["allocated", "backordered", "cancelled"]);

/** The control desk's board: every order, how far it is, and what it waits for. */
export const orderBoard = readModel({
  doc: "Every order: its lines, how many have their pieces, and what it waits for.",
  name: "order_board",
  group: "fulfilment",
  scope: "orders:read",
  key: ["tenant", "order_id"],
  columns: {
    order_id: id(),
    channel: keyText(),
    external_ref: keyText(),
    warehouse: z.string(),
    lines: count(),
    units: count(),
    allocated_lines: count(),
    ordered_at: timestamp(),
    ship_by: timestamp().nullable(),
    carrier_service: z.string().nullable(),
    priority: z.int(),
    status,
    blocker: z.string().nullable(),
  },
  filterBy: ["order_id", "channel", "external_ref", "status"],
  indexes: [["channel", "external_ref"], ["status"]],
  maintain: "byKey",
  freshWithinMs: 2_000,
  staleOn: {
    sales_order: "select tenant, id from changed",
    order_line: "select tenant, order_id from changed",
    allocation: "select tenant, order_id from changed",
  },
  sql: `
    select o.tenant, o.id as order_id, o.channel, o.external_ref, o.warehouse,
      s.lines, s.units, s.allocated_lines, o.ordered_at, o.ship_by, o.carrier_service, o.priority,
      case when o.status = 'cancelled' then 'cancelled'
        when s.allocated_lines = s.lines then 'allocated' else 'backordered' end as status,
      case when o.status = 'open' then s.missing end as blocker
    from sales_order as o
    cross join lateral (
      select count(*)::int as lines, sum(l.qty) as units, count(a.qty)::int as allocated_lines,
        'no stock for ' || min(l.sku) filter (where a.qty is null) as missing
      from order_line as l
      left join allocation as a
        on a.tenant = l.tenant and a.order_id = l.order_id and a.line = l.line
      where l.tenant = o.tenant and l.order_id = o.id
    ) as s
    where s.lines > 0`,
});

const totals = z.strictObject({ orders: count(), lines: count(), units: count() });

/** The control desk asks how much there is. */
export const orderTotals = query
  .meta({
    scope: "orders:read",
    doc: "How many orders, lines and pieces there are, by status and by the day they were ordered.",
    example: { channel: "shop" },
  })
  .input(z.strictObject({ channel: keyText().optional() }))
  .output(
    totals.extend({
      byStatus: z.array(totals.extend({ status })),
      byDay: z.array(totals.extend({ day: z.iso.date() })),
    }),
  )
  .query(async ({ ctx, input: { channel = null } }) => {
    const rows = await ctx.read<Totals & { status: z.infer<typeof status>; day: string }>(
      [orderBoard],
      sql`select status, (ordered_at at time zone 'UTC')::date as day,
          count(*) as orders, sum(lines) as lines, sum(units)::bigint as units
        from ${ctx.from(orderBoard)}
        where tenant = ${ctx.tenant} and (${channel}::text is null or channel = ${channel})
        group by status, day order by day, status`,
    );
    const byStatus = Map.groupBy(rows, (row) => row.status);
    const byDay = Map.groupBy(rows, (row) => row.day);
    return {
      ...sum(rows),
      byStatus: [...byStatus].map(([status, of]) => ({ status, ...sum(of) })),
      byDay: [...byDay].map(([day, of]) => ({ day, ...sum(of) })),
    };
  });

type Totals = z.infer<typeof totals>;

function sum(rows: readonly Totals[]): Totals {
  const total = { orders: 0, lines: 0, units: 0 };
  for (const { orders, lines, units } of rows) {
    total.orders += orders;
    total.lines += lines;
    total.units += units;
  }
  return total;
}
