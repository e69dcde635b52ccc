import { z } from "zod";
import { safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { loadGarment } from "../../contract.ts";
import { lpn } from "../../inputs.ts";

/** The workshop is done with a garment: it waits to be graded anew. */
export const completeRework = command
  .meta({
    scope: "garments:write",
    doc: "Takes a garment back from the workshop; it needs a new grade then.",
    example: { lpn: "LPN-000001", result: "hem sewn" },
    refuses: ["garment-unknown", "garment-status-forbids"],
  })
  .input(z.strictObject({ lpn: lpn(), result: safeText(500) }))
  .output(z.strictObject({ lpn: z.string() }))
  .mutation(async ({ ctx, input: { lpn, result } }) => {
    const garment = await loadGarment(ctx, lpn);
    ctx.record(garment.completeRework(result));
    return { lpn };
  });
