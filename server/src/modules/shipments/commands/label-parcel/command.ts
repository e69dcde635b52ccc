import { z } from "zod";
import { id, keyText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { carrierName, shipmentId } from "../../inputs.ts";
import { loadShipments } from "../../loading.ts";

/** A parcel gets its carrier's label. */
export const labelParcel = command
  .meta({
    scope: "shipments:write",
    doc: "Labels a packed parcel: its carrier, and the carrier's number for it.",
    example: {
      shipmentId: "0199c0de-0000-4000-8000-000000000009",
      carrier: "DHL",
      tracking: "JD0001",
    },
    refuses: [
      ...["shipment-unknown", "shipment-status-forbids", "tracking-taken"],
      ...["order-cancelled", "order-held"],
    ],
  })
  .input(z.strictObject({ shipmentId: shipmentId(), carrier: carrierName(), tracking: keyText() }))
  .output(z.strictObject({ shipmentId: id() }))
  .mutation(async ({ ctx, input: { shipmentId, carrier, tracking } }) => {
    for (const { shipment, order } of await loadShipments(ctx, [shipmentId])) {
      order.requireFree();
      ctx.record(shipment.label(carrier, tracking, new Date()));
    }
    return { shipmentId };
  });
