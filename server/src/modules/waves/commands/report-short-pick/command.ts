import { z } from "zod";
import { count, id, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { askForCounts } from "../../../bins/contract.ts";
import { loadOrder, wantedOf } from "../../../orders/contract.ts";
import { holdSource, replaceFromBatch, replacePiece } from "../../../stock/contract.ts";
import { taskNumber } from "../../inputs.ts";
import { findTask, loadWave } from "../../loading.ts";

/** A picker stands at a bin and what they are to take is not in it. */
export const reportShortPick = command
  .meta({
    scope: "waves:write",
    doc:
      "Says that what a task is about is not in its bin: the line has it no longer, the bin is to " +
      "be counted, and the line has other stock from now on, if there is any, for another wave.",
    example: {
      ...{ waveId: "0199c0de-0000-4000-8000-000000000002", task: 1, reason: "bin is empty" },
    },
    refuses: [
      ...["wave-unknown", "wave-status-forbids", "task-unknown", "task-ended", "task-of-another"],
      "bin-being-counted",
    ],
  })
  .input(z.strictObject({ waveId: id(), task: taskNumber(), reason: safeText(500) }))
  .output(
    z.strictObject({
      waveId: id(),
      task: count(),
      orderId: id(),
      line: count(),
      allocated: z.boolean(),
      batch: z.string().nullable(),
      lpns: z.array(z.string()),
    }),
  )
  .mutation(async ({ ctx, input: { waveId, task, reason } }) => {
    const by = ctx.identity.actor;
    const { orderId, line, ...source } = await findTask(ctx, waveId, task);
    const order = await loadOrder(ctx, orderId);
    await holdSource(ctx, source);
    const seen = await loadWave(ctx, waveId, { task });
    const { lpn = null, warehouse } = seen.requireWorkable(task, by);
    const wanted = wantedOf(order, order.openLine(line));
    const why = `short pick: ${reason}`;
    const { missedIn, batch, lpns } =
      lpn === null
        ? await replaceFromBatch(ctx, wanted, why)
        : await replacePiece(ctx, wanted, { lpn, reason: why });
    if (missedIn !== null) await askForCounts(ctx, [{ warehouse, bin: missedIn, reason: why }]);
    const wave = await loadWave(ctx, waveId, { task }, { lock: true });
    ctx.record(...wave.miss(task, reason, { by, bin: missedIn, at: new Date() }));
    const allocated = batch !== null || lpns.length > 0;
    return { waveId, task, orderId, line, allocated, batch, lpns: [...lpns] };
  });
