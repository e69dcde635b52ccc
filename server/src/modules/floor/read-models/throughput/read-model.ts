import { z } from "zod";
import { count, timestamp } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";

/** What the house got done, hour by hour. */
export const throughput = readModel({
  doc: "Pieces and events an hour for each step of the work.",
  name: "throughput",
  group: "throughput",
  scope: "floor:read",
  key: ["tenant", "hour", "step"],
  columns: {
    hour: timestamp(),
    step: z.enum(["received", "announced", "ordered", "allocated", "deallocated", "cancelled"]),
    pieces: count(),
    events: count(),
  },
  filterBy: ["step"],
  maintain: "whole",
  freshWithinMs: 60_000,
  staleOn: ["journal"],
  sql: `
    select tenant, date_trunc('hour', at) as hour, step,
      coalesce(sum((data ->> 'qty')::int), 0) as pieces, count(*) as events
    from (
      select tenant, at, data, case type
          when 'BatchAdded' then case when (data ->> 'inHouse')::boolean then 'received'
            else 'announced' end
          when 'OrderPlaced' then 'ordered'
          when 'LineAllocated' then 'allocated'
          when 'LineDeallocated' then 'deallocated'
          when 'OrderCancelled' then 'cancelled'
        end as step
      from journal
    ) as steps
    where step is not null
    group by tenant, hour, step`,
});
