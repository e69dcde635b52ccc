import { MikroORM } from "@mikro-orm/postgresql";
import type { Express, Request } from "express";
import type pg from "pg";
import { servedContractHash } from "./contract/served.ts";
import { refusalOf } from "./declared-refusals.ts";
import { createApp } from "./http/app.ts";
import { CommandSessions } from "./kernel/command-session.ts";
import { ConflictTally } from "./kernel/conflict-tally.ts";
import type { Identity } from "./kernel/context.ts";
import type { Engine, Role } from "./kernel/engine.ts";
import { trialMsMax } from "./kernel/live-trial.ts";
import type { Logger } from "./kernel/log.ts";
import { migrate, queryLogin, requireMigrated } from "./kernel/migrate.ts";
import { pool } from "./kernel/pool.ts";
import { Primary } from "./kernel/primary.ts";
import { Promises } from "./kernel/promises.ts";
import { ReadReporter } from "./kernel/read-reporter.ts";
import { ReadTally } from "./kernel/read-tally.ts";
import { Refresher } from "./kernel/refresher.ts";
import { defaultSchemas, identifier, type Schemas, snakeCase } from "./kernel/schemas.ts";
import { Signals } from "./kernel/signals.ts";
import { UseTally } from "./kernel/use-tally.ts";
import { silent } from "./log.ts";
import { promisesOfHouses } from "./promises-of-houses.ts";
import { entities, readModels } from "./router.gen.ts";
import { WebhookDeliverer } from "./webhooks/deliverer.ts";

/** How Selvedge is set up by its host. */
export interface SelvedgeOptions {
  /** PostgreSQL 15 or newer; the login may create schemas and one role. */
  readonly databaseUrl: string;
  /** A login that may only read, where the host made one itself; it may lead to a replica. */
  readonly queryDatabaseUrl?: string;
  /** What this process does; all of it by default. */
  readonly roles?: readonly Role[];
  /**
   * Bring the database up to date at the start (default), refuse to start unless it is, or neither.
   */
  readonly migrate?: "run" | "check" | "off";
  /** Who is calling. Without it: partner keys, and callers on this machine. */
  readonly authenticate?: (req: Request) => Promise<Identity | undefined> | Identity | undefined;
  /** Names of the schemas and of the query role. */
  readonly schemas?: Partial<Schemas>;
  /**
   * Read models, as the SDK names them, that this process does not read but computes as they are
   * asked for: for those that cost less to compute than to keep. Nothing changes for callers.
   */
  readonly live?: readonly string[];
  /** A pino logger, or one of its shape. Default: silent. */
  readonly logger?: Logger;
  /** Most connections for commands (default 10) and for queries (default 10). */
  readonly poolSizes?: { readonly command?: number; readonly query?: number };
  /**
   * Where webhooks may go: over https to public addresses alone, unless `allowPrivate`, for houses
   * whose receivers stand in their own network.
   */
  readonly webhooks?: { readonly allowPrivate?: boolean };
  /** Where you have mounted `@pg-boss/dashboard`; the admin page then leads there. */
  readonly jobsDashboardUrl?: string;
  /** Most who follow the feed at once (default 200); more are asked to come again. */
  readonly feedStreamsMax?: number;
}

/** A Selvedge inside a host. */
export interface Selvedge {
  /** Mount it where you like: `app.use("/selvedge", selvedge.handler)`. */
  readonly handler: Express;
  /** Connects, migrates as asked, and begins to refresh. Throws where that fails. */
  start(): Promise<void>;
  /** Finishes what is in flight and lets go of every connection. */
  stop(): Promise<void>;
  /** What it runs on, once started. */
  readonly engine: Engine | undefined;
}

const allRoles: readonly Role[] = ["command", "query", "refresh", "admin"];

/**
 * Makes a Selvedge for a host. Nothing is connected until `start`, and nothing global is touched.
 *
 * ```ts
 * const selvedge = createSelvedge({ databaseUrl: process.env.DATABASE_URL });
 * await selvedge.start();
 * app.use("/selvedge", selvedge.handler);
 * ```
 */
export function createSelvedge(options: SelvedgeOptions): Selvedge {
  const schemas: Schemas = { ...defaultSchemas, ...options.schemas };
  const log = options.logger ?? silent;
  const roles = new Set(options.roles ?? allRoles);
  let running: Running | undefined;
  let starting: Promise<void> | undefined;

  const start = async () => {
    const subject = { databaseUrl: options.databaseUrl, schemas, readModels };
    if (options.migrate === "check") await requireMigrated(subject);
    else if (options.migrate !== "off") await migrate(subject);
    running = await run(options, schemas, log, roles);
    // Walked now, so that the first caller does not wait for it.
    if (roles.has("command") || roles.has("query")) servedContractHash();
  };

  return {
    handler: createApp({
      engine: () => running?.engine,
      authenticate: options.authenticate,
      log,
      feedStreamsMax: options.feedStreamsMax ?? 200,
    }),
    start() {
      starting ??= start().catch((error: unknown) => {
        starting = undefined;
        throw error;
      });
      return starting;
    },
    async stop() {
      await starting?.catch(() => undefined);
      const stopping = running;
      running = undefined;
      starting = undefined;
      await stopping?.stop();
    },
    get engine() {
      return running?.engine;
    },
  };
}

