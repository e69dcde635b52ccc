import { setTimeout } from "node:timers/promises";
import type pg from "pg";
import { rebuildAtOnce } from "./build.ts";
import type { CostTally } from "./cost-tally.ts";
import { messageOf } from "./database-errors.ts";
import { StageClock } from "./lag-stages.ts";
import type { Logger } from "./log.ts";
import { Notice } from "./notice.ts";
import { GroupRefresh, type Refreshed } from "./refresh.ts";
import { refreshCarefully } from "./refresh-carefully.ts";
import type { Pace } from "./refresh-pace.ts";
import type { RefreshTally } from "./refresh-tally.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";

/** What a job of a group did while it had it. */
export interface Tenure {
  readonly refreshes: number;
  readonly keys: number;
}

// A job hands its group over after this, so that jobs stay short enough to count, fail and retry.
const tenureMs = 60_000;
// A lost wake-up is found by looking.
const lookMs = 500;
// Refreshing back to back would take from commands what it gives to lag. So rest twice as long as
// it took; but no longer than a reader notices, since on a busy machine everything takes long.
const restShare = 2;
const restMsMax = 20;
// Another refresher is in the middle of this group, or was stopped in it.
const busyMs = 100;

/**
 * Keeps one group fresh for as long as its job lasts: waits for a wake-up, refreshes, rests, again.
 * Waiting inside the job is what makes lag milliseconds; a job per wake-up costs ten times as much.
 */
export class RefreshLoop {
  readonly group: string;
  readonly #schemas: Schemas;
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  readonly #pace: () => Pace;
  readonly #notice = new Notice();
  readonly #stages = new StageClock();
  readonly #tally: RefreshTally;
  readonly #costs: CostTally;
  #tables: ReadonlySet<string> = new Set();
  #wanted = false;
  #stopping = false;
  #busy = false;

  constructor(options: {
    group: string;
    schemas: Schemas;
    pool: pg.Pool;
    log: Logger;
    /** Asked before each rest: promises, and so what is due, may change meanwhile. */
    pace: () => Pace;
    tally: RefreshTally;
    costs: CostTally;
  }) {
    this.group = options.group;
    this.#schemas = options.schemas;
    this.#pool = options.pool;
    this.#log = options.log;
    this.#pace = options.pace;
    this.#tally = options.tally;
    this.#costs = options.costs;
  }

  /** Whether this process has the group's job just now. */
  get running(): boolean {
    return this.#busy;
  }

  /** Says which write tables make its read models stale. */
  standsOn(tables: Iterable<string>): void {
    this.#tables = new Set(tables);
  }

