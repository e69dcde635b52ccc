import { declareRefusals } from "../../kernel/refusals.ts";

/** Why stock says no. */
export const stockRefusals = declareRefusals({
  "batch-ref-taken": {
    kind: "conflict",
    text: "A batch with this reference exists.",
    constraint: "batch_pkey",
  },
  "batch-unknown": { kind: "not-found", text: "There is no batch with this reference." },
  "batch-here": { kind: "conflict", text: "The batch has come in already." },
  "batch-not-here": { kind: "conflict", text: "The batch has not come in yet." },
  "batch-short": {
    kind: "conflict",
    text: "The batch holds fewer pieces than that which are not picked.",
  },
  "batch-too-large": { kind: "conflict", text: "A batch holds 1,000,000 pieces at most." },
  "batch-picked": {
    kind: "conflict",
    text: "More pieces of the batch are picked already than it would hold.",
  },
  "line-picked": { kind: "conflict", text: "The pieces of this order line are picked already." },
  "not-picked": { kind: "conflict", text: "So many pieces of this order line are not picked." },
  "line-not-allocated": { kind: "conflict", text: "This order line has no stock allocated." },
});
