import type pg from "pg";
import type { Logger } from "./log.ts";
import { identifier, type Schemas } from "./schemas.ts";

/** A call, as far as it is counted: who made it, with which SDK, of what. */
export interface Use {
  readonly tenant: string;
  readonly partner: string;
  readonly procedure: string;
  /** `js/0.1.0`; empty for a caller without an SDK. */
  readonly sdk: string;
}

interface Counted extends Use {
  readonly calls: number;
  /** When the last of them was counted: the process's clock. */
  readonly lastAt: number;
}

const flushMs = 5_000;
// While the database is away no more than this is kept; it is only a count.
const usesMax = 5_000;
const keptDays = 31;

/**
 * Counts what partners call, and when their keys were last used, in memory, and stores that every
 * few seconds: no call pays for being counted. What is counted when the process ends suddenly is
 * lost.
 */
export class UseTally {
  readonly #db: Pick<pg.Pool, "query">;
  readonly #write: string;
  readonly #log: Logger;
  #uses = new Map<string, Counted>();
  #keys = new Map<string, number>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(db: Pick<pg.Pool, "query">, schemas: Schemas, log: Logger) {
    this.#db = db;
    this.#write = identifier(schemas.write);
    this.#log = log;
  }

  /** Begins to store what is counted. */
  start(): void {
    this.#timer = setInterval(() => void this.flush(), flushMs).unref();
  }

  /** Stores what is left. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  /** Counts a call. */
  called(use: Use): void {
    this.#add({ ...use, calls: 1, lastAt: performance.now() });
  }

  /** A call came with this key. */
  keyUsed(id: string): void {
    if (this.#keys.size < usesMax) this.#keys.set(id, performance.now());
  }

  /** Stores what was counted since the last time; what cannot be stored is counted on. */
  async flush(): Promise<void> {
    const [uses, keys] = [this.#uses, this.#keys];
    if (uses.size + keys.size === 0) return;
    this.#uses = new Map();
    this.#keys = new Map();
    try {
      if (keys.size > 0) await this.#storeKeys(keys);
      keys.clear();
      if (uses.size > 0) await this.#storeUses([...uses.values()]);
    } catch (err) {
      this.#log.debug({ err }, "what partners used could not be stored; it is kept for later");
      for (const one of uses.values()) this.#add(one);
      for (const id of keys.keys()) this.keyUsed(id);
    }
  }

  #add(one: Counted): void {
    const key = JSON.stringify([one.tenant, one.partner, one.procedure, one.sdk]);
    const before = this.#uses.get(key);
    if (!before && this.#uses.size >= usesMax) return;
    this.#uses.set(key, {
      ...one,
      calls: one.calls + (before?.calls ?? 0),
      lastAt: Math.max(one.lastAt, before?.lastAt ?? 0),
    });
  }

  /** Times are told as ages, since only the database's clock counts. */
  async #storeUses(uses: readonly Counted[]): Promise<void> {
    const now = performance.now();
    const rows = uses.map(({ lastAt, ...one }) => ({ ...one, age_ms: now - lastAt }));
    const table = `${this.#write}.partner_use`;
    await this.#db.query(
      `with old as (delete from ${table} where day < current_date - ${keptDays})
       insert into ${table} as t (tenant, day, partner, procedure, sdk, calls, last_at)
       select tenant, (at at time zone 'UTC')::date, partner, procedure, sdk, calls, at
       from jsonb_to_recordset($1) as counted (tenant text, partner text, procedure text,
           sdk text, calls bigint, age_ms float8),
         lateral (select statement_timestamp() - make_interval(secs => age_ms / 1000) as at) as l
       order by 1, 2, 3, 4, 5
       on conflict (tenant, day, partner, procedure, sdk) do update set
         calls = t.calls + excluded.calls, last_at = greatest(t.last_at, excluded.last_at)`,
      [JSON.stringify(rows)],
    );
  }

  async #storeKeys(keys: ReadonlyMap<string, number>): Promise<void> {
    const now = performance.now();
    const rows = [...keys].map(([id, usedAt]) => ({ id, age_ms: now - usedAt }));
    await this.#db.query(
      `with used as (
         select k.id, statement_timestamp() - make_interval(secs => age_ms / 1000) as at
         from jsonb_to_recordset($1) as u (id uuid, age_ms float8)
         join ${this.#write}.partner_key as k using (id) order by k.id for update of k
       )
       update ${this.#write}.partner_key as k set last_used_at = greatest(last_used_at, used.at)
       from used where k.id = used.id`,
      [JSON.stringify(rows)],
    );
  }
}
