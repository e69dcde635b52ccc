import type { EntityManager } from "@mikro-orm/postgresql";
import type pg from "pg";
import type { CommandSessions } from "./command-session.ts";
import type { ConflictTally } from "./conflict-tally.ts";
import type { Logger } from "./log.ts";
import type { Primary } from "./primary.ts";
import type { Promises } from "./promises.ts";
import type { ReadModel } from "./read-model.ts";
import type { ReadTally } from "./read-tally.ts";
import type { Refusal } from "./refusals.ts";
import type { Schemas } from "./schemas.ts";
import type { Signals } from "./signals.ts";
import type { UseTally } from "./use-tally.ts";

/** What a process does; one may do all of it, or many may share it. */
export type Role = "command" | "query" | "refresh" | "admin";

/** What commands and queries run on; one for each `createSelvedge`. */
export interface Engine {
  readonly schemas: Schemas;
  readonly readModels: readonly ReadModel[];
  readonly roles: ReadonlySet<Role>;
  /** Read models whose rows this process computes as they are asked for. */
  readonly live: ReadonlySet<string>;
  /** Which database this is; receipts carry it. */
  readonly epoch: string;
  /** Where units of work are forked from. */
  readonly em: EntityManager;
  /** What units of work run their transactions on. */
  readonly sessions: CommandSessions;
  /** Connections of the role that may only read. */
  readonly readPool: pg.Pool;
  /** What the queries of this process have read. */
  readonly reads: ReadTally;
  /** Connections for operations: lag, pause, keys. Few, so that a page cannot starve commands. */
  readonly operationsPool: pg.Pool;
  /** What queries that run on a replica ask the primary. */
  readonly primary: Primary;
  /** How fresh read models are promised to be, and to whom. */
  readonly promises: Promises;
  readonly signals: Signals;
  /** Which commands met each other, counted. */
  readonly conflicts: ConflictTally;
  /** What partners call, counted. */
  readonly uses: UseTally;
  readonly log: Logger;
  /** Whether messages may go to addresses of private networks, and unencrypted. */
  readonly allowPrivate: boolean;
  /** What is served, for operations that tell of it. */
  readonly served: ServedContract;
  /** Where the host has mounted pg-boss's own dashboard. */
  readonly jobsDashboardUrl: string | undefined;
  /** By when things have to leave the house, for who tells what a lag means. */
  readonly cutOffs: CutOffSource;
  /** The refusal that the violation of a constraint means, if one is declared. */
  refusalOf(constraint: string): Refusal | undefined;
}

/** By when things of one kind have to leave the house. */
export interface CutOffSource {
  /** The kind of aggregate. */
  readonly kind: string;
  /**
   * SQL that yields, of those of a tenant (`$1`) whose ids are in an array of texts that `ids`
   * stands for, how many (`count`) have to leave at each time (`at`), the earliest first.
   */
  sql(schemas: Schemas, ids: string): string;
}

/** As much of a contract as operations tell of. */
export interface ServedContract {
  readonly contract: readonly { readonly path: string; readonly deprecated?: string }[];
  contractHash(): string;
}
