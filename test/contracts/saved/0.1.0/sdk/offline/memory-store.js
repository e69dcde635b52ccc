import { untilAborted } from "./pause.js";
import { takesRoom, withCommand, withOutcome } from "./queue-store.js";
export function memoryStore() {
    let kept = [];
    let lastTurn = Promise.resolve();
    const listeners = new Set();
    const keep = (next) => {
        kept = next;
        for (const listener of listeners)
            listener();
    };
    return {
        load: async () => kept,
        add: async (command, max, insteadOf) => {
            const next = withCommand(kept, command, insteadOf);
            if (next.length > kept.length && kept.filter(takesRoom).length >= max)
                return false;
            keep(next);
            return true;
        },
        settle: async (commandId, outcome) => keep(withOutcome(kept, commandId, outcome)),
        remove: async (commandIds) => keep(kept.filter(({ command }) => !commandIds.includes(command.commandId))),
        lead: async (work, signal) => {
            const before = lastTurn;
            let leave = () => { };
            const ours = new Promise((resolve) => {
                leave = resolve;
            });
            lastTurn = before.then(() => ours);
            try {
                await untilAborted(before, signal);
                await work();
            }
            finally {
                leave();
            }
        },
        watch: (changed) => {
            listeners.add(changed);
            return () => listeners.delete(changed);
        },
    };
}
