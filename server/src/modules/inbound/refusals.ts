import { declareRefusals } from "../../kernel/refusals.ts";

/** Why inbounds say no. */
export const inboundRefusals = declareRefusals({
  "inbound-ref-taken": {
    kind: "conflict",
    text: "This source has announced an inbound with this reference.",
    constraint: "inbound_ref_key",
  },
  "inbound-unknown": { kind: "not-found", text: "There is no such inbound." },
  "inbound-line-unknown": { kind: "not-found", text: "The inbound has no such line." },
  "inbound-closed": { kind: "conflict", text: "The inbound is closed." },
  "sku-not-expected": { kind: "conflict", text: "This line of the inbound expects another SKU." },
  "over-receipt": {
    kind: "conflict",
    text: "More pieces come in than were announced; that needs a reason.",
  },
  "discrepancy-unexplained": {
    kind: "conflict",
    text: "A line that was not received in full needs a reason.",
  },
  "nothing-to-explain": {
    kind: "invalid",
    text: "A reason is given for a line that was received as announced.",
  },
  "more-than-shipped": {
    kind: "conflict",
    text: "So many pieces of this order line were not shipped, or they come back already.",
  },
  "return-window-over": {
    kind: "conflict",
    text: "The pieces were shipped too long ago to be taken back.",
  },
  "piece-not-shipped": {
    kind: "conflict",
    text: "So many pieces of this order line were not shipped without a licence plate of their own.",
  },
});
