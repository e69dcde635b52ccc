import { z } from "zod";
import { safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { loadGarment, withLoads } from "../../contract.ts";
import { lpn } from "../../inputs.ts";

/** A garment is worth some work: washing, sewing, a new button. */
export const sendToRework = command
  .meta({
    scope: "garments:write",
    doc: "Sends a graded garment to the workshop, out of its bin if it lies in one.",
    example: { lpn: "LPN-000001", work: "sew the hem" },
    refuses: ["garment-unknown", "garment-status-forbids", "bin-being-counted"],
  })
  .input(z.strictObject({ lpn: lpn(), work: safeText(500) }))
  .output(z.strictObject({ lpn: z.string() }))
  .mutation(async ({ ctx, input: { lpn, work } }) => {
    const garment = await loadGarment(ctx, lpn);
    await withLoads(ctx, garment, (it) => it.sendToRework(work));
    return { lpn };
  });
