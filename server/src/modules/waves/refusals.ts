import { declareRefusals } from "../../kernel/refusals.ts";

/** Why waves say no. */
export const wavesRefusals = declareRefusals({
  "wave-unknown": { kind: "not-found", text: "There is no such wave." },
  "wave-status-forbids": {
    kind: "conflict",
    text: "Where the wave is in its life does not allow this.",
  },
  "task-unknown": { kind: "not-found", text: "The wave has no such task." },
  "task-ended": { kind: "conflict", text: "The task is picked, short or cancelled already." },
  "task-of-another": { kind: "conflict", text: "The task is another picker's." },
  "scan-differs": { kind: "conflict", text: "What was scanned is not what the task is about." },
  "line-in-wave": {
    kind: "conflict",
    text: "What is to be picked for the order is in an open wave already.",
    constraint: "pick_task_open_key",
  },
  "order-incomplete": { kind: "conflict", text: "Not all pieces of the order are in the house." },
  "nothing-to-pick": { kind: "conflict", text: "There is nothing to pick for this wave." },
});
