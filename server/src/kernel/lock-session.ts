import pLimit from "p-limit";
import pg from "pg";
import { lockOf, lockSpace } from "./refresh-loop.ts";

interface Held {
  readonly client: pg.Client;
  /** Fires when the connection is gone, and every lock with it. */
  readonly lost: AbortSignal;
}

/** A lock that this process alone has. */
export interface HeldLock {
  /** Fires when the connection is lost: another process may have the lock from then on. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** One connection that holds advisory locks by name; when it is lost, another is made. */
export class LockSession {
  readonly #connectionString: string;
  readonly #applicationName: string;
  // One connection does one thing at a time.
  readonly #inTurn = pLimit(1);
  // To the database, whoever has a lock may have it twice.
  readonly #mine = new Set<string>();
  #held: Promise<Held> | undefined;

  constructor(connectionString: string, applicationName: string) {
    this.#connectionString = connectionString;
    this.#applicationName = applicationName;
  }

  /** Shares a lock, to show that this process lives; call the answer to let go of it. */
  async share(name: string): Promise<() => Promise<void>> {
    const held = await this.#session();
    await this.#ask(held, `select pg_advisory_lock_shared${lockOn(name)}`);
    return () => this.#letGo(held, `select pg_advisory_unlock_shared${lockOn(name)}`);
  }

  /** Takes a lock for one alone; undefined where another has it, here or elsewhere. */
  async tryLock(name: string): Promise<HeldLock | undefined> {
    if (this.#mine.has(name)) return undefined;
    this.#mine.add(name);
    let isTaken = false;
    try {
      const held = await this.#session();
      const { rows } = await this.#ask<{ taken: boolean }>(
        held,
        `select pg_try_advisory_lock${lockOn(name)} as taken`,
      );
      isTaken = rows[0]?.taken ?? false;
      if (!isTaken) return undefined;
      const release = async () => {
        await this.#letGo(held, `select pg_advisory_unlock${lockOn(name)}`);
        this.#mine.delete(name);
      };
      return { lost: held.lost, release };
    } finally {
      if (!isTaken) this.#mine.delete(name);
    }
  }

  /** Ends the connection, and lets go of all locks thereby. */
  async end(): Promise<void> {
    const held = await this.#held?.catch(() => undefined);
    this.#held = undefined;
    await held?.client.end().catch(() => undefined);
  }

  #ask<Row extends pg.QueryResultRow>({ client }: Held, text: string) {
    return this.#inTurn(() => client.query<Row>(text));
  }

  async #letGo(held: Held, text: string): Promise<void> {
    await this.#ask(held, text).catch(() => undefined);
  }

  #session(): Promise<Held> {
    this.#held ??= this.#connect();
    this.#held.catch(() => {
      this.#held = undefined;
    });
    return this.#held;
  }

  async #connect(): Promise<Held> {
    const client = new pg.Client({
      connectionString: this.#connectionString,
      application_name: this.#applicationName,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    const losing = new AbortController();
    const lost = () => {
      losing.abort();
      this.#held = undefined;
    };
    client.on("error", lost);
    client.on("end", lost);
    await client.connect();
    return { client, lost: losing.signal };
  }
}

function lockOn(name: string): string {
  return `(${lockSpace}, ${lockOf(name)})`;
}
