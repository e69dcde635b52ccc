import { declareRefusals, Refusal } from "./refusals.ts";

/** Why any command may be refused, whatever its slice says; no slice names these. */
export const kernelRefusals = declareRefusals({
  "changed-in-between": {
    kind: "conflict",
    text: "What this command changes was changed by others in between.",
  },
  "decision-stale": {
    kind: "conflict",
    text: "What this command was decided on is no longer so.",
  },
});

/** Refuses a command for one of these reasons, in words that say what of. */
export function refuseAnyCommand(
  reason: keyof typeof kernelRefusals.reasons,
  words: string,
  details: Record<string, unknown>,
): Refusal {
  const declared = kernelRefusals.reasons[reason];
  return new Refusal(reason, { ...declared, text: `${declared.text} ${words}.` }, details);
}
