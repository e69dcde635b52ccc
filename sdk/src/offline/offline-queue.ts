import type { Commands, ReadModelFacts } from "../api.gen.ts";
import { basedOnHeaders } from "../based-on.ts";
import type { CommandTable } from "../bulk.ts";
import { newCommandId } from "../command-id.ts";
import { SelvedgeError } from "../errors.ts";
import { changesOf } from "./changes.ts";
import { type OnRefused, withThoseAfter } from "./order.ts";
import { QueueList } from "./queue-list.ts";
import type { OfflineQueueOptions, PutOptions } from "./queue-options.ts";
import { type QueueChange, type QueueState, stateOf } from "./queue-state.ts";
import type { KeptError, Outcome, QueuedCommand, QueuedCommandOf } from "./queued-command.ts";
import { Runner } from "./runner.ts";
import { callOf, type QueueClient, Sender } from "./sender.ts";

/**
 * Keeps commands while there is no network, and sends them in order when there is: for scanners
 * between racks. Each has its id from the moment it is put in, so it is applied once, whatever dies
 * in between; the client's queries show it as soon as it is applied.
 *
 * ```ts
 * const queue = new OfflineQueue(selvedge, { store: indexedDbStore() });
 * queue.start();
 * await queue.put("garments.putAway", { lpn, bin }, { group: lpn });
 * ```
 */
export class OfflineQueue<All extends CommandTable<All> = Commands, Facts = ReadModelFacts> {
  readonly #client: QueueClient;
  readonly #onRefused: OnRefused;
  readonly #entriesMax: number;
  readonly #list: QueueList;
  readonly #sender: Sender;
  readonly #runner: Runner;
  readonly #listeners = new Set<(change: QueueChange) => void>();
  #trouble: KeptError | undefined;
  #state: QueueState | undefined;

