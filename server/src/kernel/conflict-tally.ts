import type pg from "pg";
import type { Logger } from "./log.ts";
import { identifier, type Schemas } from "./schemas.ts";

/** Two commands that met on an aggregate: the one that had read it, and one that came between. */
export interface ConflictPair {
  readonly tenant: string;
  readonly command: string;
  readonly other: string;
}

/** What came of a conflict: the command ran again, or its caller was told. */
export type ConflictOutcome = "rerun" | "refused";

interface Counted extends ConflictPair {
  readonly reruns: number;
  readonly refused: number;
  /** When the last of them was counted: the process's clock. */
  readonly lastAt: number;
}

const flushMs = 5_000;
// While the database is away no more than this is kept; it is only a count.
const pairsMax = 1_000;
const keptDays = 31;

/**
 * Counts which commands met each other, in memory, and stores the counts every few seconds: the
 * hotter a spot, the less may be spent on counting it. What is counted when the process ends
 * suddenly is lost.
 */
export class ConflictTally {
  readonly #db: Pick<pg.Pool, "query">;
  readonly #schemas: Schemas;
  readonly #log: Logger;
  #counts = new Map<string, Counted>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(db: Pick<pg.Pool, "query">, schemas: Schemas, log: Logger) {
    this.#db = db;
    this.#schemas = schemas;
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

  /** Counts one conflict with each of the others that came between. */
  count(
    { tenant, command }: Omit<ConflictPair, "other">,
    others: Iterable<string>,
    outcome: ConflictOutcome,
  ): void {
    const once = { reruns: outcome === "rerun" ? 1 : 0, refused: outcome === "refused" ? 1 : 0 };
    for (const other of new Set(others)) {
      this.#add({ tenant, command, other, ...once, lastAt: performance.now() });
    }
  }

  /** Stores what was counted since the last time; what cannot be stored is counted on. */
  async flush(): Promise<void> {
    const counts = [...this.#counts.values()];
    if (counts.length === 0) return;
    this.#counts = new Map();
    try {
      await this.#store(counts);
    } catch (err) {
      this.#log.debug({ err }, "conflicts could not be stored; they are kept for the next time");
      for (const one of counts) this.#add(one);
    }
  }

  #add(one: Counted): void {
    const key = JSON.stringify([one.tenant, one.command, one.other]);
    const before = this.#counts.get(key);
    if (!before && this.#counts.size >= pairsMax) return;
    this.#counts.set(key, {
      ...one,
      reruns: one.reruns + (before?.reruns ?? 0),
      refused: one.refused + (before?.refused ?? 0),
      lastAt: Math.max(one.lastAt, before?.lastAt ?? 0),
    });
  }

  /** Times are told as ages, since only the database's clock counts. */
  async #store(counts: readonly Counted[]): Promise<void> {
    const now = performance.now();
    const rows = counts.map(({ lastAt, ...one }) => ({ ...one, age_ms: now - lastAt }));
    const table = `${identifier(this.#schemas.write)}.conflict_tally`;
    await this.#db.query(
      `with old as (
         delete from ${table} where hour < statement_timestamp() - interval '${keptDays} days'
       )
       insert into ${table} as t (hour, tenant, command, other, reruns, refused, last_at)
       select date_trunc('hour', at, 'UTC'), tenant, command, other, reruns, refused, at
       from jsonb_to_recordset($1) as counted (tenant text, command text, other text,
           reruns bigint, refused bigint, age_ms float8),
         lateral (select statement_timestamp() - make_interval(secs => age_ms / 1000) as at) as l
       order by 1, 2, 3, 4
       on conflict (hour, tenant, command, other) do update set
         reruns = t.reruns + excluded.reruns, refused = t.refused + excluded.refused,
         last_at = greatest(t.last_at, excluded.last_at)`,
      [JSON.stringify(rows)],
    );
  }
}
