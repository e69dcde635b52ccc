import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { clusterPaths, type DataFolder } from "./data-folder.ts";
import { EmbeddedPostgresError, systemCode } from "./embedded-postgres-error.ts";

/** Checks that a cluster is complete, of our version and ours to use; returns its password. */
export function openCluster(folder: DataFolder, version: string): string {
  const cluster = clusterPaths(folder.path);
  const owner = folder.user?.uid ?? process.geteuid?.();
  try {
    const found = readFileSync(join(cluster.data, "PG_VERSION"), "utf8").trim();
    const wanted = version.split(".")[0];
    if (found !== wanted) {
      throw new EmbeddedPostgresError(
        "WRONG_VERSION",
        `The data in ${folder.path} was written by PostgreSQL ${found}, and this is PostgreSQL ` +
          `${wanted}. Move the data with pg_dump and pg_restore, or name another folder with ` +
          "SELVEDGE_DATA_DIR.",
      );
    }
    if (statSync(cluster.data).uid !== (owner ?? 0) >>> 0) {
      throw new EmbeddedPostgresError("NO_ACCESS", ownerMessage(folder.path));
    }
    accessSync(cluster.data, constants.W_OK);
    return readFileSync(cluster.password, "utf8").trim();
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    if (["EACCES", "EPERM", "EROFS"].includes(systemCode(error))) {
      throw new EmbeddedPostgresError("NO_ACCESS", ownerMessage(folder.path), error);
    }
    throw new EmbeddedPostgresError(
      "DAMAGED",
      `The data in ${folder.path} is not complete: ${String(error)}`,
      error,
    );
  }
}

function ownerMessage(folder: string): string {
  return (
    `The data in ${folder} belongs to another system user. Start as the user that made it, or ` +
    "name another folder with SELVEDGE_DATA_DIR."
  );
}
