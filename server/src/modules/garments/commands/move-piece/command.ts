import { z } from "zod";
import { command } from "../../../../kernel/procedure.ts";
import { binsForSale } from "../../../bins/contract.ts";
import { binCode } from "../../../bins/inputs.ts";
import { loadGarment, withLoads } from "../../contract.ts";
import { lpn } from "../../inputs.ts";

/** Somebody carries a piece from one bin to another. */
export const movePiece = command
  .meta({
    scope: "garments:write",
    doc: "Moves a piece between bins; the scan of the first one proves that it was there.",
    example: { lpn: "LPN-000123", fromBin: "A-01-3", toBin: "B-02-1" },
    refuses: [
      ...["garment-unknown", "garment-status-forbids", "garment-elsewhere"],
      ...["bin-unknown", "bin-unfit", "bin-full", "bin-being-counted"],
    ],
    commutes: ["stock.allocateLine", "orders.placeOrder"],
  })
  .input(z.strictObject({ lpn: lpn(), fromBin: binCode(), toBin: binCode() }))
  .output(z.strictObject({ lpn: z.string(), bin: z.string() }))
  .mutation(async ({ ctx, input: { lpn, fromBin, toBin } }) => {
    const garment = await loadGarment(ctx, lpn);
    const kinds = garment.status === "quarantined" ? (["quarantine"] as const) : binsForSale;
    await withLoads(ctx, garment, (it) => it.move(fromBin, toBin, new Date()), kinds);
    return { lpn, bin: toBin };
  });
