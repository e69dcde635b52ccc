import type { ClientBase, QueryResult } from "pg";
import { codeOf, isOfTheRows, isOthersWork } from "./database-errors.ts";
import type { RefreshSpan } from "./lag-stages.ts";
import { refreshCarefully } from "./refresh-carefully.ts";
import { type RefreshAnswer, refreshFunctionName } from "./refresh-function.ts";
import { lagOf, nowMs } from "./refresh-stamp.ts";
import { literal, type Schemas } from "./schemas.ts";

/** What one refresh of one generation did. */
export interface RefreshedReadModel {
  readonly name: string;
  /** Distinct stale keys recomputed, or rows read anew for a whole read model. */
  readonly keys: number;
  /** How long its part of the refresh took, in ms. */
  readonly tookMs: number;
  /** Age of the oldest change taken in, from being noted to being visible, in ms; null if none. */
  readonly lagMs: number | null;
  /** Whether it is the one that is read; of the others nobody feels a lag. */
  readonly isRead: boolean;
  /** What made some or all of its keys be held. */
  readonly error?: unknown;
}

/** What one refresh of a group did. */
export interface Refreshed {
  /**
   * `busy`: another refresher has the group; `idle`: nothing was stale, or it is paused;
   * `overgrown`: so much is stale that a rebuild costs less.
   */
  readonly outcome: "refreshed" | "busy" | "idle" | "overgrown";
  readonly tookMs: number;
  readonly readModels: readonly RefreshedReadModel[];
  /** When it was, if it was. */
  readonly span?: RefreshSpan;
  /** The generation of which so much is stale. */
  readonly overgrown?: number;
}

/** What a refresh that came about took in, and when. */
export type TakenIn = Required<Pick<Refreshed, "readModels" | "span">>;

/**
 * Refreshes one group again and again, as one refresher does it: one REPEATABLE READ transaction
 * takes the group's row (skipping if another refresher has it), recomputes what is stale, and
 * stores the snapshot it saw. All read models of the group so show that one instant.
 */
export class GroupRefresh {
  readonly #client: ClientBase;
  readonly #schemas: Schemas;
  readonly #group: string;

  constructor(client: ClientBase, schemas: Schemas, group: string) {
    this.#client = client;
    this.#schemas = schemas;
    this.#group = group;
  }

  /** Refreshes once. Throws where the whole refresh failed; what fails by key is held instead. */
  async run(): Promise<Refreshed> {
    const started = performance.now();
    const done = (outcome: Refreshed["outcome"], taken?: TakenIn): Refreshed => ({
      outcome,
      tookMs: Math.round((performance.now() - started) * 1000) / 1000,
      readModels: [],
      ...taken,
    });
    try {
      const { outcome, ...taken } = await this.#once();
      if (outcome === "refreshed") return done("refreshed", takenIn(taken));
      if (outcome !== "longer") return done(outcome);
    } catch (error) {
      await this.#client.query("rollback").catch(() => undefined);
      const code = codeOf(error);
      if (code === "SV005") return { ...done("overgrown"), overgrown: overgrownOf(error) };
      // Another refresher stored a newer snapshot in between, or a reader stood in a swap's way.
      if (isOthersWork(code)) return done("busy");
      if (!isOfTheRows(code)) throw error;
    }
    const taken = await this.#carefully();
    return taken ? done("refreshed", taken) : done("busy");
  }

  async #carefully(): Promise<TakenIn | undefined> {
    try {
      return await refreshCarefully(this.#client, this.#schemas, this.#group);
    } catch (error) {
      if (isOthersWork(codeOf(error))) return undefined;
      throw error;
    }
  }

  /**
   * The usual refresh, in one round trip: everything is decided in the database. A round trip for
   * each step would cost more than the steps, and the more so the busier this process is.
   */
  async #once(): Promise<RefreshAnswer & { visibleMs: number }> {
    const results = (await this.#client.query(
      `begin isolation level repeatable read;
       select * from ${refreshFunctionName(this.#schemas)}(${literal(this.#group)});
       commit;
       ${nowMs}`,
    )) as unknown as QueryResult[];
    const [, answer, , clock] = results;
    if (!answer || !clock) throw new Error("A refresh answers what it did and the time.");
    return { ...answer.rows[0], visibleMs: clock.rows[0].now_ms };
  }
}

function takenIn({
  merged,
  started_ms: startedMs,
  visibleMs,
}: Omit<RefreshAnswer, "outcome"> & { visibleMs: number }): TakenIn {
  const readModels = merged.map(({ name, state, keys, oldest, took_ms: tookMs }) => {
    return { name, keys, tookMs, lagMs: lagOf(oldest, visibleMs), isRead: state === "current" };
  });
  return { readModels, span: { startedMs, visibleMs } };
}

function overgrownOf(error: unknown): number {
  return Number((error as { detail?: string }).detail);
}
