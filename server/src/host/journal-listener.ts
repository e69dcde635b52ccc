import { setTimeout } from "node:timers/promises";
import { type FeedEvent, positionOfNow, readFeed } from "../feed-reader.ts";
import { type Pace, pauseAfterMs } from "../kernel/back-off.ts";
import type { Engine } from "../kernel/engine.ts";
import type { LockSession } from "../kernel/lock-session.ts";
import { LookOut } from "../kernel/look-out.ts";
import { feedStart, writePosition } from "../modules/journal/feed-position.ts";
import type { HouseToTell, ListenerRows } from "./listener-rows.ts";

/** What a host wants to hear of the journal. */
export interface Listening {
  /** Under which its place is kept: one name, one listener, wherever its process runs. */
  readonly name: string;
  /** Types of events; all of them unless given. */
  readonly types?: readonly string[];
  /** Houses; all of them unless given. */
  readonly tenants?: readonly string[];
  /** Where a name begins that was never heard of before: with what comes now, unless given. */
  readonly from?: "now" | "beginning";
}

/** An event of the journal, as the feed tells it, and whose it is. */
export interface JournalEvent extends FeedEvent {
  readonly tenant: string;
}

/** What the host does with an event; a failure has it told again, later. */
export type JournalHandler = (event: JournalEvent) => Promise<void> | void;

/** What a listener works with. */
export interface ListenerOptions {
  readonly listening: Listening;
  readonly handler: JournalHandler;
  readonly engine: Engine;
  readonly rows: ListenerRows;
  readonly locks: LockSession;
  readonly pace: Pace;
}

const pageEvents = 50;
// Many commands share a look.
const restMs = 50;
// Where nothing is heard it is looked by the clock; so long waits who has failed, at least.
const lookMs = 1_000;
// What was not wanted is looked at again after a crash; that is cheaper than a write for each look.
const passEveryMs = 5_000;

/**
 * Tells the host of events: each house's in the order of the feed, one at a time, the next when the
 * one before was taken and the row says so. One process has the lock of the name.
 */
export class JournalListener {
  readonly #options: ListenerOptions;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Ends it; the event that is in the handler's hands is waited for, but not for long. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    const late = new AbortController();
    const { signal } = late;
    await Promise.race([this.#done, setTimeout(graceMs, undefined, { signal }).catch(() => {})]);
    late.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { engine, locks, listening } = this.#options;
    while (!signal.aborted) {
      try {
        const lock = await locks.tryLock(`listener ${listening.name}`);
        if (lock) {
          await this.#drain(AbortSignal.any([signal, lock.lost])).finally(lock.release);
        }
      } catch (err) {
        const { name } = listening;
        if (!signal.aborted) engine.log.warn({ err, listener: name }, "a listener was not told");
      }
      await setTimeout(lookMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #drain(ending: AbortSignal): Promise<void> {
    const { engine, rows, listening } = this.#options;
    const { name, from = "now" } = listening;
    const start =
      from === "now" ? await positionOfNow(engine) : writePosition(engine.epoch, feedStart);
    await rows.note(name, start, listening);
    const lookOut = new LookOut(engine.signals, restMs);
    const wake = () => lookOut.wake();
    ending.addEventListener("abort", wake);
    const passing = new Passing();
    try {
      while (!ending.aborted) {
        const houses = await rows.toTell(name, passing.seen);
        let more = false;
        for (const house of houses) {
          if (ending.aborted) break;
          more = (await this.#tell(house, passing, lookOut, ending)) || more;
        }
        if (!more && !ending.aborted) await lookOut.wait(lookMs);
      }
      for (const [house, to] of passing.left()) await rows.moved(name, house, to, 0);
    } finally {
      ending.removeEventListener("abort", wake);
      lookOut.end();
    }
  }

  /** Tells of one house's next events. True where there may be more at once. */
  async #tell(
    house: HouseToTell,
    passing: Passing,
    lookOut: LookOut,
    ending: AbortSignal,
  ): Promise<boolean> {
    const { engine, rows, listening, handler, pace } = this.#options;
    const { name, types } = listening;
    const { tenant } = house;
    const after = passing.seen.get(tenant) ?? house.position;
    let at = house;
    try {
      const reading = { tenant, partner: "host", reader: `listener ${name}`, after, types };
      const page = await readFeed(engine, { ...reading, limit: pageEvents });
      for (const event of page.events) {
        if (ending.aborted) return false;
        await handler({ tenant, ...event });
        at = await this.#move(at, event.position, 1);
        passing.forget(tenant);
      }
      if (page.events.length > 0) lookOut.found();
      if (page.position !== at.position && passing.isDue(at, page.position)) {
        await this.#move(at, page.position, 0);
        passing.forget(tenant);
      }
      return !page.caughtUp;
    } catch (err) {
      if (ending.aborted) throw err;
      engine.log.warn({ err, listener: name, tenant }, "an event could not be told to the host");
      await rows.failed(name, at, err, Math.round(pauseAfterMs(house.failures, pace)));
      return false;
    }
  }

  async #move(house: HouseToTell, to: string, told: 0 | 1): Promise<HouseToTell> {
    const { rows, listening } = this.#options;
    if (await rows.moved(listening.name, house, to, told)) {
      return { ...house, position: to, failures: 0 };
    }
    throw new Error("Another process has gone on from there.");
  }
}

/** What was looked at and not wanted, kept in memory for a while and then in the row. */
class Passing {
  readonly #houses = new Map<string, { house: HouseToTell; seen: string; dueAt: number }>();

  /** How far each house was looked at. */
  get seen(): ReadonlyMap<string, string> {
    return new Map([...this.#houses].map(([tenant, { seen }]) => [tenant, seen]));
  }

  /** Notes how far a house was looked at; true once in a while: then it is worth a write. */
  isDue(house: HouseToTell, seen: string): boolean {
    const now = performance.now();
    const dueAt = this.#houses.get(house.tenant)?.dueAt ?? now + passEveryMs;
    this.#houses.set(house.tenant, { house, seen, dueAt });
    return now >= dueAt;
  }

  forget(tenant: string): void {
    this.#houses.delete(tenant);
  }

  left(): [HouseToTell, string][] {
    return [...this.#houses.values()].map(({ house, seen }) => [house, seen]);
  }
}
