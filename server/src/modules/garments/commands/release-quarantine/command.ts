import { z } from "zod";
import { command } from "../../../../kernel/procedure.ts";
import { binsForSale, describeBins } from "../../../bins/contract.ts";
import { loadGarment } from "../../contract.ts";
import { lpn, reason } from "../../inputs.ts";

/** A piece was looked into and is fine. */
export const releaseQuarantine = command
  .meta({
    scope: "garments:write",
    doc:
      "Ends a piece's quarantine. In a pick or reserve bin it is for sale again at once; from any " +
      "other place it has to be put away, and graded where it was not.",
    example: { lpn: "LPN-000123", reason: "aired" },
    refuses: ["garment-unknown", "garment-status-forbids"],
  })
  .input(z.strictObject({ lpn: lpn(), reason: reason() }))
  .output(z.strictObject({ lpn: z.string(), status: z.string() }))
  .mutation(async ({ ctx, input: { lpn, reason } }) => {
    const garment = await loadGarment(ctx, lpn);
    const { warehouse, bin = null } = garment;
    const [place] = await describeBins(ctx, bin === null ? [] : [{ warehouse, bin }]);
    const isForSale = binsForSale.some((kind) => kind === place?.kind);
    ctx.record(garment.releaseQuarantine(reason, isForSale, new Date()));
    return { lpn, status: garment.status };
  });
