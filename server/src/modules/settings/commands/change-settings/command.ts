import { z } from "zod";
import { count } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { gradesOfPieces } from "../../../garments/contract.ts";
import { gradesOfStock } from "../../../stock/contract.ts";
import { loadDecisions } from "../../contract.ts";
import { settingsChanges } from "../../inputs.ts";
import { settingsRefusals } from "../../refusals.ts";

/** The house decides anew: its grades, its carriers, how long it takes returns, its promises. */
export const changeSettings = command
  .meta({
    scope: "settings:write",
    doc: "Changes the house's settings; what is not named stays as it is.",
    example: { returnWindowDays: 60, carriers: [{ name: "post", cutOff: "17:30" }] },
    refuses: ["grade-in-use"],
  })
  .input(settingsChanges)
  .output(z.strictObject({ version: count(), changed: z.boolean() }))
  .mutation(async ({ ctx, input }) => {
    const house = await loadDecisions(ctx);
    const leaving = house.gradesWithout(input);
    if (leaving.length > 0) {
      const pieces = await gradesOfPieces(ctx, leaving);
      const used = new Set([...pieces, ...(await gradesOfStock(ctx, leaving))]);
      if (used.size > 0) throw settingsRefusals.because("grade-in-use", { grades: [...used] });
    }
    const event = house.decide(input);
    if (event) ctx.record(event);
    return { version: house.version, changed: event !== undefined };
  });
