import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { mayUse, type RunAs } from "./run-as.ts";

/**
 * A folder of ours below the system's temporary folder, that the user can enter and nobody else
 * can write: a folder prepared by someone else could hold programs or data that are not ours.
 */
export function temporaryFolder(name: string, user: RunAs | null): string {
  // A temporary folder of root's own (pam_tmpdir) is closed to the user; /tmp is not.
  const parents = [tmpdir(), "/tmp"];
  const parent = parents.find((path) => user === null || mayUse(user, path));
  if (parent === undefined) {
    throw new EmbeddedPostgresError(
      "NO_ACCESS",
      `The user that runs PostgreSQL (${user?.uid}) cannot enter ${parents.join(" or ")}. ` +
        "Set DATABASE_URL to a PostgreSQL of yours.",
    );
  }
  const folder = join(parent, name);
  const made = mkdirSync(folder, { recursive: true });
  if (made !== undefined) chmodSync(folder, 0o755);
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.geteuid?.() || (found.mode & 0o022) !== 0) {
    throw new EmbeddedPostgresError(
      "NO_ACCESS",
      `${folder} is not a folder that only we can write. Remove it and start again.`,
    );
  }
  return folder;
}
