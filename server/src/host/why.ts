import { Fault } from "../kernel/faults.ts";
import { asFault } from "../kernel/run-command.ts";

const charsMax = 300;

/**
 * Why a start failed, in words that anybody may read: PostgreSQL's own may name users and hosts, so
 * of those there is the code alone.
 */
export function whyOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  const said = typeof code === "string" ? ` (${code})` : "";
  const known = asFault(error);
  if (known instanceof Fault) return `${known.message.replace(/\.$/, "")}${said}.`;
  if (said !== "") return `The database, or the way to it, says no${said}.`;
  return error instanceof Error ? shorten(error.message) : "It is not known why.";
}

function shorten(text: string): string {
  return text.length <= charsMax
    ? text
    : `${text.slice(0, charsMax / 2)}...${text.slice(-charsMax / 2)}`;
}
