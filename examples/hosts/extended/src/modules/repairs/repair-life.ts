import { declareLife } from "@selvedge/server/kernel";

/** What a repair goes through. */
export const repairLife = declareLife("RepairJob", "out", {
  finish: { from: ["out"], to: "done" },
});

/** Where a repair is in its life. */
export type RepairStatus = ReturnType<typeof repairLife.after>;
