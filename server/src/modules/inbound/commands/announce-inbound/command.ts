import { randomUUID } from "node:crypto";
import { z } from "zod";
import { id, keyText, quantity, safeText, timestamp } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { requireVariants } from "../../../catalogue/contract.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { loadOrder } from "../../../orders/contract.ts";
import { orderLineNumber } from "../../../orders/inputs.ts";
import { gradeRuleOf, loadSettings } from "../../../settings/contract.ts";
import { defaultWarehouse, grade, warehouse } from "../../../stock/inputs.ts";
import { Inbound } from "../../inbound.ts";
import { inboundKind } from "../../inputs.ts";
import { requireReturnable } from "../../returns.ts";

const linesMax = 1_000;

const line = z.strictObject({
  sku: sku(),
  grade: grade().optional(),
  qty: quantity(),
  orderLine: orderLineNumber().optional(),
});

const inbound = z
  .strictObject({
    source: keyText(),
    ref: keyText(),
    kind: inboundKind(),
    warehouse: warehouse().default(defaultWarehouse),
    lines: z.array(line).min(1).max(linesMax),
    eta: timestamp().optional(),
    orderId: id().optional(),
    returnReason: safeText(500).optional(),
  })
  .refine(({ kind, orderId, returnReason, lines }) => {
    const named = [orderId, ...lines.map(({ orderLine }) => orderLine)];
    return kind === "return"
      ? named.every((one) => one !== undefined)
      : [...named, returnReason].every((one) => one === undefined);
  }, "names its order and its order's lines if it is a return, and only then");

/** Somebody says what will come in: a supplier, a seller, or a customer who returns something. */
export const announceInbound = command
  .meta({
    scope: "inbound:write",
    doc: "Announces pieces that will come in; a return names the order and the lines of which.",
    example: {
      ...{ source: "nordic-supply", ref: "PO-1001", kind: "supplier" },
      lines: [{ sku: "TEE-RED-M", grade: "N", qty: 40 }],
    },
    refuses: [
      "inbound-ref-taken",
      "variant-unknown",
      "grade-unknown",
      "order-unknown",
      "more-than-shipped",
      "return-window-over",
    ],
  })
  .input(inbound)
  .output(z.strictObject({ inboundId: id() }))
  .mutation(async ({ ctx, input: { lines: said, eta, ...facts } }) => {
    const at = new Date();
    const { orderId = null, returnReason = null } = facts;
    if (orderId !== null) await loadOrder(ctx, orderId);
    await requireVariants(
      ctx,
      said.map(({ sku }) => sku),
    );
    const settings = await loadSettings(ctx);
    for (const { grade } of said) if (grade !== undefined) gradeRuleOf(settings, grade);
    const lines = said.map(({ grade = null, orderLine = null, ...of }) => ({
      ...{ ...of, grade, orderLine },
    }));
    if (orderId !== null) {
      const { returnWindowDays: windowDays } = settings;
      await requireReturnable(ctx, { orderId, lines }, { at, windowDays });
    }
    const inboundId = randomUUID();
    const of = { tenant: ctx.tenant, id: inboundId, orderId, returnReason };
    const when = { at, eta: eta ? new Date(eta) : null };
    ctx.record(Inbound.announce({ ...facts, ...of, ...when, lines }));
    return { inboundId };
  });
