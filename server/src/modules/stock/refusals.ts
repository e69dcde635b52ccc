import { declareRefusals } from "../../kernel/refusals.ts";

/** Why stock says no. */
export const stockRefusals = declareRefusals({
  "batch-ref-taken": {
    kind: "conflict",
    text: "A batch with this reference exists.",
    constraint: "batch_pkey",
  },
  "batch-unknown": { kind: "not-found", text: "There is no batch with this reference." },
  "line-not-allocated": { kind: "conflict", text: "This order line has no stock allocated." },
});
