import type { Outcome, QueuedCommand, StoredCommand } from "./queued-command.ts";

/**
 * Where a queue keeps its commands. Several tabs or processes may use one at the same time. What it
 * says is done is done for good: whoever dies afterwards finds it again.
 */
export interface QueueStore {
  /** Everything that is kept, in the order in which it is to be sent. */
  load(): Promise<readonly StoredCommand[]>;
  /**
   * Keeps a command: last of all, or in the place of another, which goes. Answers `false`, and
   * keeps nothing, where so many are kept that have not been applied.
   */
  add(command: QueuedCommand, max: number, insteadOf?: string): Promise<boolean>;
  /** Keeps what became of a command; without an outcome it is to be sent again. */
  settle(commandId: string, outcome: Outcome | undefined): Promise<void>;
  /** Forgets commands. */
  remove(commandIds: readonly string[]): Promise<void>;
  /**
   * Does work that one alone may do at a time, of all tabs or processes that use this store. Waits
   * for its turn, and stops waiting with the signal.
   */
  lead(work: () => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Tells when another tab or process may have changed something; answers how to end that. */
  watch(changed: () => void): () => void;
}

/** Whether a command takes up room: what was applied is kept for a while and does not. */
export function takesRoom({ outcome }: StoredCommand): boolean {
  return outcome?.state !== "applied";
}

/** A list with one more command in it: at the end, or in the place of the one that goes. */
export function withCommand(
  list: readonly StoredCommand[],
  command: QueuedCommand,
  insteadOf: string | undefined,
): StoredCommand[] {
  if (list.some((one) => one.command.commandId === command.commandId)) return [...list];
  const place = list.findIndex((one) => one.command.commandId === insteadOf);
  if (place < 0) return [...list, { command }];
  return [...list.slice(0, place), { command }, ...list.slice(place + 1)];
}

/** A list in which something became of a command, or is to be found out again. */
export function withOutcome(
  list: readonly StoredCommand[],
  commandId: string,
  outcome: Outcome | undefined,
): StoredCommand[] {
  return list.map((one) =>
    one.command.commandId === commandId
      ? { command: one.command, ...(outcome && { outcome }) }
      : one,
  );
}
