import sql, { empty, raw, type Sql } from "sql-template-tag";
import type { FreshnessContract, Identity } from "./context.ts";
import type { Engine } from "./engine.ts";
import { Fault } from "./faults.ts";
import { askedSql, type Freshness, freshnessOf, freshnessSql, type Reading } from "./freshness.ts";
import { isKept, type ReadModel } from "./read-model.ts";
import { type RowsFrom, rowsSql } from "./read-model-rows.ts";
import { runRead } from "./read-statement.ts";
import { RefreshWait } from "./refresh-wait.ts";
import { identifier } from "./schemas.ts";

/** What a query's slice works with: one way to read, and no way to write. */
export interface QueryScope {
  readonly identity: Identity;
  /** The caller's tenant: every query filters by it. */
  readonly tenant: string;
  /** Which database is read; what callers keep of it to go on from means nothing in another one. */
  readonly epoch: string;
  /** The rows of a read model, to read from. */
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

// More than this is not computed on top of a query; it waits for the refresh instead.
const patchKeysMax = 1_000;

/** Reads for one call of one caller, under the caller's freshness contract. */
export class ReadScope implements QueryScope {
  readonly identity: Identity;
  readonly #engine: Engine;
  readonly #contract: FreshnessContract;
  /** Receipts that a replica had replayed by an earlier statement of this call. */
  readonly #ended: string[] = [];
  #freshness: Freshness | undefined;

  constructor(engine: Engine, identity: Identity, contract: FreshnessContract) {
    this.#engine = engine;
    this.identity = identity;
    this.#contract = contract;
  }

  get tenant(): string {
    return this.identity.tenant;
  }

  get epoch(): string {
    return this.#engine.epoch;
  }

  /** How fresh the rows were that `read` answered. */
  get freshness(): Freshness {
    if (!this.#freshness) throw new Error("A query reads over at least one read model.");
    return this.#freshness;
  }

  from(model: ReadModel): Sql {
    // The statement that it ends up in begins by saying what this name stands for.
    return raw(identifier(model.name));
  }

  async read<Row extends object>(over: readonly ReadModel[], query: Sql): Promise<Row[]> {
    const kept = over.filter(isKept);
    const groups = [...new Set(kept.map(({ group }) => group))];
    const wait = new RefreshWait(this.#engine.signals, groups);
    const { deadlineMs, onMiss } = this.#contract;
    const deadline = performance.now() + deadlineMs;
    try {
      for (;;) {
        wait.look();
        const reading = await this.#readOnce(over, query, "kept", deadline);
        const freshness = freshnessOf(reading, await this.#nowOf(reading, deadline));
        if (this.#suffices(freshness)) return this.#answer<Row>(reading, freshness);
        const instead = kept.length > 0 ? this.#insteadOf(freshness) : undefined;
        if (instead) {
          const computed = await this.#readOnce(over, query, instead, deadline);
          const fresh = freshnessOf(computed, await this.#nowOf(computed, deadline), instead);
          // On a standby even what is computed now may not know of a receipt yet.
          if (this.#suffices(fresh)) return this.#answer<Row>(computed, fresh);
        }
        const left = deadline - performance.now();
        if (left <= 0 || onMiss === "error") {
          throw new Fault("NOT_FRESH", notFreshText(this.#contract), {
            details: { freshness },
            hint: "Ask again, wait longer, or take what is there with onMiss: serve.",
          });
        }
        await wait.untilWorthALook(left, reading.following);
      }
    } finally {
      wait.end();
    }
  }

  #answer<Row>({ rows }: ReadingWithRows, freshness: Freshness): Row[] {
    this.#freshness = freshness;
    return rows as Row[];
  }

  /** What a query that is not fresh enough computes instead of waiting, if it may. */
  #insteadOf({ pending }: Freshness): "patched" | "live" | undefined {
    const { onMiss } = this.#contract;
    if (onMiss === "live") return "live";
    return onMiss === "patch" && pending <= patchKeysMax ? "patched" : undefined;
  }

  async #readOnce(
    over: readonly ReadModel[],
    query: Sql,
    from: RowsFrom,
    deadline: number,
  ): Promise<ReadingWithRows> {
    const reading = await this.#run(over, query, from);
    if (reading.future) await this.#refuseFuture(reading, deadline);
    if (!reading.ended || reading.included) return reading;
    this.#ended.push(...reading.ended);
    return this.#run(over, query, from);
  }

  async #run(over: readonly ReadModel[], query: Sql, from: RowsFrom): Promise<ReadingWithRows> {
    const xids = this.#contract.atLeast.map(({ xid }) => xid);
    const receipts = xids.length > 0 ? "asked" : "none";
    const asked = sql`with ${askedSql(xids, this.#ended)}`;
    const { schemas } = this.#engine;
    const fromOf = (model: ReadModel) => (this.#isLive(model) ? "live" : from);
    const names = raw(over.map((model) => rowsSql(model, schemas, fromOf(model))).join(", "));
    const statement = sql`${receipts === "asked" ? asked : empty}
      select freshness.*,
        (select coalesce(json_agg(answer), '[]')
          from (with ${names} select * from (${query}) as asked_for) as answer) as rows
      from (${raw(this.#freshnessSql(over, receipts, from))}) as freshness`;
    return runRead<ReadingWithRows>(this.#engine.readPool, {
      name: statementName(statement.text),
      text: statement.text,
      values: statement.values,
    });
  }

  /** Whether a read model's rows are always computed: it says so, or this process is set up so. */
  #isLive(model: ReadModel): boolean {
    return !isKept(model) || this.#engine.live.has(model.name);
  }

  /** A replica may not have heard yet of a transaction that its primary knows. */
  async #refuseFuture({ following }: Reading, deadline: number): Promise<void> {
    const xids = this.#contract.atLeast.map(({ xid }) => xid);
    const begun = following && (await this.#engine.primary.haveBegun(xids, deadline));
    if (begun !== false) return;
    throw new Fault("RECEIPT_REFUSED", "A receipt is from the future of this database.");
  }

  async #nowOf({ now, following }: Reading, deadline: number): Promise<number | undefined> {
    return following ? this.#engine.primary.now(deadline) : now;
  }

  #freshnessSql(over: readonly ReadModel[], receipts: "asked" | "none", from: RowsFrom): string {
    const { schemas } = this.#engine;
    const isComputed = (model: ReadModel) => from !== "kept" || this.#isLive(model);
    const hashes = over.map(({ name, hash }) => `${name}@${hash}`);
    const computed = over.filter(isComputed).map(({ name }) => name);
    const key = `${schemas.write} ${schemas.read} ${receipts} ${hashes} ${computed}`;
    let text = freshnessTexts.get(key);
    if (text === undefined) {
      text = freshnessSql(over, schemas, receipts, isComputed);
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

function notFreshText({ onMiss, deadlineMs }: FreshnessContract): string {
  return onMiss === "error"
    ? "Not as fresh as asked."
    : `Not as fresh as asked within ${deadlineMs} ms.`;
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
