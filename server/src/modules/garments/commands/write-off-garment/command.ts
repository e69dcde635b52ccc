import { z } from "zod";
import { command } from "../../../../kernel/procedure.ts";
import { loadGarment, withLoads } from "../../contract.ts";
import { lpn, reason } from "../../inputs.ts";

/** The house gives a piece up: nobody will find it, or nobody wants it as it is. */
export const writeOffGarment = command
  .meta({
    scope: "garments:write",
    doc: "Writes a piece off; it leaves its bin. One that an order line has is set aside before.",
    example: { lpn: "LPN-000123", reason: "not found in three counts" },
    refuses: ["garment-unknown", "garment-status-forbids", "bin-being-counted"],
  })
  .input(z.strictObject({ lpn: lpn(), reason: reason() }))
  .output(z.strictObject({ lpn: z.string() }))
  .mutation(async ({ ctx, input: { lpn, reason } }) => {
    await withLoads(ctx, await loadGarment(ctx, lpn), (it) => it.writeOff(reason));
    return { lpn };
  });
