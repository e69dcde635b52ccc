import { id, readModel, timestamp, z } from "@selvedge/server/kernel";

/** Which garments are with which seamstress, and which have come back. */
export const repairBoard = readModel({
  doc: "Repairs: which garment is with whom, for what work, and where the garment is now.",
  name: "repair_board",
  group: "repairs",
  scope: "repairs:read",
  key: ["tenant", "repair_id"],
  columns: {
    repair_id: id(),
    lpn: z.string(),
    sku: z.string(),
    seamstress: z.string(),
    work: z.string(),
    status: z.enum(["out", "done"]),
    garment_status: z.string(),
    sent_at: timestamp(),
    finished_at: timestamp().nullable(),
    result: z.string().nullable(),
  },
  filterBy: ["lpn", "seamstress", "status"],
  indexes: [["status", "sent_at"]],
  maintain: "byKey",
  freshWithinMs: 1_000,
  staleOn: {
    repair_job: "select tenant, id from changed",
    garment: "select tenant, id from changed join repair_job using (tenant, lpn)",
  },
  sql: `
    select j.tenant, j.id as repair_id, j.lpn, g.sku, j.seamstress, j.work, j.status,
      g.status as garment_status, j.sent_at, j.finished_at, j.result
    from repair_job as j
    join garment as g on g.tenant = j.tenant and g.lpn = j.lpn`,
});
