import sql from "sql-template-tag";
import { z } from "zod";
import { count, id, keyText, safeText, timestamp } from "../../../../kernel/primitives.ts";
import { query } from "../../../../kernel/procedure.ts";
import { readModel } from "../../../../kernel/read-model.ts";

const statuses = [
  "backordered",
  "allocated",
  "picking",
  "packed",
  "shipped",
  "delivered",
  "cancelled",
] as const;
const status = z.enum(statuses);

/** The control desk's board: every order, how far it is, and what it waits for. */
export const orderBoard = readModel({
  doc: "Every order: its lines, how many of its pieces are where, and what it waits for.",
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
    to_pick_units: count(),
    picked_units: count(),
    packed_units: count(),
    shipped_units: count(),
    ordered_at: timestamp(),
    ship_by: timestamp().nullable(),
    carrier_service: z.string().nullable(),
    priority: z.int(),
    status,
    hold: z.string().nullable(),
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
    garment: "select tenant, order_id from changed where order_id is not null",
    pick_task: "select tenant, order_id from changed",
    shipment: "select tenant, order_id from changed",
    parcel_item: "select tenant, order_id from changed",
  },
  // For a piece that was sent and has come back its line wants no other.
  sql: `
    select o.tenant, o.id as order_id, o.channel, o.external_ref, o.warehouse,
      s.lines, s.units, s.allocated_lines, greatest(s.to_pick - t.open, 0)::bigint as to_pick_units,
      s.picked::bigint as picked_units, s.packed::bigint as packed_units,
      s.shipped::bigint as shipped_units,
      o.ordered_at, o.ship_by, o.carrier_service, o.priority, o.hold_reason as hold,
      case when o.status = 'cancelled' then 'cancelled'
        when s.delivered >= s.units then 'delivered'
        when s.shipped >= s.units then 'shipped'
        when s.packed >= s.units then 'packed'
        when s.allocated_lines < s.lines then 'backordered'
        when s.picked > 0 or t.open > 0 then 'picking' else 'allocated' end as status,
      case when o.status = 'open' then coalesce('held: ' || o.hold_reason, s.missing) end as blocker
    from sales_order as o
    cross join lateral (
      select count(*)::int as lines, sum(l.qty) as units,
        count(*) filter (where has.all_of_it)::int as allocated_lines,
        sum(case a.state when 'allocated' then a.qty else 0 end + g.reserved) as to_pick,
        sum(greatest(
          case when a.state in ('picked', 'shipped') then a.qty else 0 end + g.picked, i.packed
        )) as picked,
        sum(i.packed) as packed, sum(i.shipped) as shipped, sum(i.delivered) as delivered,
        'no stock for ' || min(l.sku) filter (where not has.all_of_it) as missing
      from order_line as l
      left join allocation as a
        on a.tenant = l.tenant and a.order_id = l.order_id and a.line = l.line
      cross join lateral (
        select count(*) as pieces, count(*) filter (where status = 'reserved') as reserved,
          count(*) filter (where status in ('picked', 'packed', 'shipped')) as picked
        from garment
        where tenant = l.tenant and order_id = l.order_id and order_line = l.line
      ) as g
      cross join lateral (
        select coalesce(sum(p.qty), 0) as packed,
          coalesce(sum(p.qty) filter (where h.handed_over_at is not null), 0) as shipped,
          coalesce(sum(p.qty) filter (where h.status = 'delivered'), 0) as delivered,
          count(p.lpn) filter (where h.handed_over_at is not null and not exists (
            select from garment as b where b.tenant = p.tenant and b.lpn = p.lpn
              and b.order_id = p.order_id and b.order_line = p.line)) as back
        from parcel_item as p join shipment as h on h.tenant = p.tenant and h.id = p.shipment_id
        where p.tenant = l.tenant and p.order_id = l.order_id and p.line = l.line
          and h.status <> 'unpacked'
      ) as i
      cross join lateral (
        select a.qty is not null or g.pieces + i.back >= l.qty or i.packed >= l.qty as all_of_it
      ) as has
      where l.tenant = o.tenant and l.order_id = o.id
    ) as s
    cross join lateral (
      select coalesce(sum(qty), 0) as open from pick_task
      where tenant = o.tenant and order_id = o.id and state = 'open'
    ) as t
    where s.lines > 0`,
});

/** The shift lead asks what a wave may be planned of. */
export const ordersToPick = query
  .meta({
    scope: "orders:read",
    doc: "Unheld orders that have all their stock and pieces in no wave yet, most urgent first.",
    example: { shipBefore: "2026-03-02T17:00:00Z", limit: 50 },
  })
  .input(
    z.strictObject({
      warehouse: keyText().default("main"),
      channel: keyText().optional(),
      carrierService: safeText(100).optional(),
      shipBefore: timestamp().optional(),
      limit: z.int().min(1).max(1_000).default(200),
    }),
  )
  .output(
    z.strictObject({
      rows: z
        .array(
          z.strictObject({
            ...{ orderId: id(), channel: keyText(), externalRef: keyText(), priority: z.int() },
            ...{ shipBy: timestamp().nullable(), orderedAt: timestamp(), toPickUnits: count() },
          }),
        )
        .max(1_000),
    }),
  )
  .query(async ({ ctx, input: { warehouse, limit, ...rules } }) => {
    const { channel = null, carrierService = null, shipBefore = null } = rules;
    const rows = await ctx.read<OrderToPick>(
      [orderBoard],
      sql`select order_id as "orderId", channel, external_ref as "externalRef", priority,
          ship_by as "shipBy", ordered_at as "orderedAt", to_pick_units as "toPickUnits"
        from ${ctx.from(orderBoard)}
        where tenant = ${ctx.tenant} and warehouse = ${warehouse}
          and status in ('allocated', 'picking') and hold is null and to_pick_units > 0
          and (${channel}::text is null or channel = ${channel})
          and (${carrierService}::text is null or carrier_service = ${carrierService})
          and (${shipBefore}::timestamptz is null or ship_by <= ${shipBefore})
        order by priority desc, ship_by, ordered_at, order_id limit ${limit}`,
    );
    return { rows };
  });

interface OrderToPick {
  readonly orderId: string;
  readonly channel: string;
  readonly externalRef: string;
  readonly priority: number;
  readonly shipBy: string | null;
  readonly orderedAt: string;
  readonly toPickUnits: number;
}

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
