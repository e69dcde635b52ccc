import type { QueryConfig } from "pg";
import { type Costs, CostTally } from "./cost-tally.ts";
import type { RowsFrom } from "./read-model-rows.ts";

/** Makes the statement of a read that was answered anew, for rows from elsewhere. */
export type Again = (from: "kept" | "live") => QueryConfig;

/** A read that was picked to be run once more. */
export interface Picked {
  readonly readModel: string;
  readonly again: Again;
}

const costsOf: Readonly<Record<RowsFrom, (tookMs: number) => Partial<Costs>>> = {
  kept: (tookMs) => ({ keptReads: 1, keptMs: tookMs }),
  patched: (tookMs) => ({ patchedReads: 1, patchedMs: tookMs }),
  live: (tookMs) => ({ liveReads: 1, liveMs: tookMs }),
};

/** Counts in memory what queries read, and picks reads at random to be run once more. */
export class ReadTally {
  readonly costs = new CostTally();
  readonly #random: () => number;
  readonly #picks = new Map<string, { seen: number; again: Again }>();

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /**
   * A query was answered from a read model's rows, from there, after so long. `again` is left out
   * where there are no kept rows to compare with.
   */
  answered(readModel: string, from: RowsFrom, tookMs: number, again?: Again): void {
    this.costs.add(readModel, costsOf[from](tookMs));
    if (!again) return;
    const pick = this.#picks.get(readModel);
    if (!pick) {
      this.#picks.set(readModel, { seen: 1, again });
      return;
    }
    pick.seen += 1;
    // So each of the reads since the last pick is as likely to be the next one.
    if (this.#random() * pick.seen < 1) pick.again = again;
  }

  /** Hands over a read of each read model that answers to `wants`. */
  pick(wants: (readModel: string) => boolean): Picked[] {
    const picked = [...this.#picks]
      .filter(([readModel]) => wants(readModel))
      .map(([readModel, { again }]) => ({ readModel, again }));
    for (const { readModel } of picked) this.#picks.delete(readModel);
    return picked;
  }
}
