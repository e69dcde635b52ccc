import { z } from "zod";
import { count, id, keyText, timestamp } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { grade, warehouse } from "../../../stock/inputs.ts";
import { binCode } from "../../inputs.ts";

/** What lies in each bin, as the floor looks for it: single pieces, and what is left of batches. */
export const binContents = readModel({
  doc: "What lies in each bin: single pieces by their plate, batches by their reference.",
  name: "bin_contents",
  group: "floor",
  scope: "bins:read",
  // A plate may read like a batch's reference.
  key: ["tenant", "warehouse", "bin", "kind", "item"],
  columns: {
    warehouse: warehouse(),
    bin: binCode(),
    kind: z.enum(["piece", "batch"]),
    item: keyText(),
    sku: sku(),
    grade: grade().nullable(),
    status: keyText(),
    qty: count(),
    reserved: count(),
    stored_at: timestamp().nullable(),
    order_id: id().nullable(),
    order_line: count().nullable(),
    zone: keyText(),
    count_state: z.enum(["none", "due", "counting"]),
  },
  filterBy: ["warehouse", "bin", "kind", "item", "sku", "status", "order_id", "count_state"],
  indexes: [["item"], ["sku"]],
  maintain: "byKey",
  freshWithinMs: 1_000,
  staleOn: {
    garment: `
      select tenant, warehouse, bin, 'piece', lpn from changed where bin is not null`,
    batch: `
      select tenant, warehouse, bin, 'batch', ref from changed where bin is not null`,
    // How many lie in a bin changes with each of them; only its count concerns the others.
    bin: `
      select lying.* from (
        select tenant, warehouse, code from changed group by tenant, warehouse, code
        having min(count_state) <> max(count_state) or min(zone) <> max(zone)
      ) as b cross join lateral (
        select g.tenant, g.warehouse, g.bin, 'piece', g.lpn from garment as g
        where g.tenant = b.tenant and g.warehouse = b.warehouse and g.bin = b.code
        union all
        select l.tenant, l.warehouse, l.bin, 'batch', l.ref from batch as l
        where l.tenant = b.tenant and l.warehouse = b.warehouse and l.bin = b.code
      ) as lying`,
  },
  sql: `
    select g.tenant, g.warehouse, g.bin, 'piece' as kind, g.lpn as item, g.sku, g.grade, g.status,
      1 as qty, (g.order_id is not null)::int as reserved, g.stored_at, g.order_id, g.order_line,
      b.zone, b.count_state
    from garment as g
    join bin as b on b.tenant = g.tenant and b.warehouse = g.warehouse and b.code = g.bin
    where g.bin is not null
    union all
    select l.tenant, l.warehouse, l.bin, 'batch', l.ref, l.sku, l.grade, 'stored',
      l.qty - l.picked, l.allocated - l.picked, l.received_at, null, null, b.zone, b.count_state
    from batch as l
    join bin as b on b.tenant = l.tenant and b.warehouse = l.warehouse and b.code = l.bin
    where l.bin is not null and l.qty > l.picked`,
});
