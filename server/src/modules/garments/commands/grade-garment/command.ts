import { z } from "zod";
import { command } from "../../../../kernel/procedure.ts";
import { gradeRuleOf, loadSettings } from "../../../settings/contract.ts";
import { grade } from "../../../stock/inputs.ts";
import { loadGarment } from "../../contract.ts";
import { defects, lpn } from "../../inputs.ts";

/** A grader has looked at one garment and says what it is worth. */
export const gradeGarment = command
  .meta({
    scope: "garments:write",
    doc: "Grades a garment that has come in, or come back from rework, and names its defects.",
    example: {
      ...{ lpn: "LPN-000001", grade: "B" },
      defects: [{ kind: "pilling", place: "left sleeve", severity: "minor" }],
    },
    refuses: [
      "garment-unknown",
      "garment-status-forbids",
      "grade-unknown",
      "grade-forbids-defects",
    ],
  })
  .input(z.strictObject({ lpn: lpn(), grade: grade(), defects: defects().default([]) }))
  .output(z.strictObject({ lpn: z.string(), grade: z.string(), sellable: z.boolean() }))
  .mutation(async ({ ctx, input }) => {
    const [settings, garment] = await Promise.all([loadSettings(ctx), loadGarment(ctx, input.lpn)]);
    const rule = gradeRuleOf(settings, input.grade);
    ctx.record(garment.gradeAs(rule, input.defects, new Date()));
    return { lpn: garment.lpn, grade: rule.code, sellable: rule.sellable };
  });
