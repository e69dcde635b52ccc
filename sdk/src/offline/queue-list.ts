import { SelvedgeError } from "../errors.ts";
import { appliedIn, changesBetween, type QueueChange } from "./queue-state.ts";
import { type QueueStore, withCommand, withOutcome } from "./queue-store.ts";
import type { Outcome, QueuedCommand, StoredCommand } from "./queued-command.ts";

/** What is told of each change of the list. */
export interface ListListener {
  changed(changes: readonly QueueChange[]): void;
  /** Receipts of what others have sent, and those that they make unnecessary. */
  adopt(receipts: readonly string[], instead: readonly string[]): void;
}

/** A store's commands, as this tab or process knows them; one thing is done after the other. */
export class QueueList {
  readonly #store: QueueStore;
  readonly #appliedKept: number;
  readonly #listener: ListListener;
  readonly #settledHere = new Set<string>();
  #adopted: readonly string[] = [];
  #commands: readonly StoredCommand[] = [];
  #turns: Promise<unknown> = Promise.resolve();
  #loaded: Promise<void> | undefined;

  constructor(store: QueueStore, appliedKept: number, listener: ListListener) {
    this.#store = store;
    this.#appliedKept = appliedKept;
    this.#listener = listener;
  }

  get commands(): readonly StoredCommand[] {
    return this.#commands;
  }

  /** Finds what was put in before. */
  ready(): Promise<void> {
    this.#loaded ??= this.#inTurn(async () => {
      this.#commands = await this.#store.load();
      this.#adopt(appliedIn(this.#commands));
      this.#listener.changed([]);
    }).catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  /** Finds what others have done. */
  async look(): Promise<void> {
    await this.ready();
    await this.#inTurn(async () => this.#show(await this.#store.load()));
  }

  async add(command: QueuedCommand, max: number, insteadOf: string | undefined): Promise<void> {
    await this.ready();
    await this.#inTurn(async () => {
      const isKept = await this.#store.add(command, max, insteadOf).catch(notKept);
      if (!isKept) throw full(max);
      this.#show(withCommand(this.#commands, command, insteadOf));
    });
  }

  /** Something became of a command; the oldest that were applied go. */
  settle(commandId: string, outcome: Outcome | undefined): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store.settle(commandId, outcome);
      this.#settledHere.add(commandId);
      this.#show(withOutcome(this.#commands, commandId, outcome));
      const applied = appliedIn(this.#commands);
      const tooMany = applied.slice(0, Math.max(0, applied.length - this.#appliedKept));
      if (tooMany.length > 0) await this.#remove(tooMany.map(({ command }) => command.commandId));
    });
  }

  async remove(commandIds: readonly string[]): Promise<void> {
    await this.ready();
    await this.#inTurn(() => this.#remove(commandIds));
  }

  async #remove(commandIds: readonly string[]): Promise<void> {
    await this.#store.remove(commandIds);
    for (const id of commandIds) this.#settledHere.delete(id);
    this.#show(this.#commands.filter(({ command }) => !commandIds.includes(command.commandId)));
  }

  #show(now: readonly StoredCommand[]): void {
    const changes = changesBetween(this.#commands, now);
    if (changes.length === 0 && now.length === this.#commands.length) return;
    this.#commands = now;
    const applied = changes.flatMap((change) => (change.type === "applied" ? [change] : []));
    this.#adopt(applied.filter(({ command }) => !this.#settledHere.has(command.commandId)));
    this.#listener.changed(changes);
  }

  /**
   * One command is sent after the other, so the last one's receipt proves all before it; unless it
   * was repeated: then its answer is as old as its first attempt.
   */
  #adopt(applied: ReturnType<typeof appliedIn>): void {
    if (applied.length === 0) return;
    const last = applied.map(({ outcome }) => outcome.repeated).lastIndexOf(false);
    const receipts = applied.slice(Math.max(0, last)).map(({ outcome }) => outcome.receipt);
    this.#listener.adopt(receipts, last < 0 ? [] : this.#adopted);
    this.#adopted = last < 0 ? [...this.#adopted, ...receipts] : receipts;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turns.then(work);
    this.#turns = done.catch(() => {});
    return done;
  }
}

function full(max: number): SelvedgeError {
  return new SelvedgeError(`The queue holds ${max} commands that were not applied yet.`, {
    code: "UNAVAILABLE",
    reason: "queue-full",
    retryable: true,
    details: { entriesMax: max },
    hint: "It takes more when some were sent, or refused ones were dropped.",
  });
}

function notKept(cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new SelvedgeError(`The command could not be kept: ${why}`, {
    code: "UNAVAILABLE",
    reason: "not-kept",
    retryable: true,
    cause,
  });
}
