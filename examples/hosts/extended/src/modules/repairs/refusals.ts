import { declareRefusals } from "@selvedge/server/kernel";

/** Why repairs say no. */
export const repairsRefusals = declareRefusals({
  "repair-unknown": { kind: "not-found", text: "There is no such repair." },
  "repair-done": { kind: "conflict", text: "The garment is back from this repair." },
  "repair-open": {
    kind: "conflict",
    text: "The garment is with a seamstress already.",
    constraint: "repair_job_open",
  },
});
