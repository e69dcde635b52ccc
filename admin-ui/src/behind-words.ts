import type { BehindData } from "@selvedge/sdk";
import { countOf, formatClock } from "./format.ts";

/**
 * What a read model is behind in, in the house's own things: `5 orders, 3 of them with a 17:00
 * cut-off; 37 garments`. Nothing where nothing of the house waits.
 */
export function behindWords({ things, cutOffs, isAtLeast }: BehindData): string {
  const told = things.map(({ kind, count }) => {
    const first = cutOffs.find((one) => one.kind === kind);
    const all = countOf(count, ...nounsOf(kind));
    if (!first) return all;
    const cutOff = `with a ${formatClock(first.at).slice(0, -3)} cut-off`;
    return first.count === count ? `${all} ${cutOff}` : `${all}, ${first.count} of them ${cutOff}`;
  });
  return `${isAtLeast && told.length > 0 ? "at least " : ""}${told.join("; ")}`;
}

/** `SkuStock` to `sku stock` and `sku stocks`. */
function nounsOf(kind: string): [one: string, many: string] {
  const one = kind.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  if (one.endsWith("s")) return [one, one];
  return [one, `${one}${/(ch|sh|x)$/.test(one) ? "es" : "s"}`];
}
