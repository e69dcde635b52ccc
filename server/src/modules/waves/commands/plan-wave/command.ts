import { randomUUID } from "node:crypto";
import { z } from "zod";
import { count, id, keyText, timestamp } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { defaultWarehouse, warehouse } from "../../../stock/inputs.ts";
import { chooseTasks } from "../../candidates.ts";
import { tasksMax } from "../../inputs.ts";
import { PickWave } from "../../pick-wave.ts";

const ordersMax = 1_000;

const isDistinct = (ids: readonly string[]) => new Set(ids).size === ids.length;

/** A shift lead plans what is picked on one walk. */
export const planWave = command
  .meta({
    scope: "waves:write",
    doc:
      "Plans a wave of the named orders, most urgent first: of those that are open, unheld, wholly " +
      "in the house and in no other wave. Ask ordersToPick which those may be.",
    example: {
      ...{ carrier: "DHL", cutOff: "2026-03-02T17:00:00Z", maxTasks: 60 },
      orderIds: ["0199c0de-0000-4000-8000-000000000001"],
    },
    refuses: [
      ...["order-unknown", "order-incomplete", "line-in-wave", "nothing-to-pick"],
      ...["order-held", "order-cancelled"],
    ],
  })
  .input(
    z.strictObject({
      warehouse: warehouse().default(defaultWarehouse),
      carrier: keyText().optional(),
      cutOff: timestamp().optional(),
      orderIds: z.array(id()).min(1).max(ordersMax).refine(isDistinct, "names an order twice"),
      channel: keyText().optional(),
      shipBefore: timestamp().optional(),
      maxOrders: z.int().min(1).max(ordersMax).default(ordersMax),
      maxTasks: z.int().min(1).max(tasksMax).default(500),
    }),
  )
  .output(
    z.strictObject({
      waveId: id(),
      orders: count(),
      tasks: z.array(
        z.strictObject({
          task: count(),
          orderId: id(),
          line: count(),
          bin: z.string().nullable(),
          lpn: z.string().nullable(),
          sku: z.string(),
          qty: count(),
        }),
      ),
      leftOut: z.array(z.strictObject({ orderId: id(), reason: z.string() })),
    }),
  )
  .mutation(async ({ ctx, input: { carrier = null, cutOff, orderIds, shipBefore, ...rules } }) => {
    const before = shipBefore === undefined ? undefined : new Date(shipBefore);
    const chosen = await chooseTasks(ctx, orderIds, { ...rules, shipBefore: before });
    const facts = {
      ...{ id: randomUUID(), tenant: ctx.tenant, warehouse: rules.warehouse, carrier },
      cutOff: cutOff === undefined ? null : new Date(cutOff),
    };
    const { wave, planned } = PickWave.plan(facts, chosen.tasks, new Date());
    ctx.record(planned);
    return {
      waveId: wave.id,
      orders: new Set(wave.tasks.map(({ orderId }) => orderId)).size,
      tasks: wave.tasks.map(({ task, orderId, line, bin = null, lpn = null, sku, qty }) => ({
        ...{ task, orderId, line, bin, lpn, sku, qty },
      })),
      leftOut: [...chosen.leftOut],
    };
  });
