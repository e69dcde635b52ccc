import { z } from "zod";
import { keyText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { defaultWarehouse, warehouse } from "../../../stock/inputs.ts";
import { Bin } from "../../bin.ts";
import { binCode, binKind, capacity, pickSequence } from "../../inputs.ts";

/** The warehouse has a new place to put pieces. */
export const registerBin = command
  .meta({
    scope: "bins:write",
    doc: "Registers a bin: where it is and what it is for. Saying the same again changes nothing.",
    example: { code: "A-01-3", zone: "A", pickSequence: 13, kind: "pick", capacity: 40 },
    refuses: ["bin-differs"],
    commutes: ["bins.registerBin"],
  })
  .input(
    z.strictObject({
      warehouse: warehouse().default(defaultWarehouse),
      code: binCode(),
      zone: keyText(),
      pickSequence: pickSequence(),
      kind: binKind(),
      capacity: capacity(),
    }),
  )
  .output(z.strictObject({ warehouse: z.string(), code: z.string(), registered: z.boolean() }))
  .mutation(async ({ ctx, input: { warehouse, code, ...facts } }) => {
    const [known] = await ctx.find(Bin, { warehouse, code });
    if (known) known.requireFacts(facts);
    else ctx.record(Bin.register({ tenant: ctx.tenant, warehouse, code }, facts));
    return { warehouse, code, registered: known === undefined };
  });
