import { withCommand, withOutcome } from "../offline/queue-store.ts";
import type { Outcome, QueuedCommand, StoredCommand } from "../offline/queued-command.ts";

/** One line of a queue's file. */
export type LogLine =
  | { readonly put: QueuedCommand; readonly insteadOf?: string | undefined }
  | { readonly settled: string; readonly outcome: Outcome | null }
  | { readonly removed: readonly string[] };

/** A line as it stands in the file. */
export function writeLine(line: LogLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** A line read; `undefined` for one that its writer did not live to end. */
export function readLine(text: string): LogLine | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === "object" && line !== null ? (line as LogLine) : undefined;
  } catch {
    return undefined;
  }
}

/** What a line makes of a list. */
export function withLine(list: readonly StoredCommand[], line: LogLine): StoredCommand[] {
  if ("put" in line) return withCommand(list, line.put, line.insteadOf);
  if ("settled" in line) return withOutcome(list, line.settled, line.outcome ?? undefined);
  if (!("removed" in line)) return [...list];
  return list.filter(({ command }) => !line.removed.includes(command.commandId));
}

/** The lines that make a list of nothing. */
export function linesOf(list: readonly StoredCommand[]): LogLine[] {
  return list.flatMap(({ command, outcome }): LogLine[] => [
    { put: command },
    ...(outcome ? [{ settled: command.commandId, outcome }] : []),
  ]);
}
