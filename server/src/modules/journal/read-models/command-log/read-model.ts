import { count, safeText, timestamp } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";

/** What was asked of the house, by whom and when; not what it answered. */
export const commandLog = readModel({
  doc: "Commands that were applied, the newest first: who sent them, and how many events they caused.",
  name: "command_log",
  scope: "journal:read",
  key: ["tenant", "at", "partner", "command_id"],
  columns: {
    at: timestamp(),
    partner: safeText(200),
    command_id: safeText(100),
    procedure: safeText(200),
    actor: safeText(200),
    events: count(),
    transaction: count(),
  },
  filterBy: ["partner", "command_id", "procedure", "actor"],
  newestFirst: true,
  maintain: "live",
  sql: `
    select l.tenant, l.at, l.partner, l.command_id, l.procedure, l.actor,
      (select count(*)::int from journal as j
        where j.tenant = l.tenant and j.xid::text::bigint = l.xid::text::bigint
        and j.partner = l.partner and j.command_id = l.command_id) as events,
      l.xid::text::bigint as transaction
    from command_log as l`,
});
