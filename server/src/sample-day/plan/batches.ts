import type { SeededRandom } from "../seeded-random.ts";
import type { SampleGrade, SampleVariant } from "../wardrobe.ts";
import type { SampleBins } from "./bins.ts";
import { people, turn } from "./people.ts";
import type { Planning, SampleCommand, Script } from "./planning.ts";

/** A batch that somebody has announced, and what is done when it comes in. */
export interface AnnouncedBatch {
  readonly announcement: SampleCommand<"stock.addBatch">;
  /** Empty where it comes on a later day. */
  readonly arrival: Script;
}

/** Some SKU in some grade, as batches hold it. */
export interface SampleStock {
  readonly sku: string;
  readonly grade: SampleGrade;
}

/** What the house stocks in batches: of each variant its two most frequent grades. */
export function stockOf(wardrobe: readonly SampleVariant[]): SampleStock[] {
  return wardrobe.flatMap(({ facts, grades }) =>
    grades.slice(0, 2).map((grade) => ({ sku: facts.sku, grade })),
  );
}

/** What lies on the shelves when the day begins. */
export function openingBatches(
  { label, command }: Planning,
  wardrobe: readonly SampleVariant[],
  bins: SampleBins,
  random: SeededRandom,
): SampleCommand<"stock.addBatch">[] {
  const bestSellers = wardrobe.length / 5;
  return wardrobe.flatMap((variant, at) =>
    stockOf([variant]).map(({ sku, grade }, rank) => {
      // Buyers stock up on what sells, and are wrong at times.
      const demand = (at < bestSellers ? 28 : 14) / (rank + 1);
      const qty = Math.ceil(demand * (0.6 + random.next()));
      const ref = `sample/${label}/opening/${sku}/${grade}`;
      const batch = { ref, sku, grade, qty, bin: turn(bins.lots, at + rank) };
      return command(people.lead, "stock.addBatch", ref, batch);
    }),
  );
}

/** What is on its way when the day begins; the first of it comes at noon. */
export function announcedBatches(
  { day, label, command }: Planning,
  wardrobe: readonly SampleVariant[],
  bins: SampleBins,
  random: SeededRandom,
): AnnouncedBatch[] {
  const chosen = wardrobe.filter(() => random.chance(0.3));
  return chosen.map(({ facts, grades: [grade = "N"] }, at) => {
    const days = at % 4;
    const comes = new Date(`${day}T11:00:00.000Z`);
    comes.setUTCDate(comes.getUTCDate() + days);
    const { sku } = facts;
    const ref = `sample/${label}/announced/${sku}/${grade}`;
    const batch = { ref, sku, grade, qty: random.int(5, 30), eta: comes.toISOString() };
    const as = turn(people.dock, at);
    const stow = { ref, bin: turn(bins.reserve, at) };
    return {
      announcement: command(people.lead, "stock.addBatch", ref, batch),
      arrival: [
        command(as, "stock.receiveBatch", ref, { ref }),
        command(turn(people.stowers, at), "stock.putAwayLot", ref, stow),
      ].slice(0, days === 0 ? 2 : 0),
    };
  });
}
