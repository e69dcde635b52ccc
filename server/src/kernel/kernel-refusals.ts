import { declareRefusals } from "./refusals.ts";

/** Why any command may be refused, whatever its slice says; no slice names these. */
export const kernelRefusals = declareRefusals({
  "changed-in-between": {
    kind: "conflict",
    text: "What this command changes was changed by others in between.",
  },
});
