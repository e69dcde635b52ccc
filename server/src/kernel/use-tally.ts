import type pg from "pg";
import type { Logger } from "./log.ts";
import { identifier, type Schemas } from "./schemas.ts";
import { type Aged, type Timed, TimedCounts } from "./timed-counts.ts";

/** A call, as far as it is counted: who made it, with which SDK, of what. */
export interface Use {
  readonly tenant: string;
  readonly partner: string;
  readonly procedure: string;
  /** `js/0.1.0`; empty for a caller without an SDK. */
  readonly sdk: string;
}

interface CountedUse extends Use, Timed {
  readonly calls: number;
}

/** A read of a read model: by whom. */
export interface Reading {
  readonly tenant: string;
  readonly partner: string;
  readonly read_model: string;
}

interface CountedReading extends Reading, Timed {
  readonly reads: number;
}

interface UsedKey extends Timed {
  readonly id: string;
}

const usesMax = 5_000;
const keptDays = 31;
const usesByDay: DailyCounts = {
  table: "partner_use",
  keys: ["tenant", "partner", "procedure", "sdk"],
  count: "calls",
};
const readsByDay: DailyCounts = {
  table: "read_model_reader",
  keys: ["tenant", "read_model", "partner"],
  count: "reads",
};
const notStored = "what partners used could not be stored; it is kept for later";

/** Counts what partners call and read, and when their keys were last used. */
export class UseTally {
  readonly #uses: TimedCounts<CountedUse>;
  readonly #reads: TimedCounts<CountedReading>;
  readonly #keys: TimedCounts<UsedKey>;

  constructor(db: Pick<pg.Pool, "query">, schemas: Schemas, log: Logger) {
    const kept = { max: usesMax, log, notStored };
    this.#keys = new TimedCounts({
      ...kept,
      keyOf: ({ id }) => id,
      sum: (one) => one,
      store: (rows) => storeKeys(db, schemas, rows),
    });
    this.#uses = new TimedCounts({
      ...kept,
      keyOf: ({ tenant, partner, procedure, sdk }) =>
        JSON.stringify([tenant, partner, procedure, sdk]),
      sum: (one, before) => ({ ...one, calls: one.calls + before.calls }),
      store: (rows) => storeDaily(db, schemas, usesByDay, rows),
    });
    this.#reads = new TimedCounts({
      ...kept,
      keyOf: ({ tenant, partner, read_model }) => JSON.stringify([tenant, partner, read_model]),
      sum: (one, before) => ({ ...one, reads: one.reads + before.reads }),
      store: (rows) => storeDaily(db, schemas, readsByDay, rows),
    });
  }

  /** Begins to store what is counted. */
  start(): void {
    this.#keys.start();
    this.#uses.start();
    this.#reads.start();
  }

  /** Stores what is left. */
  async stop(): Promise<void> {
    await this.#keys.stop();
    await this.#uses.stop();
    await this.#reads.stop();
  }

  /** Stores what was counted since the last time; what cannot be stored is counted on. */
  async flush(): Promise<void> {
    await this.#keys.flush();
    await this.#uses.flush();
    await this.#reads.flush();
  }

  /** Counts a call. */
  called(use: Use): void {
    this.#uses.add({ ...use, calls: 1, lastAt: performance.now() });
  }

  /** Counts a read. */
  read(reading: Reading): void {
    this.#reads.add({ ...reading, reads: 1, lastAt: performance.now() });
  }

  /** A call came with this key. */
  keyUsed(id: string): void {
    this.#keys.add({ id, lastAt: performance.now() });
  }
}

/** Where counts are added up by the day: what tells one from another, and what is counted. */
interface DailyCounts {
  readonly table: string;
  readonly keys: readonly string[];
  readonly count: string;
}

async function storeDaily(
  db: Pick<pg.Pool, "query">,
  { write }: Schemas,
  { table: name, keys, count }: DailyCounts,
  rows: readonly Aged<Timed>[],
): Promise<void> {
  const table = `${identifier(write)}.${name}`;
  await db.query(
    `with old as (delete from ${table} where day < current_date - ${keptDays})
     insert into ${table} as t (day, last_at, ${keys.join(", ")}, ${count})
     select (at at time zone 'UTC')::date, at, ${keys.join(", ")}, ${count}
     from jsonb_to_recordset($1) as counted
         (${keys.map((key) => `${key} text`).join(", ")}, ${count} bigint, age_ms float8),
       lateral (select statement_timestamp() - make_interval(secs => age_ms / 1000) as at) as l
     order by ${keys.join(", ")}
     on conflict (day, ${keys.join(", ")}) do update set
       ${count} = t.${count} + excluded.${count}, last_at = greatest(t.last_at, excluded.last_at)`,
    [JSON.stringify(rows)],
  );
}

async function storeKeys(
  db: Pick<pg.Pool, "query">,
  { write }: Schemas,
  rows: readonly Aged<UsedKey>[],
): Promise<void> {
  const table = `${identifier(write)}.partner_key`;
  await db.query(
    `with used as (
       select k.id, statement_timestamp() - make_interval(secs => age_ms / 1000) as at
       from jsonb_to_recordset($1) as u (id uuid, age_ms float8)
       join ${table} as k using (id) order by k.id for update of k
     )
     update ${table} as k set last_used_at = greatest(last_used_at, used.at)
     from used where k.id = used.id`,
    [JSON.stringify(rows)],
  );
}
