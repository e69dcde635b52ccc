import { z } from "zod";
import { count, id, keyText, timestamp } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { warehouse } from "../../../stock/inputs.ts";

/** The shift lead's board: every wave, how far it is, and from when on it may be late. */
export const waveBoard = readModel({
  doc:
    "Every wave: its tasks by state, its pickers, and the moment from which less than a minute " +
    "is left for each open task that a picker has.",
  name: "wave_board",
  group: "picking",
  scope: "waves:read",
  key: ["tenant", "wave_id"],
  columns: {
    wave_id: id(),
    warehouse: warehouse(),
    carrier: keyText().nullable(),
    cut_off: timestamp().nullable(),
    status: z.enum(["planned", "released", "done", "cancelled"]),
    orders: count(),
    tasks: count(),
    open: count(),
    done: count(),
    short: count(),
    cancelled: count(),
    pickers: z.array(z.string()),
    late_risk_from: timestamp().nullable(),
    planned_at: timestamp(),
    released_at: timestamp().nullable(),
    done_at: timestamp().nullable(),
    last_pick_at: timestamp().nullable(),
  },
  filterBy: ["wave_id", "warehouse", "carrier", "status"],
  indexes: [["status"]],
  maintain: "byKey",
  freshWithinMs: 2_000,
  staleOn: {
    pick_wave: "select tenant, id from changed",
    pick_task: "select tenant, wave_id from changed",
  },
  sql: `
    select w.tenant, w.id as wave_id, w.warehouse, w.carrier, w.cut_off, w.status,
      t.orders, t.tasks, t.open, t.done, t.short, t.cancelled,
      coalesce(t.pickers, '{}') as pickers,
      case when t.open > 0 then w.cut_off
        - t.open * interval '1 minute' / greatest(t.busy, 1) end as late_risk_from,
      w.planned_at, w.released_at, w.done_at, t.last_pick_at
    from pick_wave as w
    cross join lateral (
      select count(distinct order_id)::int as orders, count(*)::int as tasks,
        count(*) filter (where state = 'open')::int as open,
        count(*) filter (where state = 'picked')::int as done,
        count(*) filter (where state = 'short')::int as short,
        count(*) filter (where state = 'cancelled')::int as cancelled,
        count(distinct picker) filter (where state = 'open')::int as busy,
        array_agg(distinct picker) filter (where picker is not null) as pickers,
        max(ended_at) filter (where state = 'picked') as last_pick_at
      from pick_task
      where tenant = w.tenant and wave_id = w.id
    ) as t`,
});
