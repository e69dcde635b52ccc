import { setTimeout as pause } from "node:timers/promises";
import type { Answer } from "./import-client.ts";

/** What became of a command. */
export type Outcome<Data> =
  | { state: "applied" | "repeated"; data: Data }
  | { state: "refused"; code: string; reason: string; message: string; details: unknown };

/** The server cannot be asked any further; what was sent before stays. */
export class SendingStopped extends Error {
  override readonly name = "SendingStopped";
}

/** How often a command is sent that met another one on the same stock, or a server that is slow. */
const attemptsMax = 10;

// A server that is slow has not gone: an import that nobody watches waits for it.
const passing = new Set(["CONFLICT", "TIMEOUT"]);

/** Codes that speak about this one command: the next one may well be taken. */
const aboutTheCommand = new Set([
  "REFUSED",
  "COMMAND_ID_REUSED",
  "BAD_INPUT",
  "TOO_LARGE",
  "RECEIPT_REFUSED",
  "INTERNAL",
]);

/**
 * Sends one command, again while others stand in its way or the server is slow, and tells what
 * became of it.
 */
export async function sendCommand<Data>(send: () => Promise<Answer<Data>>): Promise<Outcome<Data>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await send();
      return { state: answer.repeated ? "repeated" : "applied", data: answer.data };
    } catch (error) {
      const failure = failureOf(error);
      if (aboutTheCommand.has(failure.code)) return { state: "refused", ...failure };
      if (!passing.has(failure.code) || attempt === attemptsMax)
        throw new SendingStopped(stopReasonOf(failure.code, failure.message));
      // Jitter, so that commands which met once do not meet again.
      await pause(Math.random() * Math.min(1_000, 10 * 2 ** attempt));
    }
  }
}

function stopReasonOf(code: string, message: string): string {
  if (code === "NETWORK" || code === "UNAVAILABLE" || code === "TIMEOUT")
    return `the server cannot be reached (${code}: ${message})`;
  if (code === "UNAUTHENTICATED")
    return "the server does not know this API key; give one that may write";
  if (code === "FORBIDDEN") return `this API key may not write here (${message})`;
  if (code === "NOT_FOUND")
    return `this address does not offer the command (${message}); is it a Selvedge server?`;
  if (code === "CONFLICT") return "the same stock is changed too often; try a lower concurrency";
  return message;
}

interface Failure {
  code: string;
  reason: string;
  message: string;
  details: unknown;
}

/** Read by shape, not by class, so that another copy of the SDK is understood too. */
function failureOf(error: unknown): Failure {
  const code = textIn(error, "code") ?? "UNKNOWN";
  const details = fieldOf(error, "details");
  const issue = firstOf(fieldOf(details, "issues"));
  const said = error instanceof Error ? error.message : String(error);
  const message = said.split("\n")[0] || code;
  return {
    code,
    reason: textIn(error, "reason") ?? code.toLowerCase().replaceAll("_", "-"),
    message: issue ? `${message} (${pathOf(issue)}: ${textIn(issue, "message")})` : message,
    details,
  };
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function textIn(value: unknown, name: string): string | undefined {
  const field = fieldOf(value, name);
  return typeof field === "string" ? field : undefined;
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

function pathOf(issue: unknown): string {
  const path = fieldOf(issue, "path");
  return Array.isArray(path) ? path.map(String).join(".") : String(path ?? "input");
}
