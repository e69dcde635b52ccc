import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { loadOrder } from "../orders/contract.ts";
import { ParcelItem } from "./parcel-item.ts";
import { shipmentsRefusals } from "./refusals.ts";
import { Shipment } from "./shipment.ts";

type ShipmentScope = Pick<CommandScope, "load" | "find">;

/**
 * Loads parcels with what is in them, and holds the rows of their orders first, in a fixed order:
 * what is decided of a parcel depends on its order being neither cancelled nor held meanwhile.
 */
export async function loadShipments(
  ctx: ShipmentScope,
  ids: readonly string[],
): Promise<{ shipment: Shipment; order: Awaited<ReturnType<typeof loadOrder>> }[]> {
  const wanted = [...new Set(ids)].sort();
  // An order of a parcel never changes, so it may be read before anything is held.
  const known = new Map((await findShipments(ctx, wanted)).map((one) => [one.id, one.orderId]));
  for (const shipmentId of wanted) {
    if (!known.has(shipmentId)) throw shipmentsRefusals.because("shipment-unknown", { shipmentId });
  }
  const orders = new Map<string, Awaited<ReturnType<typeof loadOrder>>>();
  for (const orderId of [...new Set(known.values())].sort()) {
    orders.set(orderId, await loadOrder(ctx, orderId));
  }
  const held = await ctx.find(Shipment, { id: wanted }, { lock: true, orderBy: { id: "asc" } });
  await loadItems(ctx, held);
  return held.flatMap((shipment) => {
    const order = orders.get(shipment.orderId);
    return order ? [{ shipment, order }] : [];
  });
}

/** Loads what is in parcels. */
export async function loadItems(
  ctx: Pick<CommandScope, "find">,
  shipments: readonly Shipment[],
): Promise<void> {
  if (shipments.length === 0) return;
  const where = { shipmentId: shipments.map(({ id }) => id) };
  const items = await ctx.find(ParcelItem, where, { orderBy: { shipmentId: "asc", item: "asc" } });
  for (const shipment of shipments) {
    shipment.items = items.filter(({ shipmentId }) => shipmentId === shipment.id);
  }
}

function findShipments(ctx: Pick<CommandScope, "find">, ids: string[]): Promise<Shipment[]> {
  return ctx.find(Shipment, { id: ids });
}
