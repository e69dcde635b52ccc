import { isRecord, readFault } from "./answers.ts";
import type { Commands, ReadModelFacts } from "./api.gen.ts";
import { type AnyBasedOn, basedOnText } from "./based-on.ts";
import type { BasedOn, CallOptions, CommandShape } from "./calls.ts";
import { newCommandId } from "./command-id.ts";
import { isSelvedgeError, SelvedgeError } from "./errors.ts";

/** Commands by their paths. */
export type CommandTable<All> = Record<keyof All, CommandShape>;

/** One command of many. */
export type BulkCommand<All extends CommandTable<All> = Commands, Facts = ReadModelFacts> = {
  [Path in keyof All & string]: {
    readonly command: Path;
    readonly input: All[Path]["input"];
    readonly commandId?: string | undefined;
    readonly basedOn?: BasedOn<Facts> | undefined;
  };
}[keyof All & string];

/** One command of many, whichever commands there are. */
export interface AnyCommand {
  readonly command: string;
  readonly input: unknown;
  readonly commandId?: string | undefined;
  readonly basedOn?: AnyBasedOn | undefined;
}

/** What came of one command of many. */
export type BulkOutcome<
  Command extends AnyCommand = BulkCommand,
  All extends CommandTable<All> = Commands,
> = {
  /** Where it stood among those given, counted from 0. */
  readonly index: number;
  readonly command: Command;
  readonly commandId: string;
} & (
  | {
      /** `repeated`: this id had been applied before, and its stored answer is given again. */
      readonly outcome: "applied" | "repeated";
      readonly data: All[Command["command"] & keyof All]["data"];
      readonly receipt: string;
    }
  | {
      /** The domain said no, or it failed: the same may succeed later if `error.retryable`. */
      readonly outcome: "refused" | "failed";
      readonly error: SelvedgeError<All[Command["command"] & keyof All]["refusal"]>;
    }
);

type Outcome<Command extends AnyCommand> = BulkOutcome<Command, Record<string, CommandShape>>;

/** Options of `bulk`. */
export interface BulkOptions<Command extends AnyCommand = BulkCommand> extends CallOptions {
  /**
   * Names what a command is about: those of one name are applied in the order given, others beside
   * them, and what has none beside all. Without this option all are applied in the order given.
   */
  inOrderBy?: ((command: Command) => string | undefined) | undefined;
}

/** One command as it is sent. */
interface Sent<Command extends AnyCommand> {
  readonly index: number;
  readonly command: Command;
  readonly commandId: string;
  readonly text: string;
}

/** Sends one chunk, as often as need be, and answers what came. */
export type SendChunk = (body: string, options: CallOptions) => Promise<unknown>;

// What the server takes in one request; a letter is up to three bytes of its megabyte.
const commandsMax = 100;
const charsMax = 250_000;
const chunkTimeoutMs = 60_000;
const firstPauseMs = 100;
const pauseMsMax = 5_000;

/**
 * Sends many commands in few requests and tells of each what came of it, in the order given. They
 * are taken as they are sent, so there may be millions. One that is refused stops no other; one
 * that fails for a while holds back those after it of the same name, and is tried again until the
 * time of its chunk is up. Where the server cannot be reached at all, the outcomes of that chunk
 * are told and then the error is thrown: nothing after it has been sent.
 */
export async function* bulk<Command extends AnyCommand>(
  commands: Iterable<Command> | AsyncIterable<Command>,
  options: BulkOptions<Command>,
  sendChunk: SendChunk,
): AsyncGenerator<Outcome<Command>, void, undefined> {
  for await (const chunk of inChunks(commands, options)) {
    const outcomes = new Map<number, Outcome<Command>>();
    let stopped: SelvedgeError | undefined;
    try {
      await settle(chunk, options, sendChunk, outcomes);
    } catch (error) {
      if (!isSelvedgeError(error)) throw error;
      stopped = error;
    }
    for (const { index, command, commandId } of chunk) {
      const known = outcomes.get(index);
      yield known ?? { index, command, commandId, outcome: "failed", error: stopped as never };
    }
    if (stopped) throw stopped;
  }
}

