import { z } from "zod";
import { count, id, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { losePieces } from "../../../garments/contract.ts";
import { shipmentId } from "../../inputs.ts";
import { loadShipments } from "../../loading.ts";

/** A parcel never reached its customer. */
export const reportLoss = command
  .meta({
    scope: "shipments:write",
    doc: "Reports that a carrier has lost or destroyed a parcel; its pieces are written off.",
    example: { shipmentId: "0199c0de-0000-4000-8000-000000000009", reason: "lost in transit" },
    refuses: ["shipment-unknown", "shipment-status-forbids"],
  })
  .input(z.strictObject({ shipmentId: shipmentId(), reason: safeText(500) }))
  .output(z.strictObject({ shipmentId: id(), pieces: count() }))
  .mutation(async ({ ctx, input: { shipmentId, reason } }) => {
    let pieces = 0;
    for (const { shipment } of await loadShipments(ctx, [shipmentId])) {
      ctx.record(shipment.lose(reason, new Date()));
      const { orderId } = shipment;
      const lpns = shipment.items.flatMap(({ lpn }) => lpn ?? []);
      if (lpns.length > 0) await losePieces(ctx, lpns, { shipmentId, orderId, reason });
      pieces = shipment.items.reduce((sum, { qty }) => sum + qty, 0);
    }
    return { shipmentId, pieces };
  });
