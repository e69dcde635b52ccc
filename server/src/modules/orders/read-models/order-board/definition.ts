/**
 * Every order with its lines, and how many of its pieces are where.
 *
 * A piece counts once: what comes back is no longer delivered. Once all pieces have left the house
 * an order is what is still open of it (on its way, coming back), then delivered if the customer
 * keeps any, then returned, then lost. For a piece that was sent and has come back its line wants
 * no other.
 */
export const definition = `
  select o.tenant, o.id as order_id, o.channel, o.external_ref, o.warehouse,
    s.lines, s.units, s.allocated_lines, greatest(s.to_pick - t.open, 0)::bigint as to_pick_units,
    s.picked::bigint as picked_units, s.packed::bigint as packed_units,
    s.shipped::bigint as shipped_units, e.delivered::bigint as delivered_units,
    b.returning::bigint as returning_units, b.returned::bigint as returned_units,
    s.lost::bigint as lost_units,
    o.ordered_at, o.ship_by, o.deliver_by, s.delivered_at,
    coalesce(s.delivery_reported, false) as delivery_reported,
    o.carrier_service, o.priority, o.hold_reason as hold,
    case when o.status = 'cancelled' then 'cancelled'
      when s.shipped >= s.units then case
        when s.shipped > s.lost + b.back + e.delivered then 'shipped'
        when b.returning > 0 then 'returning' when e.delivered > 0 then 'delivered'
        when b.returned > 0 then 'returned' else 'lost' end
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
      sum(i.lost) as lost, max(i.delivered_at) as delivered_at,
      bool_and(i.delivery_reported) as delivery_reported,
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
        coalesce(sum(p.qty) filter (where h.status = 'lost'), 0) as lost,
        max(coalesce(h.reported_delivered_at, h.ended_at)) filter (where h.status = 'delivered')
          as delivered_at,
        bool_and(h.reported_delivered_at is not null) filter (where h.status = 'delivered')
          as delivery_reported,
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
  cross join lateral (
    select coalesce(sum(l.received), 0) as returned,
      coalesce(sum(greatest(l.expected - l.received, 0)) filter (where i.status <> 'closed'), 0)
        as returning
    from inbound as i
    join inbound_line as l on l.tenant = i.tenant and l.inbound_id = i.id
    where i.tenant = o.tenant and i.order_id = o.id
  ) as r
  cross join lateral (
    select r.returned, r.returning, r.returned + r.returning as back
  ) as b
  cross join lateral (select greatest(s.delivered - b.back, 0) as delivered) as e
  where s.lines > 0`;
