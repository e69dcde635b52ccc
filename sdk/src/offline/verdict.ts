import { isSelvedgeError, type SelvedgeErrorCode } from "../errors.ts";
import type { KeptError } from "./queued-command.ts";

// Nobody got through: the command itself may be as right as can be.
const passing = new Set<string>([
  "NETWORK",
  "TIMEOUT",
  "UNAVAILABLE",
  "UNAUTHENTICATED",
  "ABORTED",
  // Said by newer servers: whoever updates the scanner has all of it still.
  "SDK_TOO_OLD",
]);
// The server could not do it just now, for a reason that may go away, or not.
const stubborn = new Set<SelvedgeErrorCode>(["CONFLICT", "INTERNAL"]);
const triesMax = 5;

/** Whether a failure may come from the command itself, so that it must not be tried for ever. */
export function mayBeItsOwnFault(error: unknown): boolean {
  return isSelvedgeError(error) && error.requestId !== undefined && stubborn.has(error.code);
}

/**
 * What a failed attempt says of a command: `trouble`, it is to be sent again when things are
 * better; or `refused`, sending it again changes nothing. `tries` counts those that may have been
 * its fault.
 */
export function verdictOn(error: unknown, tries: number): "trouble" | "refused" {
  if (!isSelvedgeError(error)) return "refused";
  if (passing.has(error.code)) return "trouble";
  // A proxy's or a hotel's page knows nothing of the command, but for its size.
  const isStranger = error.requestId === undefined && error.code !== "TOO_LARGE";
  if (isStranger) return "trouble";
  return stubborn.has(error.code) && tries < triesMax ? "trouble" : "refused";
}

/** An error as it can be kept. */
export function kept(error: unknown): KeptError {
  if (!isSelvedgeError(error)) {
    return { code: "INTERNAL", message: error instanceof Error ? error.message : String(error) };
  }
  const { code, message, reason, kind, details, hint, requestId } = error;
  return JSON.parse(JSON.stringify({ code, message, reason, kind, details, hint, requestId }));
}
