import { z } from "zod";
import { count, id, keyText, timestamp } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { warehouse } from "../../../stock/inputs.ts";

/** The packing bench's queue: every parcel, whose it is, who carries it, and what it waits for. */
export const packAndShipQueue = readModel({
  doc: "Every parcel: its order, carrier and cut-off, how far it is, and since when it waits.",
  name: "pack_and_ship_queue",
  group: "shipping",
  scope: "shipments:read",
  key: ["tenant", "shipment_id"],
  columns: {
    shipment_id: id(),
    order_id: id(),
    channel: keyText(),
    external_ref: keyText(),
    warehouse: warehouse(),
    carrier: keyText().nullable(),
    carrier_service: z.string().nullable(),
    tracking: keyText().nullable(),
    manifest: keyText().nullable(),
    cut_off: timestamp().nullable(),
    status: z.enum(["packed", "labelled", "handedOver", "delivered", "lost", "unpacked"]),
    waits_for: z.enum(["label", "handOver", "release"]).nullable(),
    waits_since: timestamp().nullable(),
    items: count(),
    pieces: count(),
    weight_grams: count().nullable(),
    packed_at: timestamp(),
    handed_over_at: timestamp().nullable(),
    ended_at: timestamp().nullable(),
    reported_handed_over_at: timestamp().nullable(),
    reported_delivered_at: timestamp().nullable(),
  },
  filterBy: ["shipment_id", "order_id", "warehouse", "carrier", "status", "waits_for", "tracking"],
  indexes: [["order_id"], ["status"], ["tracking"]],
  maintain: "byKey",
  freshWithinMs: 5_000,
  staleOn: {
    shipment: "select tenant, id from changed",
    parcel_item: "select tenant, shipment_id from changed",
    sales_order: `
      select s.tenant, s.id from changed as o
      join shipment as s on s.tenant = o.tenant and s.order_id = o.id`,
  },
  sql: `
    select s.tenant, s.id as shipment_id, s.order_id, o.channel, o.external_ref, s.warehouse,
      s.carrier, s.carrier_service, s.tracking, s.manifest, s.cut_off, s.status,
      case when s.status not in ('packed', 'labelled') then null
        when o.held_at is not null then 'release'
        when s.status = 'packed' then 'label' else 'handOver' end as waits_for,
      case when s.status in ('packed', 'labelled')
        then greatest(s.packed_at, s.labelled_at, o.held_at) end as waits_since,
      i.items, i.pieces, s.weight_grams, s.packed_at, s.handed_over_at, s.ended_at,
      s.reported_handed_over_at, s.reported_delivered_at
    from shipment as s
    join sales_order as o on o.tenant = s.tenant and o.id = s.order_id
    cross join lateral (
      select count(*)::int as items, coalesce(sum(qty), 0)::int as pieces
      from parcel_item as p where p.tenant = s.tenant and p.shipment_id = s.id
    ) as i`,
});