/** Sends a chunk, and what of it failed for a while once more, until its time is up. */
async function settle<Command extends AnyCommand>(
  chunk: readonly Sent<Command>[],
  { signal, timeoutMs = chunkTimeoutMs, retriesMax }: BulkOptions<Command>,
  sendChunk: SendChunk,
  outcomes: Map<number, Outcome<Command>>,
): Promise<void> {
  const endsAt = performance.now() + timeoutMs;
  let open = chunk;
  for (let attempt = 0; ; attempt++) {
    const body = `{"commands":[${open.map(({ text }) => text).join(",")}]}`;
    const leftMs = endsAt - performance.now();
    const answer = await sendChunk(body, { signal, timeoutMs: leftMs, retriesMax });
    const answers = readAnswers(answer, open.length);
    const again: Sent<Command>[] = [];
    for (const [at, sent] of open.entries()) {
      const outcome = outcomeOf(sent, answers[at] ?? {});
      outcomes.set(sent.index, outcome);
      if (outcome.outcome === "failed" && outcome.error.retryable) again.push(sent);
    }
    const pauseMs = Math.random() * Math.min(pauseMsMax, firstPauseMs * 2 ** attempt);
    if (again.length === 0 || performance.now() + pauseMs >= endsAt) return;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    open = again;
  }
}

async function* inChunks<Command extends AnyCommand>(
  commands: Iterable<Command> | AsyncIterable<Command>,
  { inOrderBy }: BulkOptions<Command>,
): AsyncGenerator<readonly Sent<Command>[], void, undefined> {
  let chunk: Sent<Command>[] = [];
  let chars = 0;
  let index = 0;
  for await (const command of commands) {
    const lane = inOrderBy ? (inOrderBy(command) ?? `#${index}`) : "all";
    const sent = write(command, index, lane);
    const full = chunk.length === commandsMax || chars + sent.text.length > charsMax;
    if (full && chunk.length > 0) {
      yield chunk;
      chunk = [];
      chars = 0;
    }
    chunk.push(sent);
    chars += sent.text.length;
    index++;
  }
  if (chunk.length > 0) yield chunk;
}

function write<Command extends AnyCommand>(
  command: Command,
  index: number,
  lane: string,
): Sent<Command> {
  const { command: path, input, commandId = newCommandId() } = command;
  const basedOn = basedOnText(command.basedOn);
  try {
    const text = JSON.stringify({ command: path, commandId, lane, input, basedOn });
    return { index, command, commandId, text };
  } catch (cause) {
    const message = `The input of command ${index} cannot be written as JSON.`;
    throw new SelvedgeError(message, { code: "BAD_INPUT", cause, commandId });
  }
}

function readAnswers(answer: unknown, count: number): readonly Record<string, unknown>[] {
  const answers = isRecord(answer) ? answer.answers : undefined;
  if (Array.isArray(answers) && answers.length === count && answers.every(isRecord)) return answers;
  throw new SelvedgeError("The answer to bulk does not have one answer a command.", {
    code: "INTERNAL",
    hint: "What answered is not Selvedge, or not a version that this SDK knows.",
  });
}

// One answer of many has no response of its own.
const noResponse = { status: 500, headers: new Headers() };

function outcomeOf<Command extends AnyCommand>(
  { index, command, commandId }: Sent<Command>,
  answer: Record<string, unknown>,
): Outcome<Command> {
  const base = { index, command, commandId };
  if (isRecord(answer.error)) {
    const { message, data } = answer.error;
    const fault = readFault(message, isRecord(data) ? data : {}, noResponse);
    const error = Object.assign(fault, { commandId }) as SelvedgeError<never>;
    return { ...base, outcome: error.code === "REFUSED" ? "refused" : "failed", error };
  }
  const { data, receipt, repeated } = answer;
  const outcome = repeated === true ? "repeated" : "applied";
  return { ...base, outcome, data, receipt } as Outcome<Command>;
}
