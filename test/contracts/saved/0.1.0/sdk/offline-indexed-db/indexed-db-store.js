import { answerOf, inTransaction, openDatabase, } from "./browser-database.js";
const storeName = "commands";
export function indexedDbStore({ name = "selvedge-queue", } = {}) {
    let opened;
    const database = () => {
        const again = () => {
            opened = undefined;
        };
        opened ??= openDatabase(name, prepare, again).catch((error) => {
            again();
            throw error;
        });
        return opened;
    };
    const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(name);
    const write = async (work) => {
        const done = await inTransaction(await database(), storeName, work);
        channel?.postMessage("changed");
        return done;
    };
    return {
        load: async () => {
            const rows = (await database()).transaction(storeName).objectStore(storeName);
            return (await answerOf(rows.getAll())).map(({ command, outcome }) => ({
                command,
                ...(outcome && { outcome }),
            }));
        },
        add: (command, max, insteadOf) => write(async (rows) => {
            const { commandId } = command;
            const replaced = insteadOf === undefined ? undefined : await rowOf(rows, insteadOf);
            const count = await answerOf(rows.index("open").count(1));
            if (!replaced && count >= max)
                return false;
            const row = { commandId, open: 1, command };
            await answerOf(replaced ? rows.put({ ...row, place: replaced.place }) : rows.add(row));
            return true;
        }),
        settle: (commandId, outcome) => write(async (rows) => {
            const row = await rowOf(rows, commandId);
            if (!row)
                return;
            const { place, command } = row;
            const open = outcome?.state === "applied" ? 0 : 1;
            await answerOf(rows.put({ place, commandId, open, command, ...(outcome && { outcome }) }));
        }),
        remove: (commandIds) => write(async (rows) => {
            for (const id of commandIds) {
                const row = await rowOf(rows, id);
                if (row)
                    await answerOf(rows.delete(row.place));
            }
        }),
        lead: async (work, signal) => {
            const { locks } = navigator;
            await (locks ? locks.request(name, { signal }, work) : work());
        },
        watch: (changed) => {
            channel?.addEventListener("message", changed);
            return () => channel?.removeEventListener("message", changed);
        },
    };
}
function prepare(database) {
    const rows = database.createObjectStore(storeName, { keyPath: "place", autoIncrement: true });
    rows.createIndex("commandId", "commandId", { unique: true });
    rows.createIndex("open", "open");
}
async function rowOf(rows, commandId) {
    return (await answerOf(rows.index("commandId").get(commandId)));
}
