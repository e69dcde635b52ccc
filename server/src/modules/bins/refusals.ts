import { declareRefusals } from "../../kernel/refusals.ts";

/** Why bins say no. */
export const binsRefusals = declareRefusals({
  "bin-unknown": { kind: "not-found", text: "The warehouse has no such bin." },
  "bin-differs": { kind: "conflict", text: "This bin is registered with other facts." },
  "bin-full": {
    kind: "conflict",
    text: "The bin has no room left.",
    constraint: "bin_not_overfull",
  },
  "bin-unfit": { kind: "conflict", text: "The bin is of a kind that this does not go into." },
  "bin-being-counted": {
    kind: "conflict",
    text: "The bin is being counted; nothing goes in or out until that is done.",
  },
  "bin-not-being-counted": { kind: "conflict", text: "Nobody is counting this bin." },
  "counted-by-another": {
    kind: "conflict",
    text: "Who has started to count a bin ends it, or a lead does.",
  },
});
