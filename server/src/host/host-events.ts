import { derivedCommandId } from "../import/derived-command-id.ts";
import type { Identity } from "../kernel/context.ts";
import type { Asked, AskOptions, Executed, ExecuteOptions, InProcess } from "./in-process.ts";
import type { CommandPath, DataOf, InputOf, Procedures, QueryPath } from "./paths.ts";
import { SelvedgeError } from "./selvedge-error.ts";

/** Something that happened in the host, as its bus tells it: at least once. */
export interface HostEvent<Data = unknown> {
  /** Its own, and the same each time it is told. */
  readonly id: string;
  /** The host's name for it: `order.placed`. */
  readonly type: string;
  readonly data: Data;
  /** For whom, and as whom, it is handled. */
  readonly identity: Identity;
}

/** What a handler of host events sends commands and asks queries with, as the event's identity. */
export interface House<All = Procedures> {
  readonly identity: Identity;
  /**
   * Sends a command, under an id that follows from the event's and from how many were sent before:
   * so handle an event in the same order each time.
   */
  execute<Path extends CommandPath<All>>(
    path: Path,
    input: InputOf<Path, All>,
    options?: ExecuteOptions,
  ): Promise<Executed<DataOf<Path, All>>>;
  /** Asks a query. */
  ask<Path extends QueryPath<All>>(
    path: Path,
    input: InputOf<Path, All>,
    options?: AskOptions,
  ): Promise<Asked<DataOf<Path, All>>>;
}

/** What is done with a host's event. */
export type HostEventHandler<Data = unknown, All = Procedures> = (
  event: HostEvent<Data>,
  house: House<All>,
) => Promise<void> | void;

/** What became of an event: `ignored` where nothing is registered for its type. */
export type HostEventOutcome = "handled" | "ignored";

/** What handles the host's events. Nothing is kept of them: commands are known by their ids. */
export class HostEvents {
  readonly #inProcess: Pick<InProcess, "execute" | "ask">;
  readonly #handlers = new Map<string, HostEventHandler>();

  constructor(inProcess: Pick<InProcess, "execute" | "ask">) {
    this.#inProcess = inProcess;
  }

  /** Registers what is done with a type; call the answer to end it. */
  on<Data>(type: string, handler: HostEventHandler<Data>): () => void {
    if (this.#handlers.has(type)) throw new Error(`Events ${type} are handled already.`);
    const kept = handler as HostEventHandler;
    this.#handlers.set(type, kept);
    return () => {
      if (this.#handlers.get(type) === kept) this.#handlers.delete(type);
    };
  }

  /** Handles an event. Throws where its handler does, for the host's bus to tell it again. */
  async take(event: HostEvent): Promise<HostEventOutcome> {
    const { id, type, identity } = event;
    if (typeof id !== "string" || id === "") {
      throw new SelvedgeError("An event of the host needs an id of its own.", {
        code: "BAD_INPUT",
        details: { issues: [{ path: "id", message: "is no text, or an empty one" }] },
      });
    }
    const handler = this.#handlers.get(type);
    if (!handler) return "ignored";
    let sent = 0;
    await handler(event, {
      identity,
      execute: (path, input, options) => {
        const derived = derivedCommandId("host event", id, String(sent));
        sent += 1;
        const commandId = options?.commandId ?? derived;
        return this.#inProcess.execute(path, input, identity, { ...options, commandId });
      },
      ask: (path, input, options) => this.#inProcess.ask(path, input, identity, options),
    });
    return "handled";
  }
}
