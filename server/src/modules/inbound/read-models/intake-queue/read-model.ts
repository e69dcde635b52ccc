import { z } from "zod";
import { count, id, keyText, timestamp } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { warehouse } from "../../../stock/inputs.ts";
import { inboundKind } from "../../inputs.ts";

/** What the dock has before it: what is to come, what comes in, and what waits to be graded. */
export const intakeQueue = readModel({
  doc: "Inbounds that are open, or of which pieces wait to be graded, and when they are overdue.",
  name: "intake_queue",
  group: "intake",
  scope: "inbound:read",
  key: ["tenant", "inbound_id"],
  columns: {
    inbound_id: id(),
    kind: inboundKind(),
    source: keyText(),
    ref: keyText(),
    warehouse: warehouse(),
    order_id: id().nullable(),
    status: z.enum(["announced", "receiving", "closed"]),
    lines: count(),
    lines_in_full: count(),
    expected: count(),
    received: count(),
    ungraded: count(),
    oldest_ungraded_at: timestamp().nullable(),
    eta: timestamp().nullable(),
    announced_at: timestamp(),
    first_received_at: timestamp().nullable(),
    due_at: timestamp().nullable(),
  },
  filterBy: ["inbound_id", "kind", "source", "ref", "warehouse", "status"],
  indexes: [["source", "ref"], ["warehouse"]],
  maintain: "byKey",
  freshWithinMs: 15_000,
  staleOn: {
    inbound: "select tenant, id from changed",
    inbound_line: "select tenant, inbound_id from changed",
    // Of all that happens to a piece, only its waiting for a grade shows here.
    garment: "select tenant, inbound_id from changed where status = 'received'",
  },
  // It is late from `due_at` on: its pieces when the first of them has waited for a day, and it
  // itself from the time on at which it was to come.
  sql: `
    select i.tenant, i.id as inbound_id, i.kind, i.source, i.ref, i.warehouse, i.order_id, i.status,
      l.lines, l.lines_in_full, l.expected, l.received, g.ungraded, g.oldest_ungraded_at,
      i.eta, i.announced_at, i.first_received_at,
      least(g.oldest_ungraded_at + interval '24 hours',
        case when i.status = 'announced' then i.eta end) as due_at
    from inbound as i
    cross join lateral (
      select count(*)::int as lines,
        count(*) filter (where received >= expected)::int as lines_in_full,
        sum(expected) as expected, sum(received) as received
      from inbound_line
      where tenant = i.tenant and inbound_id = i.id
    ) as l
    cross join lateral (
      select count(*)::int as ungraded, min(received_at) as oldest_ungraded_at
      from garment
      where tenant = i.tenant and inbound_id = i.id and status = 'received'
    ) as g
    where l.lines > 0 and (i.status <> 'closed' or g.ungraded > 0)`,
});
