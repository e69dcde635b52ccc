import type { Modules } from "../api.gen.ts";
import type { CommandOptions, CommandResult } from "../calls.ts";
import { nextOf, type OnRefused, orderOf } from "./order.ts";
import type { QueueList } from "./queue-list.ts";
import type { KeptError, Outcome, QueuedCommand } from "./queued-command.ts";
import { kept, mayBeItsOwnFault, verdictOn } from "./verdict.ts";

/** What a queue needs of a client. */
export interface QueueClient extends Modules {
  adopt(receipts: readonly string[], instead?: readonly string[]): void;
}

type Call = (input: unknown, options: CommandOptions) => Promise<CommandResult<unknown>>;

/** How commands are sent. */
export interface SenderOptions {
  readonly onRefused: OnRefused;
  /** How long one attempt may take. */
  readonly timeoutMs: number;
  /** Nothing gets through, or (`undefined`) something did. */
  troubled(trouble: KeptError | undefined): void;
}

/** Sends the commands of a list, one after the other. */
export class Sender {
  readonly #client: QueueClient;
  readonly #list: QueueList;
  readonly #options: SenderOptions;
  /** Failed attempts that may have been the command's own fault. */
  readonly #tries = new Map<string, number>();
  #inFlight: string | undefined;

  constructor(client: QueueClient, list: QueueList, options: SenderOptions) {
    this.#client = client;
    this.#list = list;
    this.#options = options;
  }

  /** The id of the command that is being sent. */
  get inFlight(): string | undefined {
    return this.#inFlight;
  }

  /** Sends until nothing is left that may be sent, or nothing gets through. */
  async sendAll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = nextOf(orderOf(this.#list.commands, this.#options.onRefused));
      if (!next) return this.#options.troubled(undefined);
      this.#inFlight = next.commandId;
      try {
        const outcome = await this.#send(next, signal);
        if (!outcome) return;
        await this.#list.settle(next.commandId, outcome);
        this.#tries.delete(next.commandId);
        this.#options.troubled(undefined);
      } finally {
        this.#inFlight = undefined;
      }
    }
  }

  async #send(command: QueuedCommand, signal: AbortSignal): Promise<Outcome | undefined> {
    const { path, commandId, input, basedOn } = command;
    const call = callOf(this.#client, path);
    if (!call) {
      const message = `This version of the SDK has no command ${path}.`;
      return { state: "refused", error: { code: "NOT_FOUND", message }, settledAt: now() };
    }
    try {
      const { timeoutMs } = this.#options;
      // The queue has its own pauses, and its screen is to say at once that nothing gets through.
      const options = { commandId, basedOn, signal, timeoutMs, retriesMax: 0 };
      const answer = await call(input, options);
      const { data, receipt, repeated } = answer;
      return { state: "applied", data, receipt, repeated, settledAt: now() };
    } catch (error) {
      if (signal.aborted) return undefined;
      const tries = (this.#tries.get(commandId) ?? 0) + (mayBeItsOwnFault(error) ? 1 : 0);
      this.#tries.set(commandId, tries);
      if (verdictOn(error, tries) === "refused") {
        return { state: "refused", error: kept(error), settledAt: now() };
      }
      this.#options.troubled(kept(error));
      return undefined;
    }
  }
}

/** The client's method of a command, if it has one. */
export function callOf(client: Modules, path: string): Call | undefined {
  const [module = "", name = ""] = path.split(".");
  const methods = (client as unknown as Record<string, Record<string, unknown> | undefined>)[
    module
  ];
  const method = methods?.[name];
  return typeof method === "function" ? (method as Call) : undefined;
}

function now(): string {
  return new Date().toISOString();
}
