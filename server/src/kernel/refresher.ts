import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { advanceBuilds } from "./build.ts";
import { CostTally, storeCosts } from "./cost-tally.ts";
import { type Generation, isToAdvance, loadGenerations } from "./generation.ts";
import { keepLagHistory } from "./lag-history.ts";
import type { Logger } from "./log.ts";
import { cutterOf } from "./pool.ts";
import type { Promises } from "./promises.ts";
import { lockOf, lockSpace, RefreshLoop } from "./refresh-loop.ts";
import { paceOf } from "./refresh-pace.ts";
import { buildQueue, queueOf, queueOptions, verifyQueue, workPace } from "./refresh-queues.ts";
import { RefreshTally } from "./refresh-tally.ts";
import { identifier, type Schemas } from "./schemas.ts";
import type { Signals } from "./signals.ts";
import { storeTally } from "./store-tally.ts";
import { runVerifications, scheduleVerifications } from "./verify.ts";
import { wakeOnSignals } from "./wake-on-signals.ts";

// An idle replica learns from the heartbeat alone that it misses nothing, so this bounds its lag.
const heartbeatMs = 500;
const sweepMs = 2_000;
const sampleMs = 5_000;
const historyMs = 30_000;
const jobsGraceMs = 3_000;

/**
 * Keeps read models fresh. pg-boss owns who does it, how it is retried and what happened: one job a
 * group, at most one queued beside one active (`stately`). The sweep keeps one queued, so the
 * active job always has a successor; what is stale stands in tables, so a lost job loses nothing.
 */
export class Refresher {
  readonly #options: RefresherOptions;
  readonly #id = randomUUID();
  readonly #loops = new Map<string, RefreshLoop>();
  readonly #pool: pg.Pool;
  /** Ends connections in the middle of what they do: what is stale stands in tables. */
  readonly cut: () => void;
  readonly #boss: PgBoss;
  readonly #tally = new RefreshTally();
  readonly #costs = new CostTally();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #inFlight = new Set<Promise<unknown>>();
  #off: () => void = () => undefined;
  #started = false;

