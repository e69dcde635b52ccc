/**
 * Somebody else changed what this command changes: an update met no row of the version it had read.
 */
export class VersionConflict extends Error {
  override name = "VersionConflict";
}
