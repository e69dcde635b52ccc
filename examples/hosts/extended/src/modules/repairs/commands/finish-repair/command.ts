import { command, id, safeText, z } from "@selvedge/server/kernel";
import { loadGarment } from "@selvedge/server/modules/garments/contract";
import { repairsRefusals } from "../../refusals.ts";
import { RepairJob } from "../../repair-job.ts";

/** The seamstress is done, and the garment is back. */
export const finishRepair = command
  .meta({
    scope: "repairs:write",
    doc: "Takes a garment back from its seamstress; it is graded anew then.",
    example: { repairId: "6c2f7b64-6d6e-4f0c-9a53-0f1b7c1a2b3c", result: "hem sewn" },
    refuses: ["repair-unknown", "repair-done"],
  })
  .input(z.strictObject({ repairId: id(), result: safeText(500) }))
  .output(z.strictObject({ lpn: z.string() }))
  .mutation(async ({ ctx, input: { repairId, result } }) => {
    const unknown = () => repairsRefusals.because("repair-unknown", { repairId });
    const job = await ctx.load(RepairJob, { id: repairId }, unknown);
    ctx.record(job.finish(result, new Date()));
    const garment = await loadGarment(ctx, job.lpn);
    // Somebody may have taken it back, or missed it, by Selvedge's own commands.
    if (garment.status === "rework") ctx.record(garment.completeRework(result));
    return { lpn: job.lpn };
  });
