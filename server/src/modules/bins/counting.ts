import type { CommandScope } from "../../kernel/unit-of-work.ts";
import type { CountResult } from "./bin.ts";
import { type BinPlace, binKeyText, holdBins } from "./loading.ts";
import { binsRefusals } from "./refusals.ts";

/** Who counts: a lead may end the count that somebody else has started. */
export interface Counter {
  readonly actor: string;
  readonly isLead: boolean;
}

/**
 * Ends a bin's count. Pieces that should have lain in other bins leave those, which may be counted
 * themselves just now: whoever does that does not see them.
 */
export async function closeCount(
  ctx: Pick<CommandScope, "find" | "record">,
  place: BinPlace,
  { actor, isLead }: Counter,
  { movedFrom, ...result }: CountResult & { readonly movedFrom: readonly string[] },
): Promise<void> {
  const { warehouse } = place;
  const others = movedFrom.map((bin) => ({ warehouse, bin }));
  const bins = await holdBins(ctx, [place, ...others]);
  const counted = bins.get(binKeyText(warehouse, place.bin));
  if (!counted) throw binsRefusals.because("bin-unknown", { ...place });
  counted.requireCounting(actor, isLead);
  for (const { bin } of others) bins.get(binKeyText(warehouse, bin))?.hold(-1, "books");
  ctx.record(counted.endCount(result, new Date()));
}
