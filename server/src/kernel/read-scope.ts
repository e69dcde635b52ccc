import { raw, type Sql } from "sql-template-tag";
import type { FreshnessContract, Identity } from "./context.ts";
import type { Engine } from "./engine.ts";
import { Fault } from "./faults.ts";
import { type Freshness, freshnessOf, type Reading } from "./freshness.ts";
import { queryStatement, statementName } from "./query-statement.ts";
import { isKept, type ReadModel } from "./read-model.ts";
import type { RowsFrom } from "./read-model-rows.ts";
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

/** A reading, where its rows came from, and how long its statement took as this process saw it. */
interface Timed extends ReadingWithRows {
  readonly from: RowsFrom;
  readonly tookMs: number;
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
        const freshness = await this.#freshnessOf(over, reading, deadline);
        if (this.#suffices(freshness)) return this.#answer<Row>(over, query, reading, freshness);
        const instead = kept.length > 0 ? this.#insteadOf(freshness) : undefined;
        if (instead) {
          const computed = await this.#readOnce(over, query, instead, deadline);
          const fresh = await this.#freshnessOf(over, computed, deadline, instead);
          // On a standby even what is computed now may not know of a receipt yet.
          if (this.#suffices(fresh)) return this.#answer<Row>(over, query, computed, fresh);
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

  #answer<Row>(
    over: readonly ReadModel[],
    query: Sql,
    reading: Timed,
    freshness: Freshness,
  ): Row[] {
    this.#freshness = freshness;
    this.#count(over, query, reading);
    return reading.rows as Row[];
  }

  /** Counts an answer for each of its read models; a trial computes only that one live. */
  #count(over: readonly ReadModel[], query: Sql, { from, live, tookMs }: Timed): void {
    const { tenant, partner } = this.identity;
    for (const model of over.filter(isKept)) {
      this.#engine.uses.read({ tenant, partner, read_model: model.name });
      const wanted = this.#fromOf(model, from);
      const again = (instead: RowsFrom) =>
        this.#statement(over, query, (one) => (one === model ? instead : this.#fromOf(one, from)));
      // A read model that is still to be filled has no rows to be kept.
      if (live && wanted === "kept") this.#engine.reads.answered(model.name, "live", tookMs);
      else this.#engine.reads.answered(model.name, servedFrom(model, wanted), tookMs, again);
    }
  }

  /** Rows of some are always computed: the read model says so, or this process is set up so. */
  #fromOf(model: ReadModel, from: RowsFrom): RowsFrom {
    return !isKept(model) || this.#engine.live.has(model.name) ? "live" : from;
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
  ): Promise<Timed> {
    const reading = await this.#run(over, query, from);
    if (reading.future) await this.#refuseFuture(reading, deadline);
    if (!reading.ended || reading.included) return reading;
    this.#ended.push(...reading.ended);
    return this.#run(over, query, from);
  }

  async #run(over: readonly ReadModel[], query: Sql, from: RowsFrom): Promise<Timed> {
    const { text, values } = this.#statement(over, query, (model) => this.#fromOf(model, from));
    const statement = { name: statementName(text), text, values };
    const started = performance.now();
    const reading = await runRead<ReadingWithRows>(this.#engine.readPool, statement);
    return { ...reading, from, tookMs: performance.now() - started };
  }

  #statement(over: readonly ReadModel[], query: Sql, fromOf: (model: ReadModel) => RowsFrom) {
    const xids = this.#contract.atLeast.map(({ xid }) => xid);
    return queryStatement(this.#engine, { over, query, xids, ended: this.#ended }, fromOf);
  }

  /** A replica may not have heard yet of a transaction that its primary knows. */
  async #refuseFuture({ following }: Reading, deadline: number): Promise<void> {
    const xids = this.#contract.atLeast.map(({ xid }) => xid);
    const begun = following && (await this.#engine.primary.haveBegun(xids, deadline));
    if (begun !== false) return;
    throw new Fault("RECEIPT_REFUSED", "A receipt is from the future of this database.");
  }

  async #freshnessOf(
    over: readonly ReadModel[],
    reading: Reading,
    deadline: number,
    from?: Freshness["servedFrom"],
  ): Promise<Freshness> {
    const now = reading.following ? await this.#engine.primary.now(deadline) : reading.now;
    // What is always computed promises nothing, and is never behind.
    const promisesMs = over.map((model) =>
      isKept(model) ? this.#engine.promises.ofMs(this.tenant, model) : Number.POSITIVE_INFINITY,
    );
    return freshnessOf(reading, promisesMs, now, from);
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

/** What is patched of a whole read model is computed from its defining query, like what is live. */
function servedFrom({ maintain }: ReadModel, from: RowsFrom): RowsFrom {
  return from === "patched" && maintain === "whole" ? "live" : from;
}
