/** What the last word of a source may say of an order line, in the warehouse's words. */
export const outcomes = [
  "placed",
  "cancelled",
  "shipped",
  "delivered",
  "returning",
  "returned",
  "lost",
] as const;

/** Where an order line has got to. */
export type Outcome = (typeof outcomes)[number];

/** An outcome that only pieces have which a carrier took. */
export type ShippedOutcome = Exclude<Outcome, "placed" | "cancelled">;

/** Whether pieces of such a line have left the house. */
export function wasShipped(outcome: Outcome): outcome is ShippedOutcome {
  return outcome !== "placed" && outcome !== "cancelled";
}

/** What a carrier's own status may say of a line. */
export const courierWords = ["unshipped", "shipped", "cancelled"] as const;

/** Whether a carrier's word and an outcome can both be true. */
export function canBoth(word: (typeof courierWords)[number], outcome: Outcome): boolean {
  if (word === "cancelled") return outcome === "cancelled";
  return (word === "shipped") === wasShipped(outcome);
}
