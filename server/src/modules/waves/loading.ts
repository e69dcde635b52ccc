import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { PickTask } from "./pick-task.ts";
import { PickWave } from "./pick-wave.ts";
import { wavesRefusals } from "./refusals.ts";

/** Which tasks of a wave a command works with. */
export interface TasksWanted {
  readonly task?: number | readonly number[];
  readonly state?: "open";
}

/**
 * Loads a wave with some of its tasks, or refuses. With `lock` its row is held, after those of
 * orders, stock, garments and bins: a wave is held last, everywhere.
 */
export async function loadWave(
  ctx: Pick<CommandScope, "load" | "find">,
  waveId: string,
  tasks: TasksWanted,
  options: { lock?: boolean } = {},
): Promise<PickWave> {
  const unknown = () => wavesRefusals.because("wave-unknown", { waveId });
  // Sent together; the tasks are read once the row is held, if it is to be.
  const [wave, found] = await Promise.all([
    ctx.load(PickWave, { id: waveId }, unknown, options),
    ctx.find(PickTask, { waveId, ...tasks }, { orderBy: { task: "asc" } }),
  ]);
  wave.tasks = found;
  return wave;
}

/** Finds one task, or refuses; nobody is kept from changing it. */
export async function findTask(
  ctx: Pick<CommandScope, "load" | "find">,
  waveId: string,
  task: number,
): Promise<PickTask> {
  const { tasks } = await loadWave(ctx, waveId, { task });
  const [found] = tasks;
  if (!found) throw wavesRefusals.because("task-unknown", { waveId, task });
  return found;
}
