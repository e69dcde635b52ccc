import { text } from "node:stream/consumers";

/** What a subcommand may use of the process it runs in. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prints the result of a subcommand. */
  out(line: string): void;
  /** Says something beside the result: progress, warnings, errors. */
  note(line: string): void;
  /** The stream for progress, with `isTTY` where a person is watching. */
  readonly progress: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Reads all of standard input. */
  readStdin(): Promise<string>;
  /** Sets how the process will end: 0 done, 1 error, 2 lag over promise, 130 interrupted. */
  exitWith(code: number): void;
}

/** The real process. */
export const processIo: CliIo = {
  env: process.env,
  out: (line) => {
    process.stdout.write(`${line}\n`);
  },
  note: (line) => {
    process.stderr.write(`${line}\n`);
  },
  progress: process.stderr,
  readStdin: () => text(process.stdin),
  exitWith: (code) => {
    process.exitCode = code;
  },
};

/** An error that its reader can act on: printed as one line, without a stack. */
export class CliError extends Error {
  override readonly name = "CliError";
}

/** Any failure as one line of plain words. */
export function lineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, "; ") || "failed without a word";
}
