import { MikroORM } from "@mikro-orm/postgresql";
import type pg from "pg";
import type { Served } from "./contract/served.ts";
import { cutOffsOfOrders } from "./cut-offs.ts";
import { refusalsByConstraint } from "./declared-refusals.ts";
import type { InFlight } from "./host/in-flight.ts";
import type { JournalListeners } from "./host/journal-listeners.ts";
import { CommandSessions } from "./kernel/command-session.ts";
import { ConflictTally } from "./kernel/conflict-tally.ts";
import type { Engine, Role } from "./kernel/engine.ts";
import { trialMsMax } from "./kernel/live-trial.ts";
import type { Logger } from "./kernel/log.ts";
import { migrate, queryLogin, requireMigrated } from "./kernel/migrate.ts";
import { cutterOf, pool } from "./kernel/pool.ts";
import { Primary } from "./kernel/primary.ts";
import { Promises } from "./kernel/promises.ts";
import { liveNames } from "./kernel/read-model.ts";
import { ReadReporter } from "./kernel/read-reporter.ts";
import { ReadTally } from "./kernel/read-tally.ts";
import { Refresher } from "./kernel/refresher.ts";
import { identifier, type Schemas } from "./kernel/schemas.ts";
import { Signals } from "./kernel/signals.ts";
import { UseTally } from "./kernel/use-tally.ts";
import { promisesOfHouses } from "./promises-of-houses.ts";
import type { SelvedgeOptions } from "./selvedge.ts";
import { WebhookDeliverer } from "./webhooks/deliverer.ts";

/** What runs between a start and a stop. */
export interface Running {
  readonly engine: Engine;
  stop(): Promise<void>;
}

/** What a start needs beside the host's options. */
export interface StartOptions {
  /** What is served. */
  readonly served: Served;
  readonly schemas: Schemas;
  readonly log: Logger;
  readonly roles: ReadonlySet<Role>;
  readonly listeners: JournalListeners;
  readonly inFlight: InFlight;
  /** Fires where nobody wants it to start any more. */
  readonly signal: AbortSignal;
}

/** Brings the database up to date as asked, connects, and begins to refresh. */
export async function start(options: SelvedgeOptions, more: StartOptions): Promise<Running> {
  const { served, schemas, roles, signal } = more;
  const { readModels, migrations } = served.application;
  const { databaseUrl, releases } = options;
  const subject = { databaseUrl, schemas, readModels, migrations, releases, signal };
  if (options.migrate === "check") await requireMigrated(subject);
  else if (options.migrate !== "off") await migrate(subject);
  signal.throwIfAborted();
  const running = await run(options, more);
  // Walked now, so that the first caller does not wait for it.
  if (roles.has("command") || roles.has("query")) served.contractHashFor(undefined);
  return running;
}

// What is being answered is waited for so long when it is stopped; then its connections are cut.
const inFlightMs = 4_000;
// And those of whatever else is not done by then: a stop takes less than ten seconds.
const cutMs = 5_500;

async function run(
  options: SelvedgeOptions,
  { served, schemas, log, roles, listeners, inFlight }: StartOptions,
): Promise<Running> {
  const { databaseUrl, poolSizes } = options;
  const { entities, readModels } = served.application;
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
  const cutCalls = [sessions.cut, cutterOf(readPool)];
  const cutRest = [cutterOf(trialPool), cutterOf(operationsPool)];
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
    const late = setTimeout(() => {
      for (const cut of [...cutCalls, ...cutRest, refresher?.cut]) cut?.();
    }, cutMs);
    const answered = inFlight.idle(inFlightMs).then((idle) => {
      if (!idle) for (const cut of cutCalls) cut();
    });
    await Promise.all([answered, listeners.stop(), deliverer?.stop()]);
    await refresher?.stop();
    await reporter.stop();
    await conflicts.stop();
    await uses.stop();
    await promises.stop();
    await signals.stop();
    const pools = [readPool, trialPool, operationsPool];
    await Promise.all([sessions.end(), ...pools.map((one) => one.end()), orm.close()]);
    clearTimeout(late);
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
    const live = liveNames(readModels, options.live ?? []);
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
      served,
      jobsDashboardUrl: options.jobsDashboardUrl,
      cutOffs: cutOffsOfOrders,
    };
    const engine: Engine = {
      ...base,
      em: orm.em,
      sessions,
      refusalOf: refusalsByConstraint(served.application),
    };
    if (refresher) {
      deliverer = new WebhookDeliverer({ engine, databaseUrl, jobs: refresher.jobs });
      await deliverer.start();
      listeners.begin(engine, databaseUrl);
    }
    return { engine, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}
