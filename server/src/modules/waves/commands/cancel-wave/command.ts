import { z } from "zod";
import { count, id, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { loadWave } from "../../loading.ts";

/** A wave is given up: what is not picked yet may go into another one. */
export const cancelWave = command
  .meta({
    scope: "waves:write",
    doc: "Cancels a wave's open tasks; what was picked stays picked, and orders keep their stock.",
    example: { waveId: "0199c0de-0000-4000-8000-000000000002", reason: "carrier comes tomorrow" },
    refuses: ["wave-unknown", "wave-status-forbids"],
  })
  .input(z.strictObject({ waveId: id(), reason: safeText(500) }))
  .output(z.strictObject({ waveId: id(), cancelled: count() }))
  .mutation(async ({ ctx, input: { waveId, reason } }) => {
    const wave = await loadWave(ctx, waveId, { state: "open" }, { lock: true });
    const cancelled = wave.openTasks;
    ctx.record(wave.cancel(reason, new Date()));
    return { waveId, cancelled };
  });
