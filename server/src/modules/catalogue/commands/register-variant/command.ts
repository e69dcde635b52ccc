import { z } from "zod";
import { safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { sku } from "../../inputs.ts";
import { Variant } from "../../variant.ts";

const fact = () => safeText(200).optional();

/** Buying or a channel names a variant that the house may hold. */
export const registerVariant = command
  .meta({
    scope: "catalogue:write",
    doc: "Registers a variant: what a SKU is. Saying the same again changes nothing.",
    example: { sku: "TEE-RED-M", style: "TEE", colour: "Red", size: "M", category: "T-shirt" },
    refuses: ["variant-differs"],
    commutes: ["catalogue.registerVariant"],
  })
  .input(
    z.strictObject({
      sku: sku(),
      style: fact(),
      brand: fact(),
      colour: fact(),
      size: fact(),
      sizeSystem: fact(),
      category: fact(),
      material: fact(),
    }),
  )
  .output(z.strictObject({ sku: z.string(), registered: z.boolean() }))
  .mutation(async ({ ctx, input: { sku, ...facts } }) => {
    const [known] = await ctx.find(Variant, { sku });
    const variant = known ?? Variant.unregistered(ctx.tenant, sku);
    const event = variant.register(facts);
    if (event) ctx.record(event);
    return { sku, registered: event !== undefined };
  });
