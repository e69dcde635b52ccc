/**
 * Why the embedded PostgreSQL did not start.
 *
 * - `UNSUPPORTED`: this operating system has no embedded PostgreSQL here
 * - `NO_BINARY`: the platform's package is not installed, or cannot run on this system
 * - `NO_USER`: started as root, and there is no other user to run PostgreSQL as
 * - `NO_ACCESS`: the data folder cannot be read or written by the user that has to
 * - `NOT_EMPTY`: the folder holds something that is not ours; nothing in it was touched
 * - `WRONG_VERSION`: the data was written by another major version of PostgreSQL
 * - `DAMAGED`: the data folder is ours, but something in it is missing or does not fit
 * - `IN_USE`: another PostgreSQL runs on the data folder
 * - `INIT_FAILED`, `START_FAILED`: the program ended; the message carries its last lines
 */
export type EmbeddedPostgresErrorCode =
  | "UNSUPPORTED"
  | "NO_BINARY"
  | "NO_USER"
  | "NO_ACCESS"
  | "NOT_EMPTY"
  | "WRONG_VERSION"
  | "DAMAGED"
  | "IN_USE"
  | "INIT_FAILED"
  | "START_FAILED";

/** The embedded PostgreSQL could not be started; the message says what to do about it. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "EmbeddedPostgresError";
    this.code = code;
  }
}

/** The short name of a failed system call (`EACCES`), or "" for any other error. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
