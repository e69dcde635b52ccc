import type { ClientBase, QueryResult } from "pg";
import { codeOf, isOfTheRows, isOthersWork } from "./database-errors.ts";
import { type Generation, generationsToRefresh, partsOf } from "./generation.ts";
import type { RefreshSpan } from "./lag-stages.ts";
import { refreshCarefully } from "./refresh-carefully.ts";
import { lagOf, nowMs, stampOf, startedMs } from "./refresh-stamp.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";
import { refreshedChannel } from "./signals.ts";

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
  #generations: readonly Generation[] | undefined;

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
    for (;;) {
      this.#generations ??= await generationsToRefresh(this.#client, this.#schemas, this.#group);
      try {
        return done("refreshed", await this.#merge(this.#generations));
      } catch (error) {
        await this.#client.query("rollback").catch(() => undefined);
        const code = codeOf(error);
        if (code === "SV001") return done("busy");
        if (code === "SV002") return done("idle");
        if (code === "SV005") return { ...done("overgrown"), overgrown: overgrownOf(error) };
        // Another refresher stored a newer snapshot in between, or a reader stood in a swap's way.
        if (isOthersWork(code)) return done("busy");
        if (code === "SV004") {
          this.#generations = undefined;
          continue;
        }
        if (code !== "SV003" && !isOfTheRows(code)) throw error;
        this.#generations = undefined;
        const taken = await this.#carefully();
        return taken ? done("refreshed", taken) : done("busy");
      }
    }
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
   * The usual refresh, in one round trip: everything is decided in the database, which stops at the
   * first statement that fails. A round trip for each step would cost more than the steps, and the
   * more so the busier this process is.
   */
  async #merge(generations: readonly Generation[]): Promise<TakenIn> {
    const write = identifier(this.#schemas.write);
    const group = literal(this.#group);
    const whole = generations.some(({ definition }) => definition.maintain === "whole");
    const parts = generations.map((generation) => partsOf(generation, this.#schemas));
    const stale = parts.map(({ stale }) => `exists (select from ${stale} where not held)`);
    const ids = `array[${generations.map(({ id }) => id).join(", ")}]::int[]`;
    const take = `select ${write}.take_group(${group},
      nullif(${ids}, '{}'), ${["false", ...stale].join(" or ")}, ${whole})`;
    const merges = generations
      .filter(({ definition }) => definition.maintain === "byKey")
      .map((generation) => {
        const { merge } = partsOf(generation, this.#schemas);
        const isPatient = generation.state !== "current";
        return timedMerge(generation.id, `${merge}(null, ${isPatient})`);
      });
    if (merges.length === 0) merges.push(noMerge);
    const results = (await this.#client.query(
      `begin isolation level repeatable read;
       ${take};
       with merged as materialized (${merges.join(" union all ")})
       update ${write}.refresh_group ${stampOf("(select sum(keys) from merged)")}
       where name = ${group}
       returning (select json_agg(merged) from merged) as merged, ${startedMs};
       notify ${identifier(refreshedChannel)}, ${group};
       commit;
       ${nowMs}`,
    )) as unknown as QueryResult[];
    const [, , stamped, , , clock] = results;
    if (!stamped || !clock) throw new Error("A refresh answers its merges and the time.");
    const merged: Merged[] = stamped.rows[0].merged;
    const span = { startedMs: stamped.rows[0].started_ms, visibleMs: clock.rows[0].now_ms };
    const byId = new Map(generations.map((generation) => [generation.id, generation]));
    const readModels = merged.flatMap(({ id, keys, oldest, took_ms: tookMs }) => {
      const { name, state } = byId.get(id) ?? {};
      if (name === undefined) return [];
      const lagMs = lagOf(oldest, span.visibleMs);
      return [{ name, keys, tookMs, lagMs, isRead: state === "current" }];
    });
    return { readModels, span };
  }
}

interface Merged {
  readonly id: number;
  readonly keys: number;
  readonly oldest: number | null;
  readonly took_ms: number;
}

const noMerge = "select 0 as id, 0 as keys, null::float8 as oldest, 0::float8 as took_ms";

/**
 * Calls a merge and says how long it took, within the one round trip. The join is lateral and its
 * sides are fenced (OFFSET 0), so the clock is read before the call and again after it.
 */
function timedMerge(id: number, call: string): string {
  return `select ${id} as id, m.* from (select clock_timestamp() as began offset 0) as b
    cross join lateral (select keys, oldest,
      extract(epoch from clock_timestamp() - b.began)::float8 * 1000 as took_ms
      from ${call} offset 0) as m`;
}

function overgrownOf(error: unknown): number {
  return Number((error as { detail?: string }).detail);
}
