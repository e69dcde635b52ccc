import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a running PostgreSQL says about itself in its data folder. */
export interface PostmasterFile {
  readonly pid: number;
  /** `starting`, `ready`, `stopping`, or "" while it has not said. */
  readonly status: string;
}

/** The setting that tells a PostgreSQL's starter; it is kept in `postmaster.opts`. */
export const ownerSetting = "selvedge.owner";

/** True while a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Sends a signal; a process that is gone, or not ours to signal, is left as it is. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Whoever waits for it to end will see.
  }
}

/** Reads `postmaster.pid`, or null when there is none. */
export function readPostmasterFile(data: string): PostmasterFile | null {
  const lines = readLines(join(data, "postmaster.pid"));
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, status: lines[7]?.trim() ?? "" } : null;
}

/** The process that started the PostgreSQL of this folder, or null when it was not a launcher. */
export function readOwner(data: string): number | null {
  const said = new RegExp(`${ownerSetting}=(\\d+)`).exec(
    readLines(join(data, "postmaster.opts"))[0] ?? "",
  );
  return said === null ? null : Number(said[1]);
}

/** True when this process is the PostgreSQL of this folder, and not a later one with its id. */
export function isPostmasterOf(pid: number, data: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === "linux") {
    return readLines(`/proc/${pid}/cmdline`).join("\n").split("\0").includes(data);
  }
  const listed = spawnSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
  return listed.stdout.includes(data);
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}
