import { count, timestamp } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { grade, warehouse } from "../../inputs.ts";

/** What shops and partners may sell now, and what is on its way. */
export const sellableAvailability = readModel({
  doc: "What can be sold of each SKU and grade in each warehouse, and what is on its way.",
  name: "sellable_availability",
  group: "fulfilment",
  scope: "stock:read",
  key: ["tenant", "warehouse", "sku", "grade"],
  columns: {
    warehouse: warehouse(),
    sku: sku(),
    grade: grade(),
    on_hand: count(),
    reserved: count(),
    available: count(),
    incoming: count(),
    incoming_reserved: count(),
    next_eta: timestamp().nullable(),
    oldest_received_at: timestamp().nullable(),
  },
  filterBy: ["warehouse", "sku", "grade"],
  indexes: [["sku"]],
  maintain: "byKey",
  freshWithinMs: 1_000,
  staleOn: {
    batch: "select tenant, warehouse, sku, grade from changed",
    garment: "select tenant, warehouse, sku, grade from changed where grade is not null",
  },
  // A piece of its own is a batch of one: on hand until the carrier has it, as batches are.
  sql: `
    select tenant, warehouse, sku, grade,
      coalesce(sum(qty) filter (where received_at is not null), 0) as on_hand,
      coalesce(sum(allocated) filter (where received_at is not null), 0) as reserved,
      coalesce(sum(qty - allocated) filter (where received_at is not null), 0) as available,
      coalesce(sum(qty) filter (where received_at is null), 0) as incoming,
      coalesce(sum(allocated) filter (where received_at is null), 0) as incoming_reserved,
      min(eta) filter (where received_at is null and qty > 0) as next_eta,
      min(received_at) filter (where qty > 0) as oldest_received_at
    from (
      select tenant, warehouse, sku, grade, qty, allocated, eta, received_at from batch
      union all
      select tenant, warehouse, sku, grade, 1, case when status = 'stored' then 0 else 1 end,
        null, received_at
      from garment
      where grade is not null and (status in ('reserved', 'picked', 'packed')
        or status = 'stored' and disposition = 'sell')
    ) as lot
    group by tenant, warehouse, sku, grade`,
});
