import type pg from "pg";
import type { Pace } from "../kernel/back-off.ts";
import type { Engine } from "../kernel/engine.ts";
import { LockSession } from "../kernel/lock-session.ts";
import { pool } from "../kernel/pool.ts";
import { type JournalHandler, JournalListener, type Listening } from "./journal-listener.ts";
import { ListenerRows } from "./listener-rows.ts";

interface Registered {
  readonly listening: Listening;
  readonly handler: JournalHandler;
  running: JournalListener | undefined;
}

interface Running {
  readonly engine: Engine;
  readonly rows: ListenerRows;
  readonly locks: LockSession;
  readonly pool: pg.Pool;
}

const nameShape = /^[\w.:-]{1,100}$/;
const paceDefault: Pace = { firstPauseMs: 1_000, pauseMsMax: 300_000 };
const namesMax = 50;
// What the host has in its hands is waited for so long when it is stopped.
const graceMs = 3_000;

/** What the host listens with; it outlives starts and stops. */
export class JournalListeners {
  readonly #registered = new Map<string, Registered>();
  readonly #pace: Pace;
  #running: Running | undefined;

  constructor(pace = paceDefault) {
    this.#pace = pace;
  }

  /** Registers a listener; it is told while this process refreshes. Call the answer to end it. */
  on(listening: Listening, handler: JournalHandler): () => Promise<void> {
    const { name, types } = listening;
    if (!nameShape.test(name)) {
      throw new Error("A listener's name has 1 to 100 of A-Z a-z 0-9 _ . : -");
    }
    if (this.#registered.has(name)) throw new Error(`There is a listener ${name} already.`);
    if (types && (types.length === 0 || types.length > namesMax)) {
      throw new Error(`A listener names 1 to ${namesMax} types, or none for all.`);
    }
    const one: Registered = { listening, handler, running: undefined };
    this.#registered.set(name, one);
    this.#run(one);
    return async () => {
      if (this.#registered.get(name) === one) this.#registered.delete(name);
      await one.running?.stop(graceMs);
      one.running = undefined;
    };
  }

  /** Begins to tell. */
  begin(engine: Engine, databaseUrl: string): void {
    const own = pool(engine.log, {
      connectionString: databaseUrl,
      application_name: "selvedge listeners",
      max: 2,
      query_timeout: 10_000,
    });
    this.#running = {
      engine,
      pool: own,
      rows: new ListenerRows(own, engine.schemas),
      locks: new LockSession(databaseUrl, "selvedge listener locks"),
    };
    for (const one of this.#registered.values()) this.#run(one);
  }

  /** Hands over; what the host has in its hands is waited for, but not for long. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (!running) return;
    const all = [...this.#registered.values()];
    await Promise.all(all.map((one) => one.running?.stop(graceMs)));
    for (const one of all) one.running = undefined;
    await running.locks.end();
    await running.pool.end();
  }

  #run(one: Registered): void {
    if (!this.#running) return;
    const { engine, rows, locks } = this.#running;
    const { listening, handler } = one;
    one.running = new JournalListener({
      ...{ listening, handler, engine, rows, locks, pace: this.#pace },
    });
  }
}
