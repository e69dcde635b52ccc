import { randomUUID } from "node:crypto";
import { z } from "zod";
import { count, id, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { packPiece } from "../../../garments/contract.ts";
import { loadOrder } from "../../../orders/contract.ts";
import { loadSettings } from "../../../settings/contract.ts";
import { packFromBatch } from "../../../stock/contract.ts";
import { nextCutOff } from "../../cut-off.ts";
import { carrierName, itemToPack } from "../../inputs.ts";
import { requireDistinct } from "../../packing.ts";
import { type PackedPieces, Shipment } from "../../shipment.ts";

const itemsMax = 500;

/** Picked pieces of an order go into a parcel at the packing bench. */
export const packParcel = command
  .meta({
    scope: "shipments:write",
    doc: "Packs picked pieces of an order into a parcel; each piece is packed once.",
    example: {
      orderId: "0199c0de-0000-4000-8000-000000000001",
      items: [{ line: 1, qty: 2 }],
      carton: "M",
      weightGrams: 640,
    },
    refuses: [
      ...["order-unknown", "order-cancelled", "order-held", "line-unknown", "item-twice"],
      ...["garment-unknown", "garment-status-forbids", "wrong-piece"],
      ...["line-not-allocated", "not-picked"],
    ],
  })
  .input(
    z.strictObject({
      orderId: id(),
      items: z.array(itemToPack()).min(1).max(itemsMax),
      carton: safeText(100).optional(),
      weightGrams: z.int().min(1).max(100_000_000).optional(),
      carrier: carrierName().optional(),
    }),
  )
  .output(z.strictObject({ shipmentId: id(), items: count(), cutOff: z.string().nullable() }))
  .mutation(async ({ ctx, input: { orderId, items, carrier = null, ...parcel } }) => {
    requireDistinct(items);
    const [order, settings] = await Promise.all([loadOrder(ctx, orderId), loadSettings(ctx)]);
    order.requireFree();
    const shipmentId = randomUUID();
    const packed: PackedPieces[] = [];
    // Batches before single pieces: stock is held before garments, everywhere.
    for (const item of items.toSorted((a, b) => Number("lpn" in a) - Number("lpn" in b))) {
      const { line, sku, grade } = order.openLine(item.line);
      const of = { orderId, line };
      if ("lpn" in item) {
        const piece = await packPiece(ctx, item.lpn, of, shipmentId);
        const as = { sku: piece.sku, grade: piece.grade ?? grade };
        packed.push({ line, ...as, lpn: item.lpn, batch: null, qty: 1 });
      } else {
        const key = { ...of, warehouse: order.warehouse, sku, grade };
        const batch = await packFromBatch(ctx, { ...key, qty: item.qty });
        packed.push({ line, sku, grade, lpn: null, batch, qty: item.qty });
      }
    }
    const now = new Date();
    const cutOff = nextCutOff(settings, carrier, now);
    const { packed: event } = Shipment.pack({
      ...{ tenant: ctx.tenant, id: shipmentId, orderId, warehouse: order.warehouse, carrier },
      ...{ carrierService: order.carrierService ?? null, carton: parcel.carton ?? null },
      ...{ weightGrams: parcel.weightGrams ?? null, cutOff, packedAt: now, items: packed },
    });
    ctx.record(event);
    return { shipmentId, items: packed.length, cutOff: cutOff?.toISOString() ?? null };
  });
