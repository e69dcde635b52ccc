import { z } from "zod";
import { command } from "../../../../kernel/procedure.ts";
import { gradeRuleOf, loadSettings } from "../../../settings/contract.ts";
import { grade } from "../../../stock/inputs.ts";
import { loadGarment } from "../../contract.ts";
import { defects, lpn, reason } from "../../inputs.ts";

/** Somebody has looked again: the grade was wrong, or is no longer right. */
export const regradeGarment = command
  .meta({
    scope: "garments:write",
    doc: "Corrects a garment's grade, as long as nobody has it reserved; defects stay if not named.",
    example: { lpn: "LPN-000001", grade: "C", reason: "stain seen in daylight" },
    refuses: [
      "garment-unknown",
      "garment-status-forbids",
      "grade-unknown",
      "grade-forbids-defects",
    ],
  })
  .input(
    z.strictObject({
      lpn: lpn(),
      grade: grade(),
      defects: defects().optional(),
      reason: reason(),
    }),
  )
  .output(z.strictObject({ lpn: z.string(), grade: z.string(), before: z.string().nullable() }))
  .mutation(async ({ ctx, input }) => {
    const [settings, garment] = await Promise.all([loadSettings(ctx), loadGarment(ctx, input.lpn)]);
    const rule = gradeRuleOf(settings, input.grade);
    ctx.record(garment.regradeAs(rule, input.defects ?? garment.defects, input.reason));
    return { lpn: garment.lpn, grade: rule.code, before: garment.gradeBefore ?? null };
  });
