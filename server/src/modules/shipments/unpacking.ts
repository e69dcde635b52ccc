import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { unpackPieces } from "../garments/contract.ts";
import { packFromBatch } from "../stock/contract.ts";
import type { Shipment } from "./shipment.ts";

/** Opens a parcel: what is in it is picked again, and no longer packed. */
export async function unpack(
  ctx: Pick<CommandScope, "load" | "find" | "record">,
  shipment: Shipment,
  reason: string,
): Promise<void> {
  ctx.record(shipment.unpack(reason, new Date()));
  const { orderId, warehouse, items } = shipment;
  for (const { line, sku, grade, batch, qty } of items) {
    if (batch == null) continue;
    await packFromBatch(ctx, { orderId, warehouse, line, sku, grade, qty }, "unpack");
  }
  const lpns = items.flatMap(({ lpn }) => lpn ?? []);
  await unpackPieces(ctx, lpns, { shipmentId: shipment.id, reason });
}
