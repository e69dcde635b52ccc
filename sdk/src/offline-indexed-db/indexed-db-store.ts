import type { QueueStore } from "../offline/queue-store.ts";
import type { StoredCommand } from "../offline/queued-command.ts";
import {
  answerOf,
  type Database,
  inTransaction,
  openDatabase,
  type Rows,
} from "./browser-database.ts";

const storeName = "commands";

/** Where in the browser a queue is kept. */
export interface IndexedDbStoreOptions {
  /** Name of the database. Tabs that name the same one share a queue. Default: `selvedge-queue`. */
  name?: string | undefined;
}

interface Row extends StoredCommand {
  /** Where in the order it stands. */
  readonly place: number;
  readonly commandId: string;
  /** Whether it takes up room: 1, or 0 where it was applied. */
  readonly open: 0 | 1;
}

/**
 * Keeps commands in the browser's database, for all tabs of an origin. One tab at a time sends, by
 * the Web Locks of the browser; where there are none (pages without TLS) several may, and the
 * server applies each command once all the same.
 */
export function indexedDbStore({
  name = "selvedge-queue",
}: IndexedDbStoreOptions = {}): QueueStore {
  let opened: Promise<Database> | undefined;
  const database = () => {
    const again = () => {
      opened = undefined;
    };
    opened ??= openDatabase(name, prepare, again).catch((error: unknown) => {
      again();
      throw error;
    });
    return opened;
  };
  const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(name);
  const write = async <T>(work: (rows: Rows) => Promise<T>): Promise<T> => {
    const done = await inTransaction(await database(), storeName, work);
    channel?.postMessage("changed");
    return done;
  };
  return {
    load: async () => {
      const rows = (await database()).transaction(storeName).objectStore(storeName);
      return ((await answerOf(rows.getAll())) as Row[]).map(({ command, outcome }) => ({
        command,
        ...(outcome && { outcome }),
      }));
    },
    add: (command, max, insteadOf) =>
      write(async (rows) => {
        const { commandId } = command;
        const replaced = insteadOf === undefined ? undefined : await rowOf(rows, insteadOf);
        const count = await answerOf(rows.index("open").count(1));
        if (!replaced && count >= max) return false;
        const row = { commandId, open: 1 as const, command };
        await answerOf(replaced ? rows.put({ ...row, place: replaced.place }) : rows.add(row));
        return true;
      }),
    settle: (commandId, outcome) =>
      write(async (rows) => {
        const row = await rowOf(rows, commandId);
        if (!row) return;
        const { place, command } = row;
        const open = outcome?.state === "applied" ? 0 : 1;
        await answerOf(rows.put({ place, commandId, open, command, ...(outcome && { outcome }) }));
      }),
    remove: (commandIds) =>
      write(async (rows) => {
        for (const id of commandIds) {
          const row = await rowOf(rows, id);
          if (row) await answerOf(rows.delete(row.place));
        }
      }),
    lead: async (work, signal) => {
      const { locks } = navigator as Partial<Navigator>;
      await (locks ? locks.request(name, { signal }, work) : work());
    },
    watch: (changed) => {
      channel?.addEventListener("message", changed);
      return () => channel?.removeEventListener("message", changed);
    },
  };
}

function prepare(database: Database): void {
  const rows = database.createObjectStore(storeName, { keyPath: "place", autoIncrement: true });
  rows.createIndex("commandId", "commandId", { unique: true });
  rows.createIndex("open", "open");
}

async function rowOf(rows: Rows, commandId: string): Promise<Row | undefined> {
  return (await answerOf(rows.index("commandId").get(commandId))) as Row | undefined;
}
