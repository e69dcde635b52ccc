import { z } from "zod";

/** Where a lag is going. */
export const lagTrend = z.enum(["growing", "steady", "shrinking"]);

/** Where a lag is going. */
export type LagTrend = z.infer<typeof lagTrend>;

interface Sample {
  readonly at: string;
  readonly lagMs: number | null;
}

// A sample comes every five seconds; what moved since the newest may be chance.
const backMs = 15_000;
const movedShare = 0.1;

/**
 * Where a lag is going: against what it was some fifteen seconds before `at`. Within its promise it
 * is steady, as the lag of what is refreshed at intervals always goes up and down; null where it,
 * or what it was, is not known.
 */
export function trendOf(
  { lagMs, promiseMs, at }: { lagMs: number | null; promiseMs: number; at: string },
  samples: readonly Sample[],
): LagTrend | null {
  if (lagMs === null) return null;
  if (lagMs <= promiseMs) return "steady";
  const until = Date.parse(at) - backMs;
  const before = samples.findLast((sample) => Date.parse(sample.at) <= until)?.lagMs ?? null;
  if (before === null) return null;
  const moved = lagMs - before;
  if (Math.abs(moved) < movedShare * Math.max(lagMs, before)) return "steady";
  return moved > 0 ? "growing" : "shrinking";
}
