import { z } from "zod";
import { count, id, keyText, timestamp } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { disposition } from "../../../garments/inputs.ts";

const piece = z.strictObject({
  lpn: z.string(),
  status: z.string(),
  gradeBefore: z.string().nullable(),
  gradeAfter: z.string().nullable(),
  disposition: disposition().nullable(),
});

/** What customers send back, from the announcement to the decision. */
export const returnsPipeline = readModel({
  doc: "Every line of every return: its order, what has come of it, and what becomes of the pieces.",
  name: "returns_pipeline",
  group: "intake",
  scope: "inbound:read",
  key: ["tenant", "inbound_id", "line"],
  columns: {
    inbound_id: id(),
    line: count(),
    source: keyText(),
    ref: keyText(),
    order_id: id(),
    order_line: count(),
    channel: keyText(),
    external_ref: keyText(),
    reason: z.string().nullable(),
    sku: sku(),
    expected: count(),
    received: count(),
    graded: count(),
    decided: count(),
    grade_before: z.string(),
    pieces: z.array(piece),
    stage: z.enum(["announced", "received", "graded", "decided", "closed"]),
    discrepancy: z.string().nullable(),
    announced_at: timestamp(),
    first_received_at: timestamp().nullable(),
    closed_at: timestamp().nullable(),
  },
  filterBy: ["inbound_id", "ref", "order_id", "channel", "external_ref", "sku", "stage"],
  indexes: [["order_id"], ["channel", "external_ref"], ["stage"]],
  maintain: "byKey",
  freshWithinMs: 15_000,
  staleOn: {
    inbound: `
      select l.tenant, l.inbound_id, l.line from changed as i
      join inbound_line as l on l.tenant = i.tenant and l.inbound_id = i.id
      where i.kind = 'return'`,
    inbound_line: "select tenant, inbound_id, line from changed where order_line is not null",
    garment: `
      select g.tenant, g.inbound_id, g.inbound_line from changed as g
      join inbound as i on i.tenant = g.tenant and i.id = g.inbound_id
      where i.kind = 'return'`,
  },
  // What came back as a lot has no pieces: it was graded as it came, and is stock again.
  sql: `
    select l.tenant, l.inbound_id, l.line, i.source, i.ref, i.order_id, l.order_line,
      o.channel, o.external_ref, i.return_reason as reason, l.sku, l.expected, l.received,
      g.graded, g.decided, o.grade as grade_before, g.pieces,
      case
        when i.status = 'closed' and g.decided = g.count then 'closed'
        when l.received = 0 then 'announced'
        when g.decided = g.count then 'decided'
        when g.graded = g.count then 'graded'
        else 'received' end as stage,
      l.discrepancy, i.announced_at, i.first_received_at, i.closed_at
    from inbound as i
    join inbound_line as l on l.tenant = i.tenant and l.inbound_id = i.id
    cross join lateral (
      select o.channel, o.external_ref, ol.grade
      from sales_order as o join order_line as ol on ol.tenant = o.tenant and ol.order_id = o.id
      where o.tenant = i.tenant and o.id = i.order_id and ol.line = l.order_line
      limit 1
    ) as o
    cross join lateral (
      select count(*)::int as count, count(grade)::int as graded,
        count(disposition)::int as decided,
        coalesce(jsonb_agg(jsonb_build_object(
            'lpn', lpn, 'status', status, 'gradeBefore', o.grade, 'gradeAfter', grade,
            'disposition', disposition) order by lpn), '[]') as pieces
      from garment
      where tenant = l.tenant and inbound_id = l.inbound_id and inbound_line = l.line
    ) as g
    where i.kind = 'return'`,
});
