import { z } from "zod";
import { count, id, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { shipmentId } from "../../inputs.ts";
import { loadShipments } from "../../loading.ts";
import { unpack } from "../../unpacking.ts";

/** A parcel is opened again before a carrier has it; its pieces may be packed anew. */
export const unpackParcel = command
  .meta({
    scope: "shipments:write",
    doc: "Opens a parcel that no carrier has yet; its pieces are picked and may be packed anew.",
    example: { shipmentId: "0199c0de-0000-4000-8000-000000000009", reason: "carton torn" },
    refuses: ["shipment-unknown", "shipment-status-forbids"],
  })
  .input(z.strictObject({ shipmentId: shipmentId(), reason: safeText(500) }))
  .output(z.strictObject({ shipmentId: id(), items: count() }))
  .mutation(async ({ ctx, input: { shipmentId, reason } }) => {
    const loaded = await loadShipments(ctx, [shipmentId]);
    for (const { shipment } of loaded) await unpack(ctx, shipment, reason);
    return { shipmentId, items: loaded[0]?.shipment.items.length ?? 0 };
  });
