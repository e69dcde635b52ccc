import { z } from "zod";
import { count, id } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { picker, taskNumber, tasksMax } from "../../inputs.ts";
import { loadWave } from "../../loading.ts";

/** A shift lead gives work to a picker, also work that was another's. */
export const assignTasks = command
  .meta({
    scope: "waves:write",
    doc: "Gives open tasks of a wave to a picker: the named ones, or all that are nobody's.",
    example: { waveId: "0199c0de-0000-4000-8000-000000000002", picker: "anna", tasks: [1, 2, 3] },
    refuses: ["wave-unknown", "wave-status-forbids", "task-unknown", "task-ended"],
  })
  .input(
    z.strictObject({
      waveId: id(),
      picker: picker(),
      tasks: z.array(taskNumber()).min(1).max(tasksMax).optional(),
    }),
  )
  .output(z.strictObject({ waveId: id(), picker: z.string(), tasks: z.array(count()) }))
  .mutation(async ({ ctx, input: { waveId, picker, tasks } }) => {
    const wanted = tasks ? { task: tasks } : { state: "open" as const };
    const wave = await loadWave(ctx, waveId, wanted, { lock: true });
    const event = wave.assign(picker, tasks);
    if (event) ctx.record(event);
    const theirs = wave.tasks.filter((one) => one.state === "open" && one.picker === picker);
    return { waveId, picker, tasks: theirs.map(({ task }) => task) };
  });
