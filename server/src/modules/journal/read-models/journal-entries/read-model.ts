import { z } from "zod";
import { count, jsonObject, timestamp } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";

/** What happened last; whoever must miss nothing follows the feed. */
export const journalEntries = readModel({
  doc: "What happened, the newest first: who did what to which thing, with which command.",
  name: "journal_entries",
  scope: "journal:read",
  key: ["tenant", "transaction", "position"],
  columns: {
    transaction: count(),
    position: count(),
    at: timestamp(),
    kind: z.string(),
    id: z.string(),
    version: count(),
    type: z.string(),
    data: jsonObject(),
    procedure: z.string().nullable(),
    partner: z.string(),
    command_id: z.string(),
    actor: z.string(),
  },
  filterBy: [],
  newestFirst: true,
  maintain: "live",
  sql: `
    select e.tenant, e.xid::text::bigint as transaction, e.position, e.at, e.kind, e.id, e.version,
      e.type, e.data, (
        select c.procedure from command_log as c
        where c.tenant = e.tenant and c.partner = e.partner and c.command_id = e.command_id
      ) as procedure, e.partner, e.command_id, e.actor
    from journal as e`,
});
