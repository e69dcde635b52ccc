import type { CommandScope } from "../../kernel/unit-of-work.ts";
import type { BinKind } from "./bin.ts";
import { binKeyText, findBins, holdBins } from "./loading.ts";
import { binsRefusals } from "./refusals.ts";

/** So many pieces that go into a bin, or out of it where the number is below zero. */
export interface Load {
  readonly warehouse: string;
  readonly bin: string;
  readonly pieces: number;
  /** What the bin has to be for, where that matters. */
  readonly kinds?: readonly BinKind[];
  /** `books`: what lies in it stays as it is, and so the bin may be counted meanwhile. */
  readonly what?: "pieces" | "books";
}

/** The way of pieces from one bin to another one; null is none. */
export interface Way {
  readonly from: string | null;
  readonly to: string | null;
  readonly pieces?: number;
  /** What the bin that they go into has to be for. */
  readonly kinds?: readonly BinKind[] | undefined;
}

/** What is sold lies in bins that pickers take from, or in such as fill those up. */
export const binsForSale = ["pick", "reserve"] as const satisfies readonly BinKind[];

type BinScope = Pick<CommandScope, "find" | "record">;

/**
 * Changes what lies in bins, whose rows are held from here on, in a fixed order: after orders,
 * stock and garments, everywhere. Answers what kind each bin is of.
 */
export async function changeLoads(
  ctx: BinScope,
  loads: readonly Load[],
): Promise<ReadonlyMap<string, BinKind>> {
  const bins = await holdBins(ctx, loads);
  for (const { warehouse, bin: code, pieces, kinds, what } of loads) {
    const bin = bins.get(binKeyText(warehouse, code));
    if (!bin) throw binsRefusals.because("bin-unknown", { warehouse, bin: code });
    if (kinds) bin.requireKind(kinds);
    bin.hold(pieces, what);
  }
  return new Map([...bins.values()].map(({ code, kind }) => [code, kind]));
}

/**
 * Where pieces move: out of what they were in, into what they are in now. What is put where it lies
 * has to fit in there like anything else.
 */
export function loadsOf(warehouse: string, { from, to, pieces = 1, kinds }: Way): Load[] {
  if (from === to) return to === null || !kinds ? [] : [{ warehouse, bin: to, pieces: 0, kinds }];
  const out = from === null ? [] : [{ warehouse, bin: from, pieces: -pieces }];
  return to === null ? out : [...out, { warehouse, bin: to, pieces, ...(kinds && { kinds }) }];
}

/** Asks that bins be counted, since something was not as it should be. */
export async function askForCounts(
  ctx: BinScope,
  places: readonly { warehouse: string; bin: string; reason: string }[],
): Promise<void> {
  const bins = await holdBins(ctx, places);
  for (const { warehouse, bin, reason } of places) {
    const event = bins.get(binKeyText(warehouse, bin))?.askForCount(reason);
    if (event) ctx.record(event);
  }
}

/** What a picker's way to some bins is, and what they are for. */
export async function describeBins(
  ctx: Pick<CommandScope, "find">,
  places: readonly { warehouse: string; bin: string }[],
): Promise<
  { warehouse: string; code: string; kind: BinKind; zone: string; pickSequence: number }[]
> {
  const found = await findBins(ctx, places, false);
  return found.map(({ warehouse, code, kind, zone, pickSequence }) => {
    return { warehouse, code, kind, zone, pickSequence };
  });
}
