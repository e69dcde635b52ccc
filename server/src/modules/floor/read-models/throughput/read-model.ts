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
    step: z.enum([
      ...(["announced", "received", "graded", "stored"] as const),
      ...(["ordered", "allocated", "deallocated", "cancelled"] as const),
      ...(["picked", "packed", "shipped", "returned"] as const),
    ]),
    pieces: count(),
    events: count(),
  },
  filterBy: ["step"],
  maintain: "whole",
  freshWithinMs: 60_000,
  staleOn: ["journal"],
  sql: `
    select tenant, date_trunc('hour', at) as hour, step,
      sum(coalesce((data ->> 'qty')::int, 1)) as pieces, count(*) as events
    from (
      select tenant, at, data, case type
          when 'BatchAdded' then case when (data ->> 'inHouse')::boolean then 'received'
            else 'announced' end
          when 'BatchArrived' then 'received'
          when 'GarmentReceived' then 'received' when 'GarmentReturned' then 'received'
          when 'ReturnReceived' then 'returned'
          when 'GarmentGraded' then 'graded'
          when 'GarmentStored' then 'stored' when 'BatchStored' then 'stored'
          when 'OrderPlaced' then 'ordered'
          when 'LineAllocated' then 'allocated' when 'PieceReserved' then 'allocated'
          when 'LineDeallocated' then 'deallocated'
          when 'ReservationReleased' then 'deallocated'
          when 'ReservationExpired' then 'deallocated'
          when 'OrderCancelled' then 'cancelled'
          when 'GarmentPicked' then 'picked' when 'BatchPicked' then 'picked'
          when 'GarmentPacked' then 'packed' when 'BatchPacked' then 'packed'
          when 'GarmentShipped' then 'shipped' when 'BatchShipped' then 'shipped'
        end as step
      from journal
    ) as steps
    where step is not null
    group by tenant, hour, step`,
});
