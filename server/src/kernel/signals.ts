import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { setTimeout } from "node:timers/promises";
import pg from "pg";
import type { Logger } from "./log.ts";

/** Sent in a refresh's own transaction; its payload is the group. Refreshes alone pay for it. */
export const refreshedChannel = "selvedge_refreshed";

/** Sent after commands have committed, on a connection of its own, many commands at once. */
export const staleChannel = "selvedge_stale";

interface SignalEvents {
  /** Something may have gone stale; with a group: a reader waits for that group. */
  stale: [wanted?: string];
  /** These write tables have changed, and nothing else has. */
  written: [tables: ReadonlySet<string>];
  /** A group was refreshed. */
  refreshed: [group: string];
}

// A lost connection is tried again at this pace; until then the sweep and the readers' polling
// serve.
const reconnectMs = 500;

// One NOTIFY speaks for all commands in this span, so that a busy process does not send hundreds.
const notifyPauseMs = 10;

/**
 * Carries two signals between processes over one LISTEN connection: "something went stale" and "a
 * group was refreshed". Signals only make things faster: each may be lost without harm, because
 * what is stale stands in tables and is swept.
 */
export class Signals {
  readonly #events = new EventEmitter<SignalEvents>().setMaxListeners(0);
  readonly #self = randomUUID();
  readonly #connectionString: string;
  readonly #log: Logger;
  #client: pg.Client | undefined;
  #stopped = false;
  #reconnect: ReturnType<typeof globalThis.setTimeout> | undefined;
  #sending = false;
  readonly #unsent = new Set<string>();
  readonly #unsentTables = new Set<string>();

  constructor(connectionString: string, log: Logger) {
    this.#connectionString = connectionString;
    this.#log = log;
  }

  /** Begins to listen. */
  async start(): Promise<void> {
    await this.#connect();
  }

  /** Calls back on each signal, until the returned function is called. */
  on<E extends keyof SignalEvents>(event: E, listener: (...args: SignalEvents[E]) => void) {
    const events: EventEmitter = this.#events;
    events.on(event, listener as () => void);
    return () => void events.off(event, listener as () => void);
  }

  /**
   * Tells all processes which write tables a command has changed. Call it once the commit is
   * through, never before.
   */
  written(tables: ReadonlySet<string>): void {
    // This process hears it at once, the others by NOTIFY.
    this.#events.emit("written", tables);
    for (const table of tables) this.#unsentTables.add(table);
    void this.#flush();
  }

  /** Tells all processes that anything may be stale, or that a reader waits for a group. */
  stale(wanted?: string): void {
    this.#events.emit("stale", wanted);
    this.#unsent.add(wanted ?? "");
    void this.#flush();
  }

  /** Ends the connection. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#reconnect);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
    this.#events.removeAllListeners();
  }

  async #flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#hasUnsent && this.#client && !this.#stopped) {
        const payloads = this.#takeUnsent().map((payload) => `${this.#self} ${payload}`);
        await this.#client.query({
          text: "select pg_notify($1, payload) from unnest($2::text[]) as payload",
          values: [staleChannel, payloads],
        });
        await setTimeout(notifyPauseMs, undefined, { ref: false });
      }
    } catch (error) {
      this.#log.debug({ err: error }, "a wake-up could not be sent; the sweep will see to it");
    } finally {
      this.#sending = false;
    }
  }

  get #hasUnsent(): boolean {
    return this.#unsent.size > 0 || this.#unsentTables.size > 0;
  }

  /** `group`, nothing for anything, or after two blanks the tables that were written. */
  #takeUnsent(): string[] {
    const payloads = [...this.#unsent];
    if (this.#unsentTables.size > 0) payloads.push(` ${[...this.#unsentTables].join(",")}`);
    this.#unsent.clear();
    this.#unsentTables.clear();
    return payloads;
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#connectionString,
      application_name: "selvedge signals",
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client.on("notification", ({ channel, payload = "" }) => {
      if (channel === refreshedChannel) return this.#events.emit("refreshed", payload);
      const [sender, wanted, tables] = payload.split(" ");
      if (sender === this.#self) return undefined;
      if (tables) return this.#events.emit("written", new Set(tables.split(",")));
      return this.#events.emit("stale", wanted || undefined);
    });
    client.on("error", (error) => this.#log.debug({ err: error }, "the signal connection failed"));
    client.on("end", () => this.#lost(client));
    await client.connect();
    await client.query(`listen ${staleChannel}; listen ${refreshedChannel}`);
    this.#client = client;
    // Whatever was signalled while nobody listened is looked for now.
    this.#events.emit("stale");
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#connectLater();
  }

  #connectLater(): void {
    if (this.#stopped) return;
    this.#reconnect = globalThis.setTimeout(() => {
      this.#connect().catch(() => this.#connectLater());
    }, reconnectMs);
  }
}
