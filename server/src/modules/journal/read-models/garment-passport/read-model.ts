import { count, keyText } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { eventColumns } from "../../event-columns.ts";

/** One piece's life, from the dock to where it is now: its own events, and those that name it. */
export const garmentPassport = readModel({
  doc: "What happened to a piece, in order: who did what, with which command.",
  name: "garment_passport",
  scope: "journal:read",
  key: ["tenant", "lpn", "position"],
  columns: {
    lpn: keyText(),
    position: count(),
    ...eventColumns,
  },
  filterBy: ["lpn"],
  mustFilterBy: ["lpn"],
  maintain: "live",
  // The procedure is looked up for the rows of a page alone: a join would be made before the sort.
  sql: `
    select e.*, (
        select c.procedure from command_log as c
        where c.tenant = e.tenant and c.partner = e.partner and c.command_id = e.command_id
      ) as procedure
    from (
      select tenant, id as lpn, position, at, kind, id, version, type, data,
        partner, command_id, actor
      from journal where kind = 'Garment'
      union all
      select tenant, data ->> 'lpn', position, at, kind, id, version, type, data,
        partner, command_id, actor
      from journal where kind <> 'Garment' and data ->> 'lpn' is not null
    ) as e`,
});
