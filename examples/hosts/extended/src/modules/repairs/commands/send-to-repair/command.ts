import { randomUUID } from "node:crypto";
import { command, id, keyText, safeText, z } from "@selvedge/server/kernel";
import { loadGarment, withLoads } from "@selvedge/server/modules/garments/contract";
import { lpn } from "@selvedge/server/modules/garments/inputs";
import { RepairJob } from "../../repair-job.ts";

/** A garment is worth sewing: it goes to a seamstress. */
export const sendToRepair = command
  .meta({
    scope: "repairs:write",
    doc: "Sends a garment to a seamstress, out of its bin if it lies in one.",
    example: { lpn: "LPN-000001", seamstress: "Amira", work: "sew the hem" },
    refuses: ["garment-unknown", "garment-status-forbids", "bin-being-counted", "repair-open"],
  })
  .input(z.strictObject({ lpn: lpn(), seamstress: keyText(), work: safeText(500) }))
  .output(z.strictObject({ repairId: id() }))
  .mutation(async ({ ctx, input }) => {
    const garment = await loadGarment(ctx, input.lpn);
    await withLoads(ctx, garment, (it) => it.sendToRework(input.work));
    const repairId = randomUUID();
    ctx.record(RepairJob.send({ ...input, tenant: ctx.tenant, id: repairId }, new Date()));
    return { repairId };
  });
