import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EmbeddedPostgresError, systemCode } from "./embedded-postgres-error.ts";
import { isRoot, mayUse, type RunAs, serviceUser } from "./run-as.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Where the data really is, and who works on it. */
export interface DataFolder {
  /** The folder with `cluster` in it; elsewhere than wanted when the user cannot get there. */
  readonly path: string;
  readonly moved: boolean;
  /** The user to run PostgreSQL as, or null to run it as ourselves. */
  readonly user: RunAs | null;
}

/** What a data folder holds: PostgreSQL's own files in `data`, and the password beside them. */
export interface ClusterPaths {
  readonly root: string;
  readonly data: string;
  readonly password: string;
}

/** Folders of an interrupted initdb carry this prefix and the process id that made them. */
export const unfinishedPrefix = "cluster.init-";

/** The default data folder: `.selvedge/postgres` below the working folder, or SELVEDGE_DATA_DIR. */
export function defaultDataDir(cwd: string = process.cwd()): string {
  const named = process.env.SELVEDGE_DATA_DIR;
  return named ? resolve(cwd, named) : join(cwd, ".selvedge", "postgres");
}

/** The paths of the cluster in a data folder, or of one in the making under another name. */
export function clusterPaths(folder: string, name = "cluster"): ClusterPaths {
  const root = join(folder, name);
  return { root, data: join(root, "data"), password: join(root, "password") };
}

/** Settles on the folder for the data and makes it, if it is not there. */
export function settleDataFolder(wanted: string): DataFolder {
  const path = resolve(wanted);
  refuseForeignFolder(path);
  if (!isRoot()) return { path: makeFolder(path), moved: false, user: null };

  const user = userFor(path);
  const reached = makeReachable(user, path);
  if (reached !== null) return { path: reached, moved: false, user };
  const hash = createHash("sha256").update(path).digest("hex").slice(0, 16);
  const elsewhere = temporaryFolder(`selvedge-postgres-data-${hash}`, serviceUser());
  return { path: realpathSync(elsewhere), moved: true, user: userFor(elsewhere) };
}

/** A folder without a cluster must be empty: what others left in it is never mixed with ours. */
function refuseForeignFolder(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true || existsSync(clusterPaths(path).root)) return;
  const foreign = readdirSync(path).filter(
    (name) => !name.startsWith(unfinishedPrefix) && name !== "lost+found",
  );
  if (foreign.length === 0) return;
  throw new EmbeddedPostgresError(
    "NOT_EMPTY",
    `The data folder ${path} holds what is not Selvedge's: ${foreign.slice(0, 3).join(", ")}` +
      `${foreign.length > 3 ? ", ..." : ""}. Nothing was changed; name an empty or a new folder.`,
  );
}

/** Data that is there belongs to someone, who goes on owning it; new data is the service user's. */
function userFor(folder: string): RunAs {
  const owner = statSync(clusterPaths(folder).data, { throwIfNoEntry: false });
  return owner === undefined || owner.uid === 0
    ? serviceUser()
    : { uid: owner.uid, gid: owner.gid };
}

/** Makes the folder and lets the user pass through it; null when the way to it is closed. */
function makeReachable(user: RunAs, path: string): string | null {
  if (existsSync(path) && mayUse(user, path)) return makeFolder(path);
  if (!mayUse(user, nearestFolder(dirname(path)))) return null;
  const made = makeFolder(path);
  const found = statSync(made);
  if (found.uid === 0) chmodSync(made, found.mode | 0o011);
  return mayUse(user, made) ? made : null;
}

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}

function makeFolder(path: string): string {
  try {
    const first = mkdirSync(path, { recursive: true });
    // Root's umask may close the new folders to the user that has to pass through them.
    for (let made = path; first !== undefined && isRoot(); made = dirname(made)) {
      chmodSync(made, 0o755);
      if (made === first) break;
    }
    return realpathSync(path);
  } catch (error) {
    const taken = ["EEXIST", "ENOTDIR"].includes(systemCode(error));
    throw new EmbeddedPostgresError(
      taken ? "NOT_EMPTY" : "NO_ACCESS",
      taken
        ? `The data folder ${path} cannot be made: there is a file in its place.`
        : `The data folder ${path} cannot be made (${systemCode(error)}). Name another one with ` +
            "SELVEDGE_DATA_DIR, or set DATABASE_URL to a PostgreSQL of yours.",
      error,
    );
  }
}
