import type { SeededRandom } from "../seeded-random.ts";
import type { SampleBins } from "./bins.ts";
import type { SampleCommand } from "./planning.ts";

/** A batch holds more pieces than the books say, or fewer. */
export interface Correction {
  readonly ref: string;
  /** So many lay there when the day began. */
  readonly opening: number;
  readonly difference: number;
  readonly reason: string;
}

/** Plans which batches turn out to differ from the books in the afternoon. */
export function sampleCorrections(
  opening: readonly SampleCommand<"stock.addBatch">[],
  { lots }: SampleBins,
  random: SeededRandom,
): Correction[] {
  // The first bin is counted in the morning.
  const uncounted = opening.filter(({ input }) => input.bin !== lots[0]);
  const found = random.some(uncounted, Math.ceil(opening.length / 7));
  return found.map(({ input: { ref, qty: opening } }, at) =>
    at % 3 === 2
      ? { ref, opening, difference: random.int(1, 4), reason: "more pieces seen on the shelf" }
      : { ref, opening, difference: -random.int(2, 6), reason: "fewer pieces seen on the shelf" },
  );
}
