import { setTimeout as sleep } from "node:timers/promises";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import {
  isAlive,
  isPostmasterOf,
  readOwner,
  readPostmasterFile,
  signal,
} from "./postmaster-file.ts";

/**
 * Waits until no PostgreSQL runs on the data: one that is shutting down, or whose starter is gone,
 * gets until the given time; any other is IN_USE at once. Returns the id in a left-over
 * `postmaster.pid`, whose process (if there is one) is not PostgreSQL any more.
 */
export async function predecessorGone(data: string, giveUpAt: number): Promise<number | null> {
  let told = false;
  for (;;) {
    const found = readPostmasterFile(data);
    if (found === null) return null;
    if (!isPostmasterOf(found.pid, data)) return found.pid;

    // `postmaster.opts` is from an earlier run until the new one has said its status.
    const owner = found.status === "" ? null : readOwner(data);
    const orphaned = owner !== null && !isAlive(owner);
    const settled = ["starting", "ready"].includes(found.status) && !orphaned;
    if (settled || Date.now() >= giveUpAt) throw inUse(data, found.pid, owner);
    if (orphaned && !told) {
      // Its supervisor does the same, unless that was killed too.
      told = true;
      signal(found.pid, "SIGINT");
    }
    await sleep(20);
  }
}

function inUse(data: string, pid: number, owner: number | null): EmbeddedPostgresError {
  const starter = owner === null ? "" : `, started by process ${owner}`;
  return new EmbeddedPostgresError(
    "IN_USE",
    `A PostgreSQL with pid ${pid}${starter} is running on the data in ${data}. Stop it first, or ` +
      "name another folder with SELVEDGE_DATA_DIR.",
  );
}
