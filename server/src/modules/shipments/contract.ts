import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { loadItems } from "./loading.ts";
import { ParcelItem } from "./parcel-item.ts";
import { shipmentsRefusals } from "./refusals.ts";
import { Shipment } from "./shipment.ts";
import { unpack } from "./unpacking.ts";

/** Pieces of an order line that a carrier has or had. */
export interface ShippedPieces {
  readonly line: number;
  readonly sku: string;
  readonly grade: string;
  readonly qty: number;
  readonly lpn: string | null;
  readonly batch: string | null;
  readonly handedOverAt: Date;
  readonly status: "handedOver" | "delivered" | "lost";
}

/** What of an order has been handed over, parcel by parcel; the caller holds the order's row. */
export async function shippedOf(
  ctx: Pick<CommandScope, "find">,
  orderId: string,
): Promise<ShippedPieces[]> {
  const status = ["handedOver", "delivered", "lost"];
  const [shipments, items] = await Promise.all([
    ctx.find(Shipment, { orderId, status }),
    ctx.find(ParcelItem, { orderId }, { orderBy: { line: "asc", item: "asc" } }),
  ]);
  const byId = new Map(shipments.map((shipment) => [shipment.id, shipment]));
  return items.flatMap(({ shipmentId, line, sku, grade, qty, lpn = null, batch = null }) => {
    const { handedOverAt, status } = byId.get(shipmentId) ?? {};
    if (!handedOverAt || !status) return [];
    const how = status as ShippedPieces["status"];
    return [{ line, sku, grade, qty, lpn, batch, handedOverAt, status: how }];
  });
}

/** The single pieces of some orders that a carrier has or had, by their plates. */
export async function platesSent(
  ctx: Pick<CommandScope, "find">,
  orderIds: readonly string[],
): Promise<{ orderId: string; line: number; lpn: string }[]> {
  const status = ["handedOver", "delivered", "lost"];
  const shipments = await ctx.find(Shipment, { orderId: [...orderIds], status });
  if (shipments.length === 0) return [];
  const items = await ctx.find(ParcelItem, { shipmentId: shipments.map(({ id }) => id) });
  return items.flatMap(({ orderId, line, lpn }) => (lpn == null ? [] : [{ orderId, line, lpn }]));
}

/** Refuses where a carrier has parcels of an order already; the caller holds the order's row. */
export async function requireNothingHandedOver(
  ctx: Pick<CommandScope, "find">,
  orderId: string,
): Promise<void> {
  const gone = await ctx.find(Shipment, { orderId, status: ["handedOver", "delivered", "lost"] });
  if (gone.length > 0) throw shipmentsRefusals.because("order-handed-over", { orderId });
}

/** Opens all parcels of an order that no carrier has; the caller holds the order's row. */
export async function unpackAll(
  ctx: Pick<CommandScope, "load" | "find" | "record">,
  orderId: string,
  reason: string,
): Promise<void> {
  const where = { orderId, status: ["packed", "labelled"] };
  const shipments = await ctx.find(Shipment, where, { lock: true, orderBy: { id: "asc" } });
  await loadItems(ctx, shipments);
  for (const shipment of shipments) await unpack(ctx, shipment, reason);
}