  constructor(options: RefresherOptions) {
    this.#options = options;
    this.#pool = new pg.Pool({
      connectionString: options.connectionString,
      application_name: "selvedge refresh",
      // One for each group's loop, one for builds, two for chores.
      max: 20,
      // A refresher that is stopped in the middle must not hold its group for ever.
      options:
        "-c idle_in_transaction_session_timeout=5000 -c client_connection_check_interval=1000",
      connectionTimeoutMillis: 5_000,
    });
    this.cut = cutterOf(this.#pool);
    const failed = (err: Error) => options.log.debug({ err }, "a refresh connection failed");
    this.#pool.on("error", failed);
    // A loop rests with its connection in its hands: an error that nobody hears ends the process.
    this.#pool.on("connect", (client) => client.on("error", failed));
    this.#boss = new PgBoss({
      connectionString: options.connectionString,
      application_name: "selvedge jobs",
      schema: options.schemas.jobs,
      max: 3,
      useListenNotify: true,
      schedule: false,
      superviseIntervalSeconds: 5,
      monitorIntervalSeconds: 5,
    });
    // Without a listener a lost connection would end the process.
    this.#boss.on("error", (err) => options.log.warn({ err }, "the job queue reported an error"));
  }

  /** Where jobs of others are queued and worked on too; it runs from start to stop. */
  get jobs(): PgBoss {
    return this.#boss;
  }

  /** Creates the queues and begins to work. */
  async start(): Promise<void> {
    await this.#boss.start();
    this.#started = true;
    await this.#boss.createQueue(buildQueue, queueOptions);
    await this.#boss.work(buildQueue, workPace, async ([job]) => {
      if (job) await this.#withClient((client) => this.#build(client, job.signal));
    });
    await this.#boss.createQueue(verifyQueue, queueOptions);
    await this.#boss.work(verifyQueue, workPace, async ([job]) => {
      if (job) await this.#withClient((client) => this.#verify(client, job.signal));
    });
    await this.#takeUpGroups(await this.#generations());
    this.#off = wakeOnSignals(this.#options.signals, this.#loops);
    await this.#beat();
    await this.#sweep();
    this.#every(heartbeatMs, () => this.#beat());
    this.#every(sweepMs, () => this.#sweep());
    this.#every(sampleMs, () => this.#sample());
    this.#every(historyMs, () => keepLagHistory(this.#pool, this.#options.schemas));
  }

  /** Hands the groups over and stops; what was begun is finished. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#off();
    for (const loop of this.#loops.values()) loop.stop();
    await Promise.allSettled(this.#inFlight);
    if (this.#started) {
      await this.#boss.stop({ graceful: true, close: true, timeout: jobsGraceMs });
      const { schemas } = this.#options;
      await storeCosts(this.#pool, schemas, this.#costs).catch(() => undefined);
      await this.#pool
        .query(`delete from ${identifier(schemas.write)}.refresher where id = $1`, [this.#id])
        .catch(() => undefined);
    }
    await this.#pool.end();
  }

  /** Begins to work for groups that came since, of this server's version or another's. */
  async #takeUpGroups(generations: readonly Generation[]): Promise<void> {
    for (const [group, of] of Map.groupBy(generations, (generation) => generation.group)) {
      const known = this.#loops.get(group);
      const loop = known ?? this.#loopOf(group, of);
      loop.standsOn(of.flatMap(({ definition }) => Object.keys(definition.staleOn)));
      if (known) continue;
      this.#loops.set(group, loop);
      await this.#boss.createQueue(queueOf(group), queueOptions);
      await this.#boss.work(queueOf(group), workPace, async ([job]) => {
        return job ? loop.run(job.signal) : undefined;
      });
    }
  }

  #generations(): Promise<Generation[]> {
    return loadGenerations(this.#pool, this.#options.schemas);
  }

  #loopOf(group: string, generations: readonly Generation[]): RefreshLoop {
    const whole = generations.some(({ definition }) => definition.maintain === "whole");
    const maintain = whole ? "whole" : "byKey";
    const promised = generations.map(({ name, definition: { freshWithinMs } }) => ({
      ...{ name, freshWithinMs },
    }));
    const promiseMs = () => Math.min(...promised.map((one) => this.#options.promises.leastMs(one)));
    return new RefreshLoop({
      group,
      schemas: this.#options.schemas,
      pool: this.#pool,
      log: this.#options.log,
      pace: () => paceOf(maintain, promiseMs()),
      tally: this.#tally,
      costs: this.#costs,
    });
  }

  async #build(client: pg.PoolClient, signal: AbortSignal): Promise<void> {
    const groups = await advanceBuilds(client, this.#options.schemas, signal);
    for (const group of groups) this.#options.signals.stale(group);
  }

  async #verify(client: pg.PoolClient, signal: AbortSignal): Promise<void> {
    await runVerifications(client, this.#options.schemas, signal);
  }

  async #withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      const answer = await work(client);
      client.release();
      return answer;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  #every(ms: number, work: () => Promise<void>): void {
    let running = false;
    const timer = setInterval(() => {
      if (running) return;
      running = true;
      const done = work()
        .catch((err) => this.#options.log.debug({ err }, "a refresher chore failed"))
        .finally(() => {
          running = false;
          this.#inFlight.delete(done);
        });
      this.#inFlight.add(done);
    }, ms);
    this.#timers.push(timer);
  }

  async #beat(): Promise<void> {
    await this.#pool.query(
      `insert into ${identifier(this.#options.schemas.write)}.refresher (id, host, pid)
       values ($1, $2, $3) on conflict (id) do update set heard_at = clock_timestamp()`,
      [this.#id, hostname(), process.pid],
    );
  }

  /** Keeps one job queued a group, and fails active jobs whose process is gone. */
  async #sweep(): Promise<void> {
    const generations = await this.#generations();
    await this.#takeUpGroups(generations);
    for (const group of this.#loops.keys()) {
      await this.#failOrphans(group);
      await this.#boss.send(queueOf(group), { group }, { singletonKey: group });
    }
    if (generations.some(isToAdvance)) {
      await this.#boss.send(buildQueue, {}, { singletonKey: buildQueue });
    }
    if (await scheduleVerifications(this.#pool, this.#options.schemas)) {
      await this.#boss.send(verifyQueue, {}, { singletonKey: verifyQueue });
    }
  }

  /** pg-boss would notice after the heartbeat's ten seconds; the database knows at once. */
  async #failOrphans(group: string): Promise<void> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `select id from ${identifier(this.#options.schemas.jobs)}.job
       where name = $1 and state = 'active' and started_on < now() - interval '2 s'
       and not exists (select from pg_locks where locktype = 'advisory' and granted
         and database = (select oid from pg_database where datname = current_database())
         and classid = ${lockSpace}::oid and objid = ${lockOf(group)}::oid)`,
      [queueOf(group)],
    );
    for (const { id } of rows) {
      await this.#boss.fail(queueOf(group), id, { message: "its process is gone" });
    }
  }

  async #sample(): Promise<void> {
    const running = [...this.#loops.values()].filter((loop) => loop.running);
    await storeTally(this.#pool, this.#options.schemas, {
      tally: this.#tally,
      generations: await this.#generations(),
      running: running.map(({ group }) => group),
    });
    await storeCosts(this.#pool, this.#options.schemas, this.#costs);
  }
}

/** What a refresher needs. */
export interface RefresherOptions {
  readonly connectionString: string;
  readonly schemas: Schemas;
  readonly signals: Signals;
  readonly promises: Promises;
  readonly log: Logger;
}
