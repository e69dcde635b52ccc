import { z } from "zod";
import { timestamp } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { defaultWarehouse, warehouse } from "../../../stock/inputs.ts";
import { Bin } from "../../bin.ts";
import { binCode } from "../../inputs.ts";
import { binsRefusals } from "../../refusals.ts";

/** Somebody stands before a bin to count it; what is expected there is not told. */
export const startCount = command
  .meta({
    scope: "bins:write",
    doc: "Starts to count a bin: nothing goes in or out until the count is submitted.",
    example: { bin: "A-01-3" },
    refuses: ["bin-unknown", "bin-being-counted"],
  })
  .input(z.strictObject({ warehouse: warehouse().default(defaultWarehouse), bin: binCode() }))
  .output(z.strictObject({ warehouse: z.string(), bin: z.string(), countSince: timestamp() }))
  .mutation(async ({ ctx, input: { warehouse, bin: code } }) => {
    const unknown = () => binsRefusals.because("bin-unknown", { warehouse, bin: code });
    const bin = await ctx.load(Bin, { warehouse, code }, unknown, { lock: true });
    const at = new Date();
    ctx.record(bin.startCount(ctx.identity.actor, at));
    return { warehouse, bin: code, countSince: at.toISOString() };
  });
