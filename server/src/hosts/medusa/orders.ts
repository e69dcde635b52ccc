import type { InputOf } from "../../host/paths.ts";
import { type Variant, variantFields } from "./variants.ts";

/** What is read of an order of Medusa. */
export const orderFields: readonly string[] = [
  ...["id", "status", "created_at", "items.id", "items.unit_price", "items.variant_sku"],
  // Asked for as the item's own, Medusa leaves it out.
  "items.detail.quantity",
  ...variantFields.map((field) => `items.variant.${field}`),
];

/** An item of an order, as Medusa's query answers it. */
export interface Item {
  readonly id: string;
  readonly detail: { readonly quantity: number };
  readonly unit_price?: number | null;
  readonly variant_sku?: string | null;
  readonly variant?: Variant | null;
}

/** An order as Medusa's query answers it. */
export interface Order {
  readonly id: string;
  readonly status?: string;
  readonly created_at: string | Date;
  readonly items: readonly Item[];
}

/** The SKU of an item: of the variant as it is now, or as it was sold. */
export function skuOf({ variant, variant_sku }: Item): string | undefined {
  return variant?.sku ?? variant_sku ?? undefined;
}

/** An order as Selvedge takes it; undefined where there is nothing in it for a warehouse. */
export function orderOf(
  { id, status, created_at, items }: Order,
  channel: string,
): InputOf<"orders.placeOrder"> | undefined {
  // Told late, it may be cancelled by now.
  if (status === "canceled") return undefined;
  const lines = items
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((item) => {
      const sku = skuOf(item);
      if (sku === undefined) return [];
      // Medusa has prices in the currency's unit, whichever it is.
      const priceCents = Math.round(Number(item.unit_price ?? 0) * 100);
      return [{ sku, qty: Number(item.detail.quantity), priceCents }];
    });
  if (lines.length === 0) return undefined;
  return { channel, externalRef: id, orderedAt: new Date(created_at).toISOString(), lines };
}
