import { Alarm, pauseMs, untilAborted } from "./pause.ts";
import type { QueueList } from "./queue-list.ts";
import type { QueueStore } from "./queue-store.ts";
import type { KeptError } from "./queued-command.ts";
import type { Sender } from "./sender.ts";
import { kept } from "./verdict.ts";

/** What a runner has to know, and whom it tells. */
export interface RunnerOptions {
  readonly pauseMsMax: number;
  isInTrouble(): boolean;
  troubled(trouble: KeptError | undefined): void;
}

/** What tells that there is a network again. */
interface OnlineHost {
  addEventListener?(type: "online", listener: () => void): void;
  removeEventListener?(type: "online", listener: () => void): void;
}

/** Has a queue sent, as long as it runs: by one tab or process at a time. */
export class Runner {
  readonly #store: QueueStore;
  readonly #list: QueueList;
  readonly #sender: Sender;
  readonly #options: RunnerOptions;
  readonly #alarm = new Alarm();
  #passing: Promise<void> | undefined;
  #turn = newTurn();
  #running: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(store: QueueStore, list: QueueList, sender: Sender, options: RunnerOptions) {
    this.#store = store;
    this.#list = list;
    this.#sender = sender;
    this.#options = options;
  }

  /** There may be something to send. */
  wake(): void {
    this.#alarm.ring();
  }

  start(): void {
    if (this.#running) return;
    const controller = new AbortController();
    this.#running = { controller, ended: this.#run(controller.signal) };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.controller.abort();
    await running?.ended;
  }

  /** Sends once what can be sent, as soon as it is this one's turn. */
  async sendNow(signal: AbortSignal): Promise<void> {
    await this.#list.look();
    if (this.#running) {
      await untilAborted(this.#turn.begins, signal);
      return this.#pass(signal);
    }
    const unwatch = this.#store.watch(() => this.#lookAgain());
    try {
      await this.#store.lead(async () => {
        await this.#list.look();
        await this.#pass(signal);
      }, signal);
    } finally {
      unwatch();
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const unwatch = this.#store.watch(() => this.#lookAgain());
    const online = () => this.#alarm.ring();
    // Browsers and workers say when there is a network again; Node does not.
    const host: OnlineHost = globalThis as OnlineHost;
    host.addEventListener?.("online", online);
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        await this.#list.ready();
        await this.#store.lead(() => this.#lead(signal), signal);
      } catch (error) {
        if (signal.aborted) break;
        // The store itself is in trouble. What was sent and could not be noted is sent again.
        this.#options.troubled(kept(error));
        await this.#alarm.wait(pauseMs(failures, this.#options.pauseMsMax), signal);
      }
    }
    host.removeEventListener?.("online", online);
    unwatch();
  }

  async #lead(signal: AbortSignal): Promise<void> {
    this.#turn.begin();
    try {
      await this.#list.look();
      for (let failures = 0; !signal.aborted; ) {
        await this.#pass(signal);
        failures = this.#options.isInTrouble() ? failures + 1 : 0;
        const ms = failures === 0 ? Infinity : pauseMs(failures, this.#options.pauseMsMax);
        await this.#alarm.wait(ms, signal);
      }
    } finally {
      this.#turn = newTurn();
    }
  }

  /** One pass at a time: who asks for another while one is under way has that one. */
  #pass(signal: AbortSignal): Promise<void> {
    this.#passing ??= this.#sender.sendAll(signal).finally(() => {
      this.#passing = undefined;
    });
    return this.#passing;
  }

  /** Others have done something. A store that cannot be read now is read before the next pass. */
  #lookAgain(): void {
    const before = this.#list.commands;
    this.#list.look().then(
      () => {
        if (this.#list.commands !== before && !this.#options.isInTrouble()) this.#alarm.ring();
      },
      () => {},
    );
  }
}

/** That it is this one's turn to send: a promise, and how to keep it. */
function newTurn(): { readonly begins: Promise<void>; begin(): void } {
  let begin = () => {};
  const begins = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return { begins, begin };
}
