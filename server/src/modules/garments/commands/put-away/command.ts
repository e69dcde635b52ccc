import { z } from "zod";
import { command } from "../../../../kernel/procedure.ts";
import { binsForSale } from "../../../bins/contract.ts";
import { binCode } from "../../../bins/inputs.ts";
import { loadGarment, withLoads } from "../../contract.ts";
import { lpn } from "../../inputs.ts";

/** A graded piece is put where it is sold from, or a quarantined one where it is set aside. */
export const putAway = command
  .meta({
    scope: "garments:write",
    doc:
      "Puts a piece into a bin: one that is to be sold into a pick or reserve bin, one in " +
      "quarantine into a quarantine bin.",
    example: { lpn: "LPN-000123", bin: "A-01-3" },
    refuses: [
      ...["garment-unknown", "garment-status-forbids", "not-for-sale"],
      ...["bin-unknown", "bin-unfit", "bin-full", "bin-being-counted"],
    ],
    commutes: ["stock.allocateLine"],
  })
  .input(z.strictObject({ lpn: lpn(), bin: binCode() }))
  .output(z.strictObject({ lpn: z.string(), bin: z.string(), status: z.string() }))
  .mutation(async ({ ctx, input: { lpn, bin } }) => {
    const garment = await loadGarment(ctx, lpn);
    const kinds = garment.status === "quarantined" ? (["quarantine"] as const) : binsForSale;
    await withLoads(ctx, garment, (it) => it.putAway(bin, new Date()), kinds);
    return { lpn, bin, status: garment.status };
  });
