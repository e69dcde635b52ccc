import type { QueuedCommand, StoredCommand } from "./queued-command.ts";

/** What a refused command does to the others. */
export type OnRefused = "continue" | "stop";

/** The commands of a queue, by what is to come of them. */
export interface Order {
  /** To be sent, in this order. */
  readonly pending: readonly QueuedCommand[];
  /** To be sent once somebody has decided about a refused one that stands before them. */
  readonly held: readonly QueuedCommand[];
}

/**
 * Sorts what is still to be sent: a refused command holds those that are to come after it, and the
 * later ones of its group; and these hold theirs. With `stop` it holds all others.
 */
export function orderOf(list: readonly StoredCommand[], onRefused: OnRefused): Order {
  const blocked = new Set<string>();
  const blockedGroups = new Set<string>();
  const pending: QueuedCommand[] = [];
  const held: QueuedCommand[] = [];
  const stopped = onRefused === "stop" && list.some(({ outcome }) => outcome?.state === "refused");
  for (const { command, outcome } of list) {
    if (outcome?.state === "applied") continue;
    const { group, after = [] } = command;
    const waits =
      stopped ||
      (group !== undefined && blockedGroups.has(group)) ||
      after.some((id) => blocked.has(id));
    if (outcome === undefined && !waits) {
      pending.push(command);
      continue;
    }
    if (outcome === undefined) held.push(command);
    for (const id of namesOf(command)) blocked.add(id);
    if (group !== undefined) blockedGroups.add(group);
  }
  return { pending, held };
}

/** The command to be sent now: the first that nothing unsent has to come before. */
export function nextOf({ pending }: Order): QueuedCommand | undefined {
  const unsent = new Set(pending.flatMap(namesOf));
  return pending.find(({ after = [] }) => !after.some((id) => unsent.has(id)));
}

/** A command and all that wait for it alone, however long the chain. */
export function withThoseAfter(
  list: readonly StoredCommand[],
  commandId: string,
): readonly string[] {
  const names = new Set([commandId]);
  const groups = new Set<string>();
  for (const { command, outcome } of list) {
    const { group, after = [] } = command;
    const isIt = command.commandId === commandId;
    const waits =
      outcome === undefined &&
      (after.some((id) => names.has(id)) || (group !== undefined && groups.has(group)));
    if (!isIt && !waits) continue;
    for (const id of namesOf(command)) names.add(id);
    if (group !== undefined) groups.add(group);
  }
  return list.map(({ command }) => command.commandId).filter((id) => names.has(id));
}

/** All ids under which others may know a command. */
function namesOf({ commandId, insteadOf = [] }: QueuedCommand): string[] {
  return [commandId, ...insteadOf];
}
