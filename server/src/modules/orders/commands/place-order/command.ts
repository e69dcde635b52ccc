import { randomUUID } from "node:crypto";
import { z } from "zod";
import {
  cents,
  count,
  id,
  keyText,
  quantity,
  safeText,
  timestamp,
} from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { requireVariants } from "../../../catalogue/contract.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { allocateLines } from "../../../stock/contract.ts";
import { defaultGrade, defaultWarehouse, grade, warehouse } from "../../../stock/inputs.ts";
import { wantedOf } from "../../contract.ts";
import { orderLinesMax } from "../../inputs.ts";
import { Order } from "../../order.ts";

const orderLine = z.strictObject({
  sku: sku(),
  grade: grade().default(defaultGrade),
  qty: quantity(),
  priceCents: cents().optional(),
});

const promise = z.strictObject({
  shipBy: timestamp().optional(),
  deliverBy: timestamp().optional(),
  carrierService: safeText(100).optional(),
});

/** A channel has sold something: the order is taken and tries for stock at once. */
export const placeOrder = command
  .meta({
    scope: "orders:write",
    doc: "Places an order and allocates stock to its lines at once. A shortage is a state, no error.",
    example: { channel: "shop", externalRef: "A-1", lines: [{ sku: "TEE-RED-M", qty: 1 }] },
    refuses: ["external-ref-taken", "variant-unknown"],
    commutes: ["stock.addBatch", "inbound.receiveLot", "garments.movePiece"],
  })
  .input(
    z.strictObject({
      channel: keyText(),
      externalRef: keyText(),
      warehouse: warehouse().default(defaultWarehouse),
      orderedAt: timestamp().optional(),
      priority: z.int().min(-1_000).max(1_000).default(0),
      promise: promise.optional(),
      lines: z.array(orderLine).min(1).max(orderLinesMax),
    }),
  )
  .output(
    z.strictObject({
      orderId: id(),
      lines: z.array(
        z.strictObject({
          line: count(),
          allocated: z.boolean(),
          batch: z.string().nullable(),
          lpns: z.array(z.string()),
        }),
      ),
    }),
  )
  .mutation(async ({ ctx, input: { promise, orderedAt, lines, ...facts } }) => {
    await requireVariants(
      ctx,
      lines.map(({ sku }) => sku),
    );
    const { order, placed } = Order.place({
      ...facts,
      id: randomUUID(),
      tenant: ctx.tenant,
      orderedAt: orderedAt ? new Date(orderedAt) : new Date(),
      shipBy: promise?.shipBy ? new Date(promise.shipBy) : null,
      deliverBy: promise?.deliverBy ? new Date(promise.deliverBy) : null,
      carrierService: promise?.carrierService ?? null,
      lines: lines.map(({ priceCents = null, ...line }) => ({ ...line, priceCents })),
    });
    ctx.record(placed);
    const wanted = order.lines.map((line) => wantedOf(order, line));
    const [allocated] = await Promise.all([
      allocateLines(ctx, wanted, "new"),
      requireVariants(
        ctx,
        lines.map(({ sku }) => sku),
      ),
    ]);
    return {
      orderId: order.id,
      lines: allocated.map(({ line, batch, lpns }) => ({
        line,
        allocated: batch !== null || lpns.length > 0,
        batch,
        lpns: [...lpns],
      })),
    };
  });