  constructor(client: QueueClient, options: OfflineQueueOptions) {
    const { store, onRefused = "continue", entriesMax = 1_000, appliedKept = 50 } = options;
    const { timeoutMs = 10_000, pauseMsMax = 30_000 } = options;
    this.#client = client;
    this.#onRefused = onRefused;
    this.#entriesMax = entriesMax;
    this.#list = new QueueList(store, appliedKept, {
      changed: (changes) => this.#tell(changes),
      adopt: (receipts, instead) => client.adopt(receipts, instead),
    });
    const troubled = (trouble: KeptError | undefined) => this.#troubled(trouble);
    this.#sender = new Sender(client, this.#list, { onRefused, timeoutMs, troubled });
    this.#runner = new Runner(store, this.#list, this.#sender, {
      ...{ pauseMsMax, troubled },
      isInTrouble: () => this.#trouble !== undefined,
    });
  }

  /** What a screen shows; the same object until something changes. Empty until it was read. */
  get state(): QueueState {
    this.#state ??= stateOf(this.#list.commands, this.#onRefused, this.#trouble);
    return this.#state;
  }

  /** Resolves when `state` shows what earlier runs have left. */
  ready(): Promise<void> {
    return this.#list.ready();
  }

  /**
   * Puts a command in. When this resolves it is kept, with its id and its time, whatever dies then;
   * when this rejects (`queue-full`, `not-kept`) it is not.
   */
  async put<Path extends keyof All & string>(
    path: Path,
    input: All[Path]["input"],
    { group, after, basedOn, insteadOf }: PutOptions<Facts> = {},
  ): Promise<QueuedCommandOf<Path, All, Facts>> {
    if (!callOf(this.#client, path)) throw badInput(`There is no command ${path}.`);
    basedOnHeaders(basedOn);
    await this.#list.ready();
    const old = insteadOf === undefined ? undefined : this.#refused(insteadOf);
    const command: QueuedCommandOf<Path, All, Facts> = asJson({
      commandId: newCommandId(),
      path,
      input,
      at: new Date().toISOString(),
      group: group ?? old?.group,
      after: after ?? old?.after,
      basedOn,
      insteadOf: old && [old.commandId, ...(old.insteadOf ?? [])],
    });
    await this.#list.add(command as unknown as QueuedCommand, this.#entriesMax, insteadOf);
    // While nothing gets through, a scan more is no reason to believe that it does now.
    if (!this.#trouble) this.#runner.wake();
    return command;
  }

  /** Sends a refused command once more: what it was refused for has been seen to. */
  async retry(commandId: string): Promise<void> {
    await this.#list.ready();
    this.#refused(commandId);
    await this.#list.settle(commandId, undefined);
    this.#runner.wake();
  }

  /**
   * Forgets a command that was not applied; those that it held are sent, or go with it. One that
   * was tried without an answer may have been applied for all that.
   */
  async drop(
    commandId: string,
    { withThoseAfter: chain = false }: { withThoseAfter?: boolean | undefined } = {},
  ): Promise<void> {
    await this.#list.ready();
    const ids = chain ? withThoseAfter(this.#list.commands, commandId) : [commandId];
    const inFlight = this.#sender.inFlight;
    if (inFlight !== undefined && ids.includes(inFlight)) {
      throw badInput("The command is being sent just now.");
    }
    await this.#list.remove(ids);
    this.#runner.wake();
  }

  /**
   * Sends now what can be sent, without `start` too. Resolves when nothing is left to be sent, or
   * nothing gets through (`state.trouble`).
   */
  async send({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<QueueState> {
    const controller = new AbortController();
    const giveUp = () => controller.abort(signal?.reason);
    if (signal?.aborted) giveUp();
    signal?.addEventListener("abort", giveUp, { once: true });
    // Another tab may be the one that sends; then it is done when nothing is left.
    const unsubscribe = this.subscribe(() => {
      if (this.state.pending.length === 0) controller.abort(nothingLeft);
    });
    try {
      await this.#runner.sendNow(controller.signal);
    } catch (error) {
      if (error !== nothingLeft) throw error;
    } finally {
      unsubscribe();
      signal?.removeEventListener("abort", giveUp);
    }
    return this.state;
  }

  /**
   * Sends from now on by itself: what is put in, what is left when the network comes back, and
   * after a pause what did not get through.
   */
  start(): void {
    this.#runner.start();
  }

  /** Ends what `start` began; what is being sent is given up, and sent again the next time. */
  stop(): Promise<void> {
    return this.#runner.stop();
  }

  /** Calls back after each change; answers how to end that. */
  subscribe(listener: (change: QueueChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every change from now on, until the signal fires. */
  changes({
    signal,
  }: {
    signal?: AbortSignal | undefined;
  } = {}): AsyncGenerator<QueueChange, void> {
    return changesOf((listener) => this.subscribe(listener), signal);
  }

  /** What becomes of a command: applied or refused, as soon as that is known. */
  async outcome(commandId: string, options?: { signal?: AbortSignal }): Promise<Outcome> {
    await this.#list.ready();
    const known = this.#list.commands.find(({ command }) => command.commandId === commandId);
    if (!known) throw badInput("There is no such command in the queue.");
    if (known.outcome) return known.outcome;
    for await (const change of this.changes(options)) {
      if (change.type === "trouble" || change.command.commandId !== commandId) continue;
      if (change.type === "dropped") break;
      if ("outcome" in change) return change.outcome;
    }
    throw new SelvedgeError("The command was dropped, or waiting for it was given up.", {
      code: "ABORTED",
      commandId,
    });
  }

  #refused(commandId: string): QueuedCommand {
    const found = this.state.refused.find(({ command }) => command.commandId === commandId);
    if (!found) throw badInput("There is no refused command with this id in the queue.");
    return found.command;
  }

  #troubled(trouble: KeptError | undefined): void {
    if (trouble?.code === this.#trouble?.code) return;
    this.#trouble = trouble;
    this.#tell([{ type: "trouble", trouble }]);
  }

  #tell(changes: readonly QueueChange[]): void {
    this.#state = undefined;
    for (const change of changes) {
      for (const listener of this.#listeners) listener(change);
    }
  }
}

const nothingLeft = new Error("Nothing is left to be sent.");

/** What is sent later has to be what it is now, and something that can be kept. */
function asJson<T>(value: T): T {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch (cause) {
    throw badInput("The input cannot be written as JSON.", cause);
  }
}

function badInput(message: string, cause?: unknown): SelvedgeError {
  return new SelvedgeError(message, { code: "BAD_INPUT", cause });
}
