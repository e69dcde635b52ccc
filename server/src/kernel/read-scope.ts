import { setTimeout } from "node:timers/promises";
import sql, { empty, raw, type Sql } from "sql-template-tag";
import type { FreshnessContract, Identity } from "./context.ts";
import type { Engine } from "./engine.ts";
import { Fault } from "./faults.ts";
import { type Freshness, freshnessOf, freshnessSql, type Reading } from "./freshness.ts";
import type { ReadModel } from "./read-model.ts";
import { namesOf } from "./read-model-ddl.ts";
import { asFault } from "./run-command.ts";

/** What a query's slice works with: one way to read, and no way to write. */
export interface QueryScope {
  readonly identity: Identity;
  /** The caller's tenant: every query filters by it. */
  readonly tenant: string;
  /** The table of a read model, to read from. */
  from(model: ReadModel): Sql;
  /**
   * Runs one SQL statement over read models. How fresh it is, is read in the same snapshot; columns
   * come back by the names the statement gives them.
   */
  read<Row extends object>(over: readonly ReadModel[], query: Sql): Promise<Row[]>;
}

interface ReadingWithRows extends Reading {
  readonly rows: object[];
}

// A missed signal costs a waiting reader this long at most.
const pollMs = 50;

/** Reads for one call of one caller, under the caller's freshness contract. */
export class ReadScope implements QueryScope {
  readonly identity: Identity;
  readonly #engine: Engine;
  readonly #contract: FreshnessContract;
  #freshness: Freshness | undefined;

  constructor(engine: Engine, identity: Identity, contract: FreshnessContract) {
    this.#engine = engine;
    this.identity = identity;
    this.#contract = contract;
  }

  get tenant(): string {
    return this.identity.tenant;
  }

  /** How fresh the rows were that `read` answered. */
  get freshness(): Freshness {
    if (!this.#freshness) throw new Error("A query reads over at least one read model.");
    return this.#freshness;
  }

  from(model: ReadModel): Sql {
    return raw(namesOf(model, this.#engine.schemas).rows);
  }

  async read<Row extends object>(over: readonly ReadModel[], query: Sql): Promise<Row[]> {
    const { deadlineMs } = this.#contract;
    const deadline = performance.now() + deadlineMs;
    const groups = [...new Set(over.map(({ group }) => group))];
    let refreshed = Promise.withResolvers<void>();
    const off = this.#engine.signals.on("refreshed", (group) => {
      if (groups.includes(group)) refreshed.resolve();
    });
    try {
      for (;;) {
        refreshed = Promise.withResolvers<void>();
        const reading = await this.#readOnce(over, query);
        if (reading.future) {
          throw new Fault("RECEIPT_REFUSED", "A receipt is from the future of this database.");
        }
        const freshness = freshnessOf(reading);
        const left = deadline - performance.now();
        if (this.#suffices(freshness)) {
          this.#freshness = freshness;
          return reading.rows as Row[];
        }
        if (left <= 0) {
          throw new Fault("NOT_FRESH", `Not as fresh as asked within ${deadlineMs} ms.`, {
            details: { freshness },
            hint: "Ask again, wait longer, or take what is there with onMiss: serve.",
          });
        }
        for (const group of groups) this.#engine.signals.stale(group);
        await Promise.race([refreshed.promise, setTimeout(Math.min(left, pollMs))]);
      }
    } finally {
      off();
    }
  }

  async #readOnce(over: readonly ReadModel[], query: Sql): Promise<ReadingWithRows> {
    const xids = this.#contract.atLeast.map(({ xid }) => xid);
    const receipts = xids.length > 0 ? "asked" : "none";
    const asked = sql`with asked as (select unnest(${xids}::text[])::xid8 as xid)`;
    const statement = sql`${receipts === "asked" ? asked : empty} select freshness.*,
        (select coalesce(json_agg(answer), '[]') from (${query}) as answer) as rows
      from (${raw(this.#freshnessSql(over, receipts))}) as freshness`;
    try {
      const { rows } = await this.#engine.readPool.query<ReadingWithRows>({
        name: statementName(statement.text),
        text: statement.text,
        values: statement.values,
      });
      const [reading] = rows;
      if (!reading) throw new Error("A query answers one row.");
      return reading;
    } catch (error) {
      throw asFault(error);
    }
  }

  #freshnessSql(over: readonly ReadModel[], receipts: "asked" | "none"): string {
    const key = `${this.#engine.schemas.write} ${receipts} ${over.map(({ name }) => name)}`;
    let text = freshnessTexts.get(key);
    if (text === undefined) {
      text = freshnessSql(over, this.#engine.schemas, receipts);
      freshnessTexts.set(key, text);
    }
    return text;
  }

  #suffices({ includesReceipt, lagMs }: Freshness): boolean {
    const { maxStaleMs, onMiss } = this.#contract;
    if (onMiss === "serve") return true;
    if (includesReceipt === false) return false;
    return maxStaleMs === undefined || (lagMs !== null && lagMs <= maxStaleMs);
  }
}

const freshnessTexts = new Map<string, string>();
const statementNames = new Map<string, string>();

// PostgreSQL keeps a plan per name and connection; slices have few texts, filters some more.
const statementNamesMax = 500;

function statementName(text: string): string | undefined {
  const known = statementNames.get(text);
  if (known !== undefined) return known;
  if (statementNames.size >= statementNamesMax) return undefined;
  const name = `read-${statementNames.size}`;
  statementNames.set(text, name);
  return name;
}
