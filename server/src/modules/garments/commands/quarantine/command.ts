import { z } from "zod";
import { command } from "../../../../kernel/procedure.ts";
import { freePiece } from "../../freeing.ts";
import { lineAgain, lpn, reason } from "../../inputs.ts";

/** Something about a piece has to be looked into before anybody gets it. */
export const quarantine = command
  .meta({
    scope: "garments:write",
    doc:
      "Sets a piece aside. An order line that had it tries for other stock at once; `freed` says " +
      "what it has now.",
    example: { lpn: "LPN-000123", reason: "smells of smoke" },
    refuses: ["garment-unknown", "garment-status-forbids"],
  })
  .input(z.strictObject({ lpn: lpn(), reason: reason() }))
  .output(z.strictObject({ lpn: z.string(), freed: lineAgain().nullable() }))
  .mutation(async ({ ctx, input: { lpn, reason } }) => {
    const { freed } = await freePiece(ctx, lpn, (it) => it.quarantine(reason));
    return { lpn, freed: freed && { ...freed, lpns: [...freed.lpns] } };
  });
