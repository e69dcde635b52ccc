import type pg from "pg";
import type { Logger } from "./log.ts";
import { identifier, type Schemas } from "./schemas.ts";
import { type Aged, type Timed, TimedCounts } from "./timed-counts.ts";

/** Two commands that met on an aggregate: the one that had read it, and one that came between. */
export interface ConflictPair {
  readonly tenant: string;
  readonly command: string;
  readonly other: string;
}

/** What came of a conflict: the command ran again, or its caller was told. */
export type ConflictOutcome = "rerun" | "refused";

interface Counted extends ConflictPair, Timed {
  readonly reruns: number;
  readonly refused: number;
}

const pairsMax = 1_000;
const keptDays = 31;

/** Counts which commands met each other: the hotter a spot, the less may be spent on that. */
export class ConflictTally {
  readonly #counts: TimedCounts<Counted>;

  constructor(db: Pick<pg.Pool, "query">, schemas: Schemas, log: Logger) {
    this.#counts = new TimedCounts({
      keyOf: ({ tenant, command, other }) => JSON.stringify([tenant, command, other]),
      sum: (one, before) => ({
        ...one,
        reruns: one.reruns + before.reruns,
        refused: one.refused + before.refused,
      }),
      store: (rows) => store(db, schemas, rows),
      max: pairsMax,
      log,
      notStored: "conflicts could not be stored; they are kept for the next time",
    });
  }

  /** Begins to store what is counted. */
  start(): void {
    this.#counts.start();
  }

  /** Stores what is left. */
  stop(): Promise<void> {
    return this.#counts.stop();
  }

  /** Stores what was counted since the last time; what cannot be stored is counted on. */
  flush(): Promise<void> {
    return this.#counts.flush();
  }

  /** Counts one conflict with each of the others that came between. */
  count(
    { tenant, command }: Omit<ConflictPair, "other">,
    others: Iterable<string>,
    outcome: ConflictOutcome,
  ): void {
    const once = { reruns: outcome === "rerun" ? 1 : 0, refused: outcome === "refused" ? 1 : 0 };
    for (const other of new Set(others)) {
      this.#counts.add({ tenant, command, other, ...once, lastAt: performance.now() });
    }
  }
}

async function store(
  db: Pick<pg.Pool, "query">,
  { write }: Schemas,
  rows: readonly Aged<Counted>[],
): Promise<void> {
  const table = `${identifier(write)}.conflict_tally`;
  await db.query(
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
