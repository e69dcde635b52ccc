import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { catalogueRefusals } from "./refusals.ts";
import { Variant } from "./variant.ts";

/** Refuses unless every SKU is registered. */
export async function requireVariants(
  ctx: Pick<CommandScope, "find">,
  skus: Iterable<string>,
): Promise<void> {
  const wanted = [...new Set(skus)];
  const known = new Set((await ctx.find(Variant, { sku: wanted })).map(({ sku }) => sku));
  const unknown = wanted.filter((sku) => !known.has(sku));
  if (unknown.length > 0) {
    throw catalogueRefusals.because("variant-unknown", { skus: unknown.slice(0, 20) });
  }
}
