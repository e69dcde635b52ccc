import { declareRefusals } from "../../kernel/refusals.ts";

/** Why settings say no. */
export const settingsRefusals = declareRefusals({
  "grade-unknown": { kind: "invalid", text: "The house has no such grade." },
  "grade-in-use": {
    kind: "conflict",
    text: "The house has pieces of a grade that would no longer be one.",
  },
});
