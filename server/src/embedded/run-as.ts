import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";

/** The system user that PostgreSQL runs as when we are root, which it refuses to run as. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** True when this process is root and has to hand PostgreSQL to another user. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** The user for PostgreSQL on this machine: `postgres` where there is one, else `nobody`. */
export function serviceUser(passwd = readFileSync("/etc/passwd", "utf8")): RunAs {
  const entries = passwd.split("\n").map((line) => line.split(":"));
  for (const name of ["postgres", "_postgres", "nobody"]) {
    const entry = entries.find((fields) => fields[0] === name);
    const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
    if (entry !== undefined && Number.isInteger(uid) && uid !== 0 && Number.isInteger(gid)) {
      return { uid, gid };
    }
  }
  throw new EmbeddedPostgresError(
    "NO_USER",
    "PostgreSQL does not run as root, and this system has neither a user `postgres` nor a " +
      "user `nobody` to run it as. Start as a plain user, or set DATABASE_URL to a PostgreSQL " +
      "of yours.",
  );
}

/** Asks the system whether that user may enter a folder, or run one file and read another. */
export function mayUse(user: RunAs, runnable: string, readable = ""): boolean {
  const question = 'test -x "$1" && { test -z "$2" || test -r "$2"; }';
  const asked = spawnSync("/bin/sh", ["-c", question, "sh", runnable, readable], {
    ...user,
    cwd: "/",
    stdio: "ignore",
  });
  if (asked.error === undefined) return asked.status === 0;
  throw new EmbeddedPostgresError(
    "NO_USER",
    `PostgreSQL does not run as root, and switching to user ${user.uid} is not allowed here. ` +
      "Start as a plain user, or set DATABASE_URL to a PostgreSQL of yours.",
    asked.error,
  );
}

/** The environment of PostgreSQL's programs: no secrets, no PG* variables, English messages. */
export function programEnv(): Record<string, string> {
  const env: Record<string, string> = { LC_ALL: "C", PATH: process.env.PATH ?? "/usr/bin:/bin" };
  const libraryPath = process.env.LD_LIBRARY_PATH;
  if (libraryPath !== undefined) env.LD_LIBRARY_PATH = libraryPath;
  return env;
}
