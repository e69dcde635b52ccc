import sql, { empty, raw, type Sql } from "sql-template-tag";
import { z } from "zod";
import { count, id, keyText, safeText, timestamp } from "../../../../kernel/primitives.ts";
import { query } from "../../../../kernel/procedure.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { definition } from "./definition.ts";
import { orderTotalsData, type StatusTotals, totalsOf, unitsSql } from "./totals.ts";

const statuses = [
  "backordered",
  "allocated",
  "picking",
  "packed",
  "shipped",
  "delivered",
  "returning",
  "returned",
  "lost",
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
    delivered_units: count(),
    returning_units: count(),
    returned_units: count(),
    lost_units: count(),
    ordered_at: timestamp(),
    ship_by: timestamp().nullable(),
    deliver_by: timestamp().nullable(),
    delivered_at: timestamp().nullable(),
    delivery_reported: z.boolean(),
    carrier_service: z.string().nullable(),
    priority: z.int(),
    status,
    hold: z.string().nullable(),
    blocker: z.string().nullable(),
  },
  filterBy: ["order_id", "channel", "external_ref", "status"],
  indexes: [
    ["channel", "external_ref"],
    // The most urgent first: what may be picked is asked for in this order, all day long. What it
    // may be filtered by comes last, so that a channel that has few orders is found in the index.
    [
      ...(["status", "warehouse", "priority desc", "ship_by", "ordered_at", "order_id"] as const),
      ...(["channel", "carrier_service"] as const),
    ],
  ],
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
    inbound: "select tenant, order_id from changed where order_id is not null",
    inbound_line: `
      select i.tenant, i.order_id from changed as l
      join inbound as i on i.tenant = l.tenant and i.id = l.inbound_id
      where i.order_id is not null`,
  },
  sql: definition,
});

const ordersToPickMax = 1_000;

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
      limit: z.int().min(1).max(ordersToPickMax).default(200),
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
        .max(ordersToPickMax),
    }),
  )
  .query(async ({ ctx, input: { limit, ...rules } }) => {
    const from = { from: ctx.from(orderBoard), tenant: ctx.tenant };
    const rows = await ctx.read<OrderToPick>(
      [orderBoard],
      sql`select order_id as "orderId", channel, external_ref as "externalRef", priority,
          ship_by as "shipBy", ordered_at as "orderedAt", to_pick_units as "toPickUnits"
        from (${toPickSql("allocated", { ...from, ...rules })}
          union all ${toPickSql("picking", { ...from, ...rules })}) as to_pick
        ${byUrgency} limit ${limit}`,
    );
    return { rows };
  });

const byUrgency = sql`order by priority desc, ship_by, ordered_at, order_id`;

interface ToPick {
  readonly from: Sql;
  readonly tenant: string;
  readonly warehouse: string;
  readonly channel?: string | undefined;
  readonly carrierService?: string | undefined;
  readonly shipBefore?: string | undefined;
}

/**
 * Of one status as many as anybody may ask for: so the index gives them in this order, and nothing
 * but them is read, however many there are.
 */
function toPickSql(
  status: "allocated" | "picking",
  { from, tenant, warehouse, channel, carrierService, shipBefore }: ToPick,
): Sql {
  return sql`(select * from ${from}
    where tenant = ${tenant} and status = ${raw(`'${status}'`)} and warehouse = ${warehouse}
      and hold is null and to_pick_units > 0
      ${channel === undefined ? empty : sql`and channel = ${channel}`}
      ${carrierService === undefined ? empty : sql`and carrier_service = ${carrierService}`}
      ${shipBefore === undefined ? empty : sql`and ship_by <= ${shipBefore}::timestamptz`}
    ${byUrgency} limit ${raw(`${ordersToPickMax}`)})`;
}

interface OrderToPick {
  readonly orderId: string;
  readonly channel: string;
  readonly externalRef: string;
  readonly priority: number;
  readonly shipBy: string | null;
  readonly orderedAt: string;
  readonly toPickUnits: number;
}

/** The control desk asks how much there is. */
export const orderTotals = query
  .meta({
    scope: "orders:read",
    doc:
      "How many orders, lines and pieces there are, by status, by the day they were ordered, and by " +
      "what has become of them: orders and lines by the order's status, pieces each by its own way.",
    example: { channel: "shop" },
  })
  .input(z.strictObject({ channel: keyText().optional() }))
  .output(orderTotalsData(status))
  .query(async ({ ctx, input: { channel = null } }) => {
    const rows = await ctx.read<StatusTotals<z.infer<typeof status>>>(
      [orderBoard],
      sql`select status, (ordered_at at time zone 'UTC')::date as day,
          count(*) as orders, sum(lines) as lines, sum(units)::bigint as units, ${unitsSql}
        from ${ctx.from(orderBoard)}
        where tenant = ${ctx.tenant} and (${channel}::text is null or channel = ${channel})
        group by status, day order by day, status`,
    );
    return totalsOf(rows);
  });

const lateOrder = z.strictObject({
  ...{ orderId: id(), channel: keyText(), externalRef: keyText(), status },
  ...{ deliverBy: timestamp(), deliveredAt: timestamp(), deliveryReported: z.boolean() },
});
const lateMax = 1_000;

/** Customer service asks who got something later than was promised. */
export const lateOrders = query
  .meta({
    scope: "orders:read",
    doc:
      "Orders of which a parcel was delivered after `promise.deliverBy`: how many, in how many of " +
      "them the carrier told the time, and the latest first. Where no carrier told it the time is " +
      "when the house learned of it. `from` and `to` bound the delivery.",
    example: { from: "2026-03-01T00:00:00Z", limit: 50 },
  })
  .input(
    z.strictObject({
      channel: keyText().optional(),
      from: timestamp().optional(),
      to: timestamp().optional(),
      limit: z.int().min(1).max(lateMax).default(100),
    }),
  )
  .output(
    z.strictObject({
      ...{ orders: count(), reported: count() },
      rows: z.array(lateOrder).max(lateMax),
    }),
  )
  .query(async ({ ctx, input: { limit, ...bounds } }) => {
    const { channel = null, from = null, to = null } = bounds;
    const found = await ctx.read<z.infer<typeof lateOrder> & { orders: number; reported: number }>(
      [orderBoard],
      sql`select order_id as "orderId", channel, external_ref as "externalRef", status,
          deliver_by as "deliverBy", delivered_at as "deliveredAt",
          delivery_reported as "deliveryReported", count(*) over () as orders,
          count(*) filter (where delivery_reported) over () as reported
        from ${ctx.from(orderBoard)}
        where tenant = ${ctx.tenant} and delivered_at > deliver_by
          and (${channel}::text is null or channel = ${channel})
          and (${from}::timestamptz is null or delivered_at >= ${from})
          and (${to}::timestamptz is null or delivered_at < ${to})
        order by delivered_at - deliver_by desc, order_id limit ${limit}`,
    );
    const { orders = 0, reported = 0 } = found[0] ?? {};
    const rows = found.map(({ orders: _orders, reported: _reported, ...row }) => row);
    return { orders, reported, rows };
  });
