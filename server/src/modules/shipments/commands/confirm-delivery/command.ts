import { z } from "zod";
import { id, timestamp } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { shipmentId } from "../../inputs.ts";
import { loadShipments } from "../../loading.ts";

/** The carrier says that the customer has a parcel. */
export const confirmDelivery = command
  .meta({
    scope: "shipments:write",
    doc: "Confirms that a parcel was delivered, now or at the time that the carrier tells.",
    example: { shipmentId: "0199c0de-0000-4000-8000-000000000009", at: "2026-03-04T10:15:00Z" },
    refuses: [
      ...["shipment-unknown", "shipment-status-forbids"],
      ...["time-in-future", "time-out-of-sequence"],
    ],
  })
  .input(z.strictObject({ shipmentId: shipmentId(), at: timestamp().optional() }))
  .output(z.strictObject({ shipmentId: id() }))
  .mutation(async ({ ctx, input: { shipmentId, at: told } }) => {
    for (const { shipment } of await loadShipments(ctx, [shipmentId])) {
      ctx.record(shipment.deliver(new Date(), told ? new Date(told) : null));
    }
    return { shipmentId };
  });
