import type pg from "pg";
import type { PgBoss } from "pg-boss";
import type { Pace } from "../kernel/back-off.ts";
import type { Engine } from "../kernel/engine.ts";
import { LockSession } from "../kernel/lock-session.ts";
import { LookOut } from "../kernel/look-out.ts";
import { pool } from "../kernel/pool.ts";
import { lockSpace } from "../kernel/refresh-loop.ts";
import { queueOptions } from "../kernel/refresh-queues.ts";
import { identifier } from "../kernel/schemas.ts";
import { webhooksChanged } from "./changed.ts";
import { drain } from "./drain.ts";
import { Postman } from "./post.ts";
import { SubscriptionRows } from "./subscription.ts";

/** What delivers needs. */
export interface DelivererOptions {
  readonly engine: Engine;
  readonly databaseUrl: string;
  /** Started, and stopped after this. */
  readonly jobs: PgBoss;
  /** How long is waited after failures: from 5 s to an hour. */
  readonly pace?: Pace;
  /** How long a receiver may take. */
  readonly timeoutMs?: number;
  /** How often it is looked what is due. */
  readonly sweepMs?: number;
}

const queue = "webhooks";
const paceDefault: Pace = { firstPauseMs: 5_000, pauseMsMax: 3_600_000 };
const sweepMsDefault = 1_000;
// Each place is one receiver that is being waited for.
const placesMax = 20;
// Many commands share a look.
const restMs = 50;
// What a receiver has in their hands is waited for so long when the process stops.
const graceMs = 2_000;

/**
 * Delivers webhooks. pg-boss owns who does it: one job a subscription, at most one queued beside
 * one active. How far a receiver has been told stands in the subscription's row, so that a process
 * that dies loses nothing and the next one repeats no more than the message nobody had heard of.
 */
export class WebhookDeliverer {
  readonly #options: DelivererOptions;
  readonly #pool: pg.Pool;
  readonly #rows: SubscriptionRows;
  readonly #postman: Postman;
  readonly #drains = new Map<LookOut, Promise<unknown>>();
  readonly #stopping = new AbortController();
  readonly #cut = new AbortController();
  readonly #locks: LockSession;
  #off: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #due = 0;

  constructor(options: DelivererOptions) {
    const { engine, databaseUrl, timeoutMs } = options;
    this.#options = options;
    this.#pool = pool(engine.log, {
      connectionString: databaseUrl,
      application_name: "selvedge webhooks",
      max: 2,
      query_timeout: 10_000,
    });
    this.#locks = new LockSession(databaseUrl, "selvedge webhook locks");
    this.#rows = new SubscriptionRows(this.#pool, engine.schemas);
    this.#postman = new Postman({ allowPrivate: engine.allowPrivate, timeoutMs });
  }

  /** Begins to deliver. */
  async start(): Promise<void> {
    const { jobs, engine } = this.#options;
    await jobs.createQueue(queue, { ...queueOptions, deleteAfterSeconds: 600 });
    const places = {
      localConcurrency: placesMax,
      pollingIntervalSeconds: 2,
      notifyPollingIntervalSeconds: 5,
    };
    await jobs.work<{ id: string }>(queue, places, async ([job]) => {
      return job ? this.#run(job.data.id, job.signal) : undefined;
    });
    this.#off = engine.signals.on("stale", (wanted) => {
      if (wanted === webhooksChanged) void this.#sweepSoon();
    });
    await this.#sweepSoon();
    const { sweepMs = sweepMsDefault } = this.#options;
    this.#timer = setInterval(() => this.#sweepSoon(), sweepMs);
  }

  /** Hands over; what a receiver has in their hands is waited for, but not for long. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#off();
    this.#stopping.abort();
    for (const lookOut of this.#drains.keys()) lookOut.wake();
    const late = setTimeout(() => this.#cut.abort(), graceMs);
    await Promise.allSettled([...this.#drains.values(), this.#sweeping]);
    clearTimeout(late);
    this.#postman.close();
    await this.#locks.end();
    await this.#pool.end();
  }

  async #run(id: string, signal: AbortSignal): Promise<{ delivered: number }> {
    if (this.#stopping.signal.aborted) return { delivered: 0 };
    const { engine, pace = paceDefault } = this.#options;
    const lookOut = new LookOut(engine.signals, restMs);
    const done = this.#holding(id, () =>
      drain(id, {
        ...{ engine, pace, lookOut, rows: this.#rows, postman: this.#postman },
        stopping: AbortSignal.any([this.#stopping.signal, signal]),
        cut: AbortSignal.any([this.#cut.signal, signal]),
        isWanted: () => this.#due > placesMax,
      }),
    );
    this.#drains.set(lookOut, done);
    try {
      return await done;
    } catch (err) {
      // Cut off by our own hand: the row says where to go on.
      if (this.#cut.signal.aborted) return { delivered: 0 };
      engine.log.warn({ err, subscription: id }, "webhooks could not be delivered");
      throw err;
    } finally {
      this.#drains.delete(lookOut);
      lookOut.end();
    }
  }

  /** Shows, for as long as it works, that this job's process lives. */
  async #holding<T>(id: string, work: () => Promise<T>): Promise<T> {
    const unlock = await this.#locks.share(lockName(id));
    try {
      return await work();
    } finally {
      await unlock();
    }
  }

  #sweepSoon(): Promise<void> {
    this.#sweeping ??= this.#sweep()
      .catch((err) => this.#options.engine.log.debug({ err }, "a sweep of webhooks failed"))
      .finally(() => {
        this.#sweeping = undefined;
      });
    return this.#sweeping;
  }

  /** Keeps one job queued a subscription that is due, and fails those whose process is gone. */
  async #sweep(): Promise<void> {
    const { jobs } = this.#options;
    await this.#failOrphans();
    const due = await this.#rows.due(queue);
    this.#due = due.length;
    for (const { id, isQueued } of due) {
      if (isQueued) continue;
      if (this.#stopping.signal.aborted) return;
      await jobs.send(queue, { id }, { singletonKey: id });
    }
  }

  /** pg-boss would notice after the heartbeat's ten seconds; the database knows at once. */
  async #failOrphans(): Promise<void> {
    const { engine, jobs } = this.#options;
    const { rows } = await this.#pool.query<{ id: string }>(
      `select id from ${identifier(engine.schemas.jobs)}.job
       where name = $1 and state = 'active' and started_on < now() - interval '2 s'
       and not exists (select from pg_locks where locktype = 'advisory' and granted
         and database = (select oid from pg_database where datname = current_database())
         and classid = ${lockSpace}::oid
         and objid = hashtext('${queue} ' || singleton_key)::oid)`,
      [queue],
    );
    for (const { id } of rows) await jobs.fail(queue, id, { message: "its process is gone" });
  }
}

function lockName(id: string): string {
  return `${queue} ${id}`;
}