  /** Whether what was written to these tables may have made something stale. */
  isAbout(tables: Iterable<string>): boolean {
    for (const table of tables) if (this.#tables.has(table)) return true;
    return false;
  }

  /** Something may be stale; `wanted`: a reader waits for it. */
  wake(wanted = false): void {
    this.#wanted ||= wanted;
    // Without the job there is nobody here to notice.
    if (this.#busy) this.#stages.heard();
    this.#notice.ring();
  }

  /** Makes a running job hand over soon. */
  stop(): void {
    this.#stopping = true;
    this.#notice.ring();
  }

  /** Runs one job. Throws what made a refresh fail, after noting it on the group. */
  async run(signal: AbortSignal): Promise<Tenure> {
    const client = await this.#pool.connect();
    this.#busy = true;
    try {
      // Shared and never waited for: it only shows that this job's process lives.
      await client.query(`select pg_advisory_lock_shared(${lockSpace}, ${lockOf(this.group)})`);
      const tenure = await this.#drain(client, signal);
      this.#stages.forget();
      await client.query(`select pg_advisory_unlock_shared(${lockSpace}, ${lockOf(this.group)})`);
      client.release();
      return tenure;
    } catch (error) {
      client.release(true);
      await this.#noteFailure(error);
      throw error;
    } finally {
      this.#busy = false;
    }
  }

  async #drain(client: pg.PoolClient, signal: AbortSignal): Promise<Tenure> {
    const until = performance.now() + tenureMs;
    const refresh = new GroupRefresh(client, this.#schemas, this.group);
    let refreshes = 0;
    let keys = 0;
    while (!this.#stopping && !signal.aborted && performance.now() < until) {
      const refreshed = await this.#observed(refresh);
      if (refreshed.outcome === "busy") {
        await setTimeout(busyMs);
      } else if (refreshed.outcome === "overgrown") {
        await this.#rebuild(client, refreshed, signal);
        await setTimeout(busyMs);
      } else if (refreshed.outcome === "refreshed") {
        refreshes += 1;
        keys += refreshed.readModels.reduce((sum, model) => sum + model.keys, 0);
        await this.#rest(refreshed.tookMs * restShare);
      } else {
        await this.#notice.wait(Math.min(lookMs, Math.max(1, until - performance.now())));
      }
    }
    return { refreshes, keys };
  }

  async #observed(refresh: GroupRefresh): Promise<Refreshed> {
    const sent = this.#stages.sent();
    // Who asks from here on may be too late for this refresh, and is not to wait for long.
    this.#wanted = false;
    try {
      const refreshed = await refresh.run();
      if (refreshed.span) {
        const stagesOf = this.#stages.answered(sent, refreshed.span);
        this.#tally.refreshed(this.group, sent.sentAt, refreshed, stagesOf);
        for (const { name, keys, tookMs } of refreshed.readModels.filter((one) => one.isRead)) {
          this.#costs.add(name, { refreshes: keys > 0 ? 1 : 0, keys, refreshMs: tookMs });
        }
      } else if (refreshed.outcome !== "idle") this.#stages.undone(sent);
      return refreshed;
    } catch (error) {
      this.#stages.undone(sent);
      this.#tally.failed(this.group, sent.sentAt, error);
      throw error;
    }
  }

  /** Builds anew what is too stale to be merged; the merge that was given up counts as well. */
  async #rebuild(
    client: pg.PoolClient,
    { overgrown = 0, tookMs }: Refreshed,
    signal: AbortSignal,
  ): Promise<void> {
    const started = performance.now();
    const rebuilt = rebuildAtOnce(client, this.#schemas, overgrown, signal);
    const name = await rebuilt.catch((err: unknown) => {
      this.#log.warn({ err, group: this.group }, "a rebuild failed; what is stale is merged");
      return undefined;
    });
    // It cannot be built, or another declaration is: it is merged, however long that takes.
    if (name === undefined) await refreshCarefully(client, this.#schemas, this.group);
    const refreshMs = tookMs + performance.now() - started;
    if (name !== undefined) this.#costs.add(name, { refreshMs });
  }

  /** Rests between refreshes, so that many changes share one; a waiting reader cuts it short. */
  async #rest(atLeastMs: number): Promise<void> {
    const rested = performance.now();
    for (;;) {
      const pace = this.#pace();
      const paceMs = this.#wanted ? pace.wantedRestMs : pace.restMs;
      const restMs = Math.max(paceMs, Math.min(atLeastMs, restMsMax));
      const left = rested + restMs - performance.now();
      if (left <= 0 || this.#stopping) return;
      if (restMs <= restMsMax) await setTimeout(left);
      else await this.#notice.wait(left);
    }
  }

  async #noteFailure(error: unknown): Promise<void> {
    this.#log.error({ err: error, group: this.group }, "a refresh failed");
    await this.#pool
      .query(
        `update ${identifier(this.#schemas.write)}.refresh_group
         set last_error = $2, failing_since = coalesce(failing_since, clock_timestamp())
         where name = $1`,
        [this.group, messageOf(error)],
      )
      .catch(() => undefined);
  }
}

/** First key of the advisory locks that show which groups' jobs have a living process. */
export const lockSpace = "hashtext('selvedge')";

/** Second key: the group's. */
export function lockOf(group: string): string {
  return `hashtext(${literal(group)})`;
}
