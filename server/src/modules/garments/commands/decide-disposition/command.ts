import { z } from "zod";
import { command } from "../../../../kernel/procedure.ts";
import { loadSettings } from "../../../settings/contract.ts";
import { loadGarment, withLoads } from "../../contract.ts";
import { disposition, lpn } from "../../inputs.ts";

/** It is decided what becomes of a graded garment; what is not sold leaves the house. */
export const decideDisposition = command
  .meta({
    scope: "garments:write",
    doc: "Decides whether a graded garment is sold, donated, recycled or returned to its owner.",
    example: { lpn: "LPN-000001", disposition: "sell" },
    refuses: [
      "garment-unknown",
      "garment-status-forbids",
      "grade-not-sellable",
      "not-consigned",
      "bin-being-counted",
    ],
  })
  .input(z.strictObject({ lpn: lpn(), disposition: disposition() }))
  .output(z.strictObject({ lpn: z.string(), disposition: disposition() }))
  .mutation(async ({ ctx, input: { lpn, disposition } }) => {
    const [{ grades }, garment] = await Promise.all([loadSettings(ctx), loadGarment(ctx, lpn)]);
    await withLoads(ctx, garment, (it) => it.decide(disposition, grades));
    return { lpn, disposition };
  });