interface Running {
  readonly engine: Engine;
  stop(): Promise<void>;
}

async function run(
  options: SelvedgeOptions,
  schemas: Schemas,
  log: Logger,
  roles: ReadonlySet<Role>,
): Promise<Running> {
  const { databaseUrl, poolSizes } = options;
  const orm = new MikroORM({
    clientUrl: databaseUrl,
    entities: [...entities],
    schema: schemas.write,
    // Aggregates hold more than their columns, so they are made by their constructors.
    forceEntityConstructor: true,
    ensureDatabase: false,
    // Commands bring their own transactions; this pool stays empty.
    driverOptions: { max: 1 },
  });
  const sessions = new CommandSessions({
    connectionString: databaseUrl,
    application_name: "selvedge command",
    max: poolSizes?.command ?? 10,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    // A black-holed connection answers nothing; only the driver's own clock helps.
    query_timeout: 30_000,
    // UTC, so that a command reads a row as a query does.
    options:
      "-c timezone=UTC -c lock_timeout=5000 -c client_connection_check_interval=1000 -c jit=off",
  });
  sessions.onIdleError((err) => log.debug({ err }, "an idle connection failed"));
  const reading: pg.PoolConfig = {
    ...(options.queryDatabaseUrl === undefined
      ? queryLogin(databaseUrl, schemas)
      : { connectionString: options.queryDatabaseUrl }),
    application_name: "selvedge query",
    max: poolSizes?.query ?? 10,
    // Slices ask the same few questions: planning each anew would take longer than answering it.
    options:
      `-c timezone=UTC -c search_path=${schemas.read} -c client_connection_check_interval=1000 ` +
      "-c plan_cache_mode=force_generic_plan -c jit=off",
    query_timeout: 6_000,
  };
  const readPool = pool(log, reading);
  const trialPool = pool(log, {
    ...reading,
    application_name: "selvedge trial",
    max: 1,
    options: `${reading.options} -c statement_timeout=${trialMsMax}`,
  });
  const operationsPool = pool(log, {
    connectionString: databaseUrl,
    application_name: "selvedge operations",
    max: 2,
    options: "-c timezone=UTC -c statement_timeout=5000",
  });
  const signals = new Signals(databaseUrl, log);
  const promises = new Promises(promisesOfHouses(operationsPool, schemas), log);
  const refresher = roles.has("refresh")
    ? new Refresher({ connectionString: databaseUrl, schemas, signals, promises, log })
    : undefined;
  const reads = new ReadTally();
  const reporter = new ReadReporter({ reads, schemas, operationsPool, trialPool, log });
  const conflicts = new ConflictTally(operationsPool, schemas, log);
  const uses = new UseTally(operationsPool, schemas, log);
  let deliverer: WebhookDeliverer | undefined;
  const stop = async () => {
    await deliverer?.stop();
    await refresher?.stop();
    await reporter.stop();
    await conflicts.stop();
    await uses.stop();
    await promises.stop();
    await signals.stop();
    const pools = [readPool, trialPool, operationsPool];
    await Promise.all([sessions.end(), ...pools.map((one) => one.end()), orm.close()]);
  };
  try {
    const { rows } = await operationsPool.query<{ id: string }>(
      `select id from ${identifier(schemas.write)}.epoch`,
    );
    const epoch = rows[0]?.id;
    if (epoch === undefined) throw new Error("The database has no epoch; run the migration.");
    await signals.start();
    await promises.start(signals);
    await refresher?.start();
    if (roles.has("query")) reporter.start();
    conflicts.start();
    uses.start();
    const live = liveNames(options.live ?? []);
    const base = {
      schemas,
      readModels,
      epoch,
      roles,
      live,
      readPool,
      reads,
      operationsPool,
      primary: new Primary(operationsPool),
      promises,
      signals,
      conflicts,
      uses,
      log,
      allowPrivate: options.webhooks?.allowPrivate ?? false,
      jobsDashboardUrl: options.jobsDashboardUrl,
    };
    const engine: Engine = { ...base, em: orm.em, sessions, refusalOf };
    if (refresher) {
      deliverer = new WebhookDeliverer({ engine, databaseUrl, jobs: refresher.jobs });
      await deliverer.start();
    }
    return { engine, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

function liveNames(names: readonly string[]): ReadonlySet<string> {
  const known = new Set(readModels.map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(snakeCase(name)));
  if (unknown.length > 0) throw new Error(`There is no read model ${unknown.join(", ")}.`);
  return new Set(names.map(snakeCase));
}
