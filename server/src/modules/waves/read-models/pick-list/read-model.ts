import { z } from "zod";
import { count, id } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { grade, warehouse } from "../../../stock/inputs.ts";
import { picker } from "../../inputs.ts";

/** A picker's list: what to take out of which bin, in the order of the walk. */
export const pickList = readModel({
  doc: "Every task of every wave, in the order of the walk: what to take, from where, for whom.",
  name: "pick_list",
  group: "picking",
  scope: "waves:read",
  key: ["tenant", "wave_id", "task"],
  columns: {
    wave_id: id(),
    task: count(),
    wave_status: z.enum(["planned", "released", "done", "cancelled"]),
    warehouse: warehouse(),
    picker: picker().nullable(),
    bin: z.string().nullable(),
    pick_sequence: z.int(),
    lpn: z.string().nullable(),
    batch: z.string().nullable(),
    sku: sku(),
    grade: grade(),
    qty: count(),
    state: z.enum(["open", "picked", "short", "cancelled"]),
    reason: z.string().nullable(),
    order_id: id(),
    line: count(),
  },
  filterBy: ["wave_id", "wave_status", "picker", "state", "order_id"],
  indexes: [["picker", "state"], ["order_id"]],
  maintain: "byKey",
  freshWithinMs: 1_000,
  staleOn: {
    pick_task: "select tenant, wave_id, task from changed",
    // A wave changes with every pick; what shows here is that it is released, done or cancelled.
    pick_wave: `
      select t.tenant, t.wave_id, t.task
      from (select tenant, id from changed group by tenant, id
        having count(distinct status) > 1) as w
      join pick_task as t on t.tenant = w.tenant and t.wave_id = w.id`,
  },
  sql: `
    select t.tenant, t.wave_id, t.task, w.status as wave_status, t.warehouse, t.picker, t.bin,
      t.pick_sequence, t.lpn, t.batch, t.sku, t.grade, t.qty, t.state, t.reason,
      t.order_id, t.line
    from pick_task as t
    join pick_wave as w on w.tenant = t.tenant and w.id = t.wave_id`,
});
