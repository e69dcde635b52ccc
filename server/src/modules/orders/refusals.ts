import { declareRefusals } from "../../kernel/refusals.ts";

/** Why orders say no. */
export const ordersRefusals = declareRefusals({
  "external-ref-taken": {
    kind: "conflict",
    text: "This channel has placed an order with this reference.",
    constraint: "sales_order_external_ref_key",
  },
  "order-unknown": { kind: "not-found", text: "There is no such order." },
  "line-unknown": { kind: "not-found", text: "The order has no such line." },
  "line-smaller": { kind: "conflict", text: "The order line has fewer pieces than that." },
  "order-held": { kind: "conflict", text: "The order is held." },
  "order-not-held": { kind: "conflict", text: "The order is not held." },
  "order-cancelled": { kind: "conflict", text: "The order is cancelled." },
});
