import { count } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { eventColumns } from "../../event-columns.ts";

/** What happened last; whoever must miss nothing follows the feed. */
export const journalEntries = readModel({
  doc: "What happened, the newest first: who did what to which thing, with which command.",
  name: "journal_entries",
  scope: "journal:read",
  key: ["tenant", "transaction", "position"],
  columns: {
    transaction: count(),
    position: count(),
    ...eventColumns,
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
