import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { PickTask } from "./pick-task.ts";
import { PickWave } from "./pick-wave.ts";

type WaveScope = Pick<CommandScope, "find" | "record">;

/**
 * What is still to be picked for an order, or for one of its lines, is wanted no longer. The caller
 * holds the order's row, and has done with stock, garments and bins: waves are held last.
 */
export function cancelTasksOf(
  ctx: WaveScope,
  orderId: string,
  reason: string,
  line?: number,
): Promise<void> {
  return cancelTasks(ctx, [line === undefined ? { orderId } : { orderId, line }], reason);
}

/** What is still to be picked for some order lines is wanted no longer; see `cancelTasksOf`. */
export function cancelTasksOfLines(
  ctx: WaveScope,
  lines: readonly { readonly orderId: string; readonly line: number }[],
  reason: string,
): Promise<void> {
  const wanted = lines.map(({ orderId, line }) => ({ orderId, line }));
  return cancelTasks(ctx, wanted, reason);
}

/** A piece is not to be picked after all; the caller holds its row. See `cancelTasksOf`. */
export function cancelTaskOfPiece(ctx: WaveScope, lpn: string, reason: string): Promise<void> {
  return cancelTasks(ctx, [{ lpn }], reason);
}

/** What of some orders stands in open tasks: one line, and the piece where it is a single one. */
export async function openTasksOf(
  ctx: Pick<CommandScope, "find">,
  orderIds: readonly string[],
): Promise<{ orderId: string; line: number; lpn: string | null }[]> {
  const tasks = await ctx.find(PickTask, { orderId: [...orderIds], state: "open" });
  return tasks.map(({ orderId, line, lpn = null }) => ({ orderId, line, lpn }));
}

async function cancelTasks(
  ctx: WaveScope,
  lines: readonly object[],
  reason: string,
): Promise<void> {
  if (lines.length === 0) return;
  const which = lines.map((one) => ({ ...one, state: "open" }));
  const waveIds = new Set((await ctx.find(PickTask, which)).map(({ waveId }) => waveId));
  if (waveIds.size === 0) return;
  const held = { lock: true, orderBy: { id: "asc" } } as const;
  const waves = await ctx.find(PickWave, { id: [...waveIds] }, held);
  // Read once more: only now do the waves change no longer.
  const tasks = await ctx.find(PickTask, which, { orderBy: { waveId: "asc", task: "asc" } });
  for (const wave of waves) {
    wave.tasks = tasks.filter(({ waveId }) => waveId === wave.id);
    ctx.record(...wave.cancelTasks(reason, new Date()));
  }
}
