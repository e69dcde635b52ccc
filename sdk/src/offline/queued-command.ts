import type { Commands, ReadModelFacts } from "../api.gen.ts";
import type { CommandTable } from "../bulk.ts";
import type { BasedOn } from "../calls.ts";
import type { RefusalKind, SelvedgeErrorCode } from "../errors.ts";

/** The path of a command: `garments.putAway`. */
export type CommandPath = keyof Commands & string;

/** One kind of command in a queue. */
export interface QueuedCommandOf<
  Path extends keyof All,
  All extends CommandTable<All> = Commands,
  Facts = ReadModelFacts,
> {
  /** Its id on the server: however often it is sent, it is applied once. */
  readonly commandId: string;
  readonly path: Path;
  readonly input: All[Path]["input"];
  /** When it was put in: ISO 8601, by the clock of the machine that did. */
  readonly at: string;
  /** What it belongs to, a tote or a piece: where one is refused, the later ones wait. */
  readonly group?: string | undefined;
  /** Ids of commands that must have been applied before. */
  readonly after?: readonly string[] | undefined;
  /** What was seen when it was decided on. */
  readonly basedOn?: BasedOn<Facts> | undefined;
  /** Ids of refused commands whose place it has taken. */
  readonly insteadOf?: readonly string[] | undefined;
}

/** A command in a queue. */
export type QueuedCommand = { [Path in CommandPath]: QueuedCommandOf<Path> }[CommandPath];

/** Why something did not get through: a `SelvedgeError`, as it can be kept. */
export interface KeptError {
  readonly code: SelvedgeErrorCode;
  readonly message: string;
  readonly reason?: string | undefined;
  readonly kind?: RefusalKind | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly hint?: string | undefined;
  readonly requestId?: string | undefined;
}

/** A command was applied. */
export interface Applied {
  readonly state: "applied";
  readonly data: unknown;
  readonly receipt: string;
  /** Whether it had been applied by an earlier attempt, whose answer was lost. */
  readonly repeated: boolean;
  readonly settledAt: string;
}

/** A command was not applied, and will not be by itself. */
export interface Refused {
  readonly state: "refused";
  readonly error: KeptError;
  readonly settledAt: string;
}

/** What became of a command. */
export type Outcome = Applied | Refused;

/** A command as a store keeps it; without an outcome it is still to be sent. */
export interface StoredCommand {
  readonly command: QueuedCommand;
  readonly outcome?: Outcome | undefined;
}
