import { untilAborted } from "./pause.ts";
import { type QueueStore, takesRoom, withCommand, withOutcome } from "./queue-store.ts";
import type { StoredCommand } from "./queued-command.ts";

/** Keeps commands as long as the program runs: for tests, and where nothing better is at hand. */
export function memoryStore(): QueueStore {
  let kept: readonly StoredCommand[] = [];
  let lastTurn: Promise<unknown> = Promise.resolve();
  const listeners = new Set<() => void>();
  const keep = (next: readonly StoredCommand[]) => {
    kept = next;
    for (const listener of listeners) listener();
  };
  return {
    load: async () => kept,
    add: async (command, max, insteadOf) => {
      const next = withCommand(kept, command, insteadOf);
      if (next.length > kept.length && kept.filter(takesRoom).length >= max) return false;
      keep(next);
      return true;
    },
    settle: async (commandId, outcome) => keep(withOutcome(kept, commandId, outcome)),
    remove: async (commandIds) =>
      keep(kept.filter(({ command }) => !commandIds.includes(command.commandId))),
    lead: async (work, signal) => {
      const before = lastTurn;
      let leave = () => {};
      const ours = new Promise<void>((resolve) => {
        leave = resolve;
      });
      lastTurn = before.then(() => ours);
      try {
        await untilAborted(before, signal);
        await work();
      } finally {
        leave();
      }
    },
    watch: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
