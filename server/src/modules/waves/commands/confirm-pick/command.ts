import { z } from "zod";
import { id, quantity } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { binCode } from "../../../bins/inputs.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { pickPiece } from "../../../garments/contract.ts";
import { lpn } from "../../../garments/inputs.ts";
import { loadOrder } from "../../../orders/contract.ts";
import { holdSource, pickFromBatch } from "../../../stock/contract.ts";
import { taskNumber } from "../../inputs.ts";
import { findTask, loadWave } from "../../loading.ts";

/** A picker has scanned what a task is about and takes it along. */
export const confirmPick = command
  .meta({
    scope: "waves:write",
    doc:
      "Confirms a task of a released wave with what was scanned: the licence plate of a single " +
      "piece, or SKU and number of pieces of a batch. A task that is nobody's becomes the caller's.",
    example: {
      ...{ waveId: "0199c0de-0000-4000-8000-000000000002", task: 1 },
      ...{ scannedBin: "A-01-3", scannedLpn: "LPN-000017" },
    },
    refuses: [
      ...["wave-unknown", "wave-status-forbids", "task-unknown", "task-ended", "task-of-another"],
      ...["scan-differs", "order-held", "bin-being-counted"],
    ],
    commutes: ["waves.confirmPick"],
  })
  .input(
    z.strictObject({
      waveId: id(),
      task: taskNumber(),
      scannedBin: binCode().optional(),
      scannedLpn: lpn().optional(),
      scannedSku: sku().optional(),
      qty: quantity().optional(),
    }),
  )
  .output(
    z.strictObject({ waveId: id(), task: z.int(), picker: z.string(), waveDone: z.boolean() }),
  )
  .mutation(async ({ ctx, input: { waveId, task, ...scanned } }) => {
    const by = ctx.identity.actor;
    const { orderId, ...source } = await findTask(ctx, waveId, task);
    const order = await loadOrder(ctx, orderId);
    await holdSource(ctx, source);
    const seen = await loadWave(ctx, waveId, { task });
    const { line, lpn = null, ...of } = seen.requireWorkable(task, by);
    order.requireFree();
    const { sku, grade, qty, warehouse } = of;
    const bin =
      lpn === null
        ? await pickFromBatch(ctx, { orderId, line, qty, warehouse, sku, grade })
        : await pickPiece(ctx, lpn, { orderId, line });
    const wave = await loadWave(ctx, waveId, { task }, { lock: true });
    const { scannedBin, scannedLpn, scannedSku } = scanned;
    const scan = { bin: scannedBin, lpn: scannedLpn, sku: scannedSku, qty: scanned.qty };
    ctx.record(...wave.pick(task, scan, { by, bin, at: new Date() }));
    return { waveId, task, picker: by, waveDone: wave.status === "done" };
  });
