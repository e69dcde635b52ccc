import type { InputOf } from "../../host/paths.ts";

/** What is read of a variant of Medusa. */
export const variantFields: readonly string[] = [
  ...["id", "sku", "material", "options.value", "options.option.title"],
  ...["product.handle", "product.material", "product.type.value"],
];

/** A variant as Medusa's query answers it. */
export interface Variant {
  readonly id: string;
  readonly sku?: string | null;
  readonly material?: string | null;
  readonly options?: readonly {
    readonly value: string;
    readonly option?: { readonly title?: string | null } | null;
  }[];
  readonly product?: {
    readonly handle?: string | null;
    readonly material?: string | null;
    readonly type?: { readonly value?: string | null } | null;
  } | null;
}

/** What Selvedge is to know of a variant; undefined where it has no SKU. */
export function variantOf(variant: Variant): InputOf<"catalogue.registerVariant"> | undefined {
  const { sku, options = [], material, product } = variant;
  if (!sku) return undefined;
  const option = (...titles: string[]) =>
    options.find(({ option: of }) => titles.includes(of?.title?.toLowerCase() ?? ""))?.value;
  const facts = {
    style: product?.handle,
    colour: option("colour", "color"),
    size: option("size"),
    category: product?.type?.value,
    material: material ?? product?.material,
  };
  return { sku, ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value)) };
}
