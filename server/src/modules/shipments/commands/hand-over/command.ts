import { z } from "zod";
import { count, keyText, timestamp } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { shipPieces } from "../../../garments/contract.ts";
import { shipFromBatches } from "../../../stock/contract.ts";
import { shipmentId } from "../../inputs.ts";
import { loadShipments } from "../../loading.ts";

const parcelsMax = 200;

/** A carrier takes parcels, by a list that both sides sign. */
export const handOver = command
  .meta({
    scope: "shipments:write",
    doc:
      "Hands labelled parcels over to their carrier, now or at the time that the carrier tells; what " +
      "is in them leaves the stock.",
    example: {
      shipmentIds: ["0199c0de-0000-4000-8000-000000000009"],
      manifest: "DHL/2026-03-02/1",
    },
    refuses: [
      ...["shipment-unknown", "shipment-status-forbids", "order-cancelled", "order-held"],
      ...["time-in-future", "time-out-of-sequence"],
    ],
  })
  .input(
    z.strictObject({
      shipmentIds: z.array(shipmentId()).min(1).max(parcelsMax),
      manifest: keyText(),
      at: timestamp().optional(),
    }),
  )
  .output(z.strictObject({ manifest: z.string(), parcels: count(), pieces: count() }))
  .mutation(async ({ ctx, input: { shipmentIds, manifest, at: told } }) => {
    const loaded = await loadShipments(ctx, shipmentIds);
    const at = new Date();
    for (const { shipment, order } of loaded) {
      order.requireFree();
      const { orderedAt } = order;
      ctx.record(shipment.handOver(manifest, at, told ? { at: new Date(told), orderedAt } : null));
    }
    const items = loaded.flatMap(({ shipment: { orderId, warehouse, items } }) =>
      items.map(({ line, sku, grade, qty, batch = null }) => {
        return { orderId, warehouse, line, sku, grade, qty, batch };
      }),
    );
    await shipFromBatches(
      ctx,
      items.filter(({ batch }) => batch !== null).map(({ batch, ...of }) => of),
    );
    const parcelOf = new Map(
      loaded.flatMap(({ shipment: { id, items } }) =>
        items.flatMap(({ lpn }) => (lpn == null ? [] : [[lpn, id] as const])),
      ),
    );
    await shipPieces(ctx, parcelOf);
    const pieces = items.reduce((sum, { qty }) => sum + qty, 0);
    return { manifest, parcels: loaded.length, pieces };
  });
