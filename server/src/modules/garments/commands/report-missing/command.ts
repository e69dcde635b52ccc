import { z } from "zod";
import { command } from "../../../../kernel/procedure.ts";
import { askForCounts, changeLoads, loadsOf } from "../../../bins/contract.ts";
import { binCode } from "../../../bins/inputs.ts";
import { freePiece } from "../../freeing.ts";
import { lineAgain, lpn } from "../../inputs.ts";

/** Somebody stands before a bin, and a piece that should lie in it does not. */
export const reportMissing = command
  .meta({
    scope: "garments:write",
    doc:
      "Says that a piece is not in its bin, and asks for a count of that bin. An order line that " +
      "had the piece tries for other stock at once; `freed` says what it has now.",
    example: { lpn: "LPN-000123", bin: "A-01-3" },
    refuses: ["garment-unknown", "garment-elsewhere", "bin-being-counted"],
  })
  .input(z.strictObject({ lpn: lpn(), bin: binCode() }))
  .output(z.strictObject({ lpn: z.string(), freed: lineAgain().nullable() }))
  .mutation(async ({ ctx, input: { lpn, bin } }) => {
    const missing = await freePiece(ctx, lpn, (it) => it.miss(bin, "reported missing"));
    const { warehouse } = missing.garment;
    await changeLoads(ctx, loadsOf(warehouse, { from: bin, to: null }));
    await askForCounts(ctx, [{ warehouse, bin, reason: `${lpn} is missing` }]);
    const { freed } = missing;
    return { lpn, freed: freed && { ...freed, lpns: [...freed.lpns] } };
  });
