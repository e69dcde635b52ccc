import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { loadOrders } from "../orders/contract.ts";
import { ParcelItem } from "./parcel-item.ts";
import { shipmentsRefusals } from "./refusals.ts";
import { Shipment } from "./shipment.ts";

type HeldOrder = Awaited<ReturnType<typeof loadOrders>>[number];
type ShipmentScope = Pick<CommandScope, "load" | "find">;

/**
 * Loads parcels with what is in them, and holds the rows of their orders first, in a fixed order:
 * what is decided of a parcel depends on its order being neither cancelled nor held meanwhile.
 */
export async function loadShipments(
  ctx: ShipmentScope,
  ids: readonly string[],
): Promise<{ shipment: Shipment; order: HeldOrder }[]> {
  const wanted = [...new Set(ids)].sort();
  // An order of a parcel never changes, so it may be read before anything is held.
  const known = new Map((await findShipments(ctx, wanted)).map((one) => [one.id, one.orderId]));
  for (const shipmentId of wanted) {
    if (!known.has(shipmentId)) throw shipmentsRefusals.because("shipment-unknown", { shipmentId });
  }
  // Sent together: orders are held before parcels, and what is in those is read after that.
  const [orders, held, items] = await Promise.all([
    loadOrders(ctx, [...new Set(known.values())]),
    ctx.find(Shipment, { id: wanted }, { lock: true, orderBy: { id: "asc" } }),
    findItems(ctx, wanted),
  ]);
  fillParcels(held, items);
  const byId = new Map(orders.map((order) => [order.id, order]));
  return held.flatMap((shipment) => {
    const order = byId.get(shipment.orderId);
    return order ? [{ shipment, order }] : [];
  });
}

/** Loads what is in parcels. */
export async function loadItems(
  ctx: Pick<CommandScope, "find">,
  shipments: readonly Shipment[],
): Promise<void> {
  if (shipments.length === 0) return;
  const ids = shipments.map(({ id }) => id);
  fillParcels(shipments, await findItems(ctx, ids));
}

function findItems(ctx: Pick<CommandScope, "find">, shipmentId: string[]): Promise<ParcelItem[]> {
  const orderBy = { shipmentId: "asc", item: "asc" } as const;
  return ctx.find(ParcelItem, { shipmentId }, { orderBy });
}

function fillParcels(shipments: readonly Shipment[], items: readonly ParcelItem[]): void {
  for (const shipment of shipments) {
    shipment.items = items.filter(({ shipmentId }) => shipmentId === shipment.id);
  }
}

function findShipments(ctx: Pick<CommandScope, "find">, ids: string[]): Promise<Shipment[]> {
  return ctx.find(Shipment, { id: ids });
}
