import { z } from "zod";
import { count, id } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { picker } from "../../inputs.ts";
import { loadWave } from "../../loading.ts";

/** A planned wave goes to the floor. */
export const releaseWave = command
  .meta({
    scope: "waves:write",
    doc: "Lets picking begin; each of the pickers, if any are named, gets a stretch of the walk.",
    example: { waveId: "0199c0de-0000-4000-8000-000000000002", pickers: ["anna", "ben"] },
    refuses: ["wave-unknown", "wave-status-forbids"],
  })
  .input(z.strictObject({ waveId: id(), pickers: z.array(picker()).max(50).default([]) }))
  .output(z.strictObject({ waveId: id(), tasks: count() }))
  .mutation(async ({ ctx, input: { waveId, pickers } }) => {
    const wave = await loadWave(ctx, waveId, { state: "open" }, { lock: true });
    ctx.record(wave.release(pickers, new Date()));
    return { waveId, tasks: wave.openTasks };
  });
