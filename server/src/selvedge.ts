import type { Express, Request } from "express";
import { type Application, selvedgeApplication } from "./application.ts";
import { servedOf } from "./contract/served.ts";
import {
  type HostEvent,
  type HostEventHandler,
  type HostEventOutcome,
  HostEvents,
} from "./host/host-events.ts";
import { InFlight } from "./host/in-flight.ts";
import {
  type Asked,
  type AskOptions,
  type Executed,
  type ExecuteOptions,
  InProcess,
} from "./host/in-process.ts";
import type { JournalHandler, Listening } from "./host/journal-listener.ts";
import { JournalListeners } from "./host/journal-listeners.ts";
import { Lifecycle, type SelvedgeState } from "./host/lifecycle.ts";
import type { CommandPath, DataOf, InputOf, Procedures, QueryPath } from "./host/paths.ts";
import type { AdminPageOptions } from "./http/admin-page.ts";
import { createApp } from "./http/app.ts";
import type { Identity } from "./kernel/context.ts";
import type { Engine, Role } from "./kernel/engine.ts";
import { Fault } from "./kernel/faults.ts";
import type { Releases } from "./kernel/install-read-models.ts";
import type { Logger } from "./kernel/log.ts";
import { defaultSchemas, type Schemas } from "./kernel/schemas.ts";
import { silent } from "./log.ts";
import { start } from "./running.ts";

/** How Selvedge is set up by its host. */
export interface SelvedgeOptions<All extends Procedures = Procedures> {
  /** PostgreSQL 15 or newer; the login may create schemas and one role. */
  readonly databaseUrl: string;
  /** A login that may only read, where the host made one itself; it may lead to a replica. */
  readonly queryDatabaseUrl?: string;
  /**
   * Selvedge with modules of the host's own, as `selvedge generate` writes it; by default Selvedge
   * alone.
   */
  readonly application?: Application<All>;
  /**
   * What this process does; all of it by default. With none (`[]`) it answers health checks, and
   * refuses calls as `UNAVAILABLE`.
   */
  readonly roles?: readonly Role[];
  /**
   * Bring the database up to date at the start (default), refuse to start unless it is, or neither.
   */
  readonly migrate?: "run" | "check" | "off";
  /**
   * When a changed read model takes the place of the one that is read: as soon as it is built
   * (`swap`, the default), or, where it would change what is read, once somebody has accepted that
   * (`accept`).
   */
  readonly releases?: Releases;
  /**
   * Where a start fails: `throw` (default), or `degrade`: `start` resolves, the host goes on, all
   * calls are answered 503 with the reason in `/readyz`, and it is tried again until `stop`.
   */
  readonly onStartFailure?: "throw" | "degrade";
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
  /**
   * Most calls a minute of one partner through this process, each command of a bulk counted; more
   * get a 429 with `Retry-After`. As many as they like if left out.
   */
  readonly callsPerMinuteMax?: number;
  /** Where you have mounted `@pg-boss/dashboard`; the admin page then leads there. */
  readonly jobsDashboardUrl?: string;
  /** Most who follow the feed at once (default 200); more are asked to come again. */
  readonly feedStreamsMax?: number;
  /** How the admin page looks, and who may show it in a frame. */
  readonly adminPage?: AdminPageOptions;
}

/** A Selvedge inside a host. */
export interface Selvedge<All extends Procedures = Procedures> {
  /** Mount it where you like: `app.use("/selvedge", selvedge.handler)`. */
  readonly handler: Express;
  /**
   * Connects, migrates as asked, and begins to refresh. Throws where that fails, unless
   * `onStartFailure` says otherwise. Asked twice it starts once.
   */
  start(): Promise<void>;
  /**
   * Finishes what is in flight, for some seconds at most, and lets go of every connection and
   * timer. May be asked at any time, and more than once; a start under way ends without one.
   */
  stop(): Promise<void>;
  /** How it stands just now, and why. */
  readonly state: SelvedgeState;
  /**
   * Sends a command, in this process: the same checks, unit of work and command log as over HTTP.
   *
   * ```ts
   * const { data, receipt } = await selvedge.execute("orders.placeOrder", order, identity);
   * ```
   */
  execute<Path extends CommandPath<All>>(
    path: Path,
    input: InputOf<Path, All>,
    identity: Identity,
    options?: ExecuteOptions,
  ): Promise<Executed<DataOf<Path, All>>>;
  /** Asks a query, in this process. */
  ask<Path extends QueryPath<All>>(
    path: Path,
    input: InputOf<Path, All>,
    identity: Identity,
    options?: AskOptions,
  ): Promise<Asked<DataOf<Path, All>>>;
  /**
   * Tells the host of events of the journal, in order within each house, at least once, from where
   * the name's listener was before. One process at a time does so for a name, of those with the
   * role `refresh`. Call the answer to end it; the name's place is kept.
   */
  on(listening: Listening, handler: JournalHandler): () => Promise<void>;
  /** Says what is done with the host's own events of a type; call the answer to end it. */
  onHostEvent<Data = unknown>(type: string, handler: HostEventHandler<Data, All>): () => void;
  /**
   * Takes an event of the host's bus, however often it tells it. Throws where it could not be
   * handled, so that the bus tells it again.
   */
  takeHostEvent(event: HostEvent): Promise<HostEventOutcome>;
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
export function createSelvedge<All extends Procedures = Procedures>(
  options: SelvedgeOptions<All>,
): Selvedge<All> {
  const schemas: Schemas = { ...defaultSchemas, ...options.schemas };
  const log = options.logger ?? silent;
  const roles = new Set(options.roles ?? allRoles);
  const served = servedOf(options.application ?? selvedgeApplication);
  const inFlight = new InFlight();
  const listeners = new JournalListeners();
  const lifecycle = new Lifecycle({
    attempt: (signal) =>
      start(options, { served, schemas, log, roles, listeners, inFlight, signal }),
    onStartFailure: options.onStartFailure ?? "throw",
    log,
  });
  const engine = () => lifecycle.running?.engine;
  const inProcess = new InProcess({
    engine: () => engine() ?? notRunning(lifecycle.state),
    inFlight,
    served,
    log,
  });
  const hostEvents = new HostEvents(inProcess);

  // At run time a path is a text; of which there are, the application has the types.
  const selvedge: Selvedge = {
    handler: createApp({
      engine,
      state: () => lifecycle.state,
      inFlight,
      authenticate: options.authenticate,
      log,
      served,
      adminPage: options.adminPage,
      feedStreamsMax: options.feedStreamsMax ?? 200,
      callsPerMinuteMax: options.callsPerMinuteMax,
    }),
    start: () => lifecycle.start(),
    stop: () => lifecycle.stop(),
    get state() {
      return lifecycle.state;
    },
    execute: (...call) => inProcess.execute(...call),
    ask: (...call) => inProcess.ask(...call),
    on: (listening, handler) => listeners.on(listening, handler),
    onHostEvent: (type, handler) => hostEvents.on(type, handler),
    takeHostEvent: (event) => hostEvents.take(event),
    get engine() {
      return engine();
    },
  };
  return selvedge;
}

function notRunning({ status, reason }: SelvedgeState): never {
  const why = reason === undefined ? "." : `: ${reason}`;
  throw new Fault("UNAVAILABLE", `Selvedge is not running just now (${status})${why}`);
}
