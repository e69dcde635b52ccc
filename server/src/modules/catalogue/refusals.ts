import { declareRefusals } from "../../kernel/refusals.ts";

/** Why the catalogue says no. */
export const catalogueRefusals = declareRefusals({
  "variant-differs": {
    kind: "conflict",
    text: "This SKU is registered with other facts.",
  },
  "variant-unknown": {
    kind: "not-found",
    text: "No variant is registered under this SKU.",
  },
});
