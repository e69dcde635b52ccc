import { declareRefusals } from "../../kernel/refusals.ts";

/** Why garments say no. */
export const garmentsRefusals = declareRefusals({
  "garment-unknown": { kind: "not-found", text: "No garment has this licence plate." },
  "lpn-taken": {
    kind: "conflict",
    text: "This licence plate names another garment already.",
    constraint: "garment_pkey",
  },
  "garment-status-forbids": {
    kind: "conflict",
    text: "Where the garment is in its life does not allow this.",
  },
  "grade-forbids-defects": {
    kind: "invalid",
    text: "A garment of this grade has no defects from wear.",
  },
  "grade-not-sellable": { kind: "conflict", text: "A garment of this grade is not sold." },
  "not-consigned": {
    kind: "conflict",
    text: "Only a consigned garment goes back to its owner.",
  },
  "garment-elsewhere": { kind: "conflict", text: "The garment is not in this bin." },
  "not-for-sale": {
    kind: "conflict",
    text: "A garment is put away once it is decided that it is sold.",
  },
  "reserved-for-another": {
    kind: "conflict",
    text: "The garment is reserved for another order line.",
  },
  "wrong-piece": { kind: "conflict", text: "The garment is not the one that the order line has." },
  "line-served": { kind: "conflict", text: "The order line has all its pieces already." },
});
