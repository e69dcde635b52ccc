import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import {
  type ClusterPaths,
  clusterPaths,
  type DataFolder,
  unfinishedPrefix,
} from "./data-folder.ts";
import { EmbeddedPostgresError, systemCode } from "./embedded-postgres-error.ts";
import { isAlive } from "./postmaster-file.ts";
import { programEnv, type RunAs } from "./run-as.ts";

/** The one role and the one database that a new cluster starts with. */
export const embeddedName = "selvedge";

/**
 * Makes the cluster if there is none; true when it did. It grows under another name and gets its
 * real one when it is complete, so one that was interrupted is never taken for data.
 */
export async function ensureCluster(
  folder: DataFolder,
  binaries: Binaries,
  options: { durable: boolean },
): Promise<boolean> {
  const cluster = clusterPaths(folder.path);
  if (existsSync(cluster.root)) return false;

  try {
    return await makeCluster(folder, cluster, binaries, options.durable);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    throw new EmbeddedPostgresError(
      "NO_ACCESS",
      `The data folder ${folder.path} cannot be written (${systemCode(error)}). Name another one ` +
        "with SELVEDGE_DATA_DIR, or set DATABASE_URL to a PostgreSQL of yours.",
      error,
    );
  }
}

async function makeCluster(
  folder: DataFolder,
  cluster: ClusterPaths,
  binaries: Binaries,
  durable: boolean,
): Promise<boolean> {
  removeUnfinished(folder.path);
  const name = `${unfinishedPrefix}${process.pid}-${randomBytes(4).toString("hex")}`;
  const growing = clusterPaths(folder.path, name);
  mkdirSync(growing.root, { mode: 0o700 });
  try {
    writeFileSync(growing.password, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
    for (const path of [growing.root, growing.password]) {
      if (folder.user !== null) chownSync(path, folder.user.uid >>> 0, folder.user.gid >>> 0);
    }
    await runInitdb(binaries.initdb, growing, folder.user, durable);
    renameSync(growing.root, cluster.root);
    if (durable) syncFolder(folder.path);
    return true;
  } catch (error) {
    rmSync(growing.root, { recursive: true, force: true });
    // Someone else's was complete first; it is as good as ours.
    if (["ENOTEMPTY", "EEXIST"].includes(systemCode(error))) return false;
    throw error;
  }
}

/** Removes what initdb left behind when its launcher was killed. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    const maker = Number(new RegExp(`^${unfinishedPrefix}(\\d+)-`).exec(name)?.[1]);
    if (!Number.isInteger(maker) || isAlive(maker)) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Its initdb is still at work; a later start removes it.
    }
  }
}

function runInitdb(
  initdb: string,
  into: ClusterPaths,
  user: RunAs | null,
  durable: boolean,
): Promise<void> {
  const args = [
    `--pgdata=${into.data}`,
    `--username=${embeddedName}`,
    `--pwfile=${into.password}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
    ...(durable ? [] : ["--no-sync"]),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(initdb, args, {
      ...user,
      cwd: "/",
      env: programEnv(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output = (output + text).slice(-4_000);
      });
    }
    const failed = (how: string, cause?: unknown) =>
      new EmbeddedPostgresError(
        "INIT_FAILED",
        `initdb could not make the data folder (${how}):\n${output.trim()}`,
        cause,
      );
    child.once("error", (error) => reject(failed(error.message, error)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(failed(signal === null ? `exit code ${code}` : signal));
    });
  });
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}
