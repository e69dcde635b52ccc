import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import type { Application } from "../application.ts";
import {
  defaultDataDir,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../embedded/postgres.ts";
import type { Role } from "../kernel/engine.ts";
import type { Releases } from "../kernel/install-read-models.ts";
import { createSelvedge, type SelvedgeOptions } from "../selvedge.ts";
import { CliError, type CliIo, lineOf } from "./cli-io.ts";

/** How a server of our own is started from the command line. */
export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  readonly roles: readonly Role[] | undefined;
  readonly dataDir: string | undefined;
  readonly migrate: "run" | "check" | "off";
  readonly releases: Releases;
  /** Most calls a minute of one partner. */
  readonly callsPerMinuteMax?: number | undefined;
  readonly application: Application;
  /** Who is calling, where partner keys do not say; else it is whoever is on this machine. */
  readonly authenticate?: SelvedgeOptions["authenticate"];
}

/** A server that answers. */
export interface RunningServer {
  readonly baseUrl: string;
  /** The embedded PostgreSQL; undefined where DATABASE_URL names another. */
  readonly embedded: EmbeddedPostgres | undefined;
  stop(): Promise<void>;
}

/** Starts PostgreSQL where none is given, then Selvedge, then listens. */
export async function startServer(options: ServerOptions, io: CliIo): Promise<RunningServer> {
  const { DATABASE_URL, SELVEDGE_QUERY_URL, SELVEDGE_LOG_LEVEL } = io.env;
  const allowPrivate = io.env.SELVEDGE_WEBHOOKS_ALLOW_PRIVATE === "1";
  const logger = pino({ level: SELVEDGE_LOG_LEVEL ?? "warn", redact }, pino.destination(2));
  const embedded = DATABASE_URL ? undefined : await startEmbedded(options.dataDir, io);
  const selvedge = createSelvedge({
    databaseUrl: DATABASE_URL ?? embedded?.url ?? "",
    migrate: options.migrate,
    releases: options.releases,
    application: options.application,
    logger,
    webhooks: { allowPrivate },
    ...(options.callsPerMinuteMax !== undefined && {
      callsPerMinuteMax: options.callsPerMinuteMax,
    }),
    ...(SELVEDGE_QUERY_URL && { queryDatabaseUrl: SELVEDGE_QUERY_URL }),
    ...(options.roles && { roles: options.roles }),
    ...(options.authenticate && { authenticate: options.authenticate }),
  });
  let server: Server | undefined;
  const stop = async () => {
    if (server) await close(server);
    await selvedge.stop();
    await embedded?.stop();
  };
  try {
    await selvedge.start();
    server = await listen(selvedge.handler.listen.bind(selvedge.handler), options, io);
    const { port } = server.address() as AddressInfo;
    const host = options.host.includes(":") ? `[${options.host}]` : options.host;
    return { baseUrl: `http://${host}:${port}`, embedded, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

const redact = ["req.headers.authorization", "err.config", "*.password", "*.apiKey"];

async function startEmbedded(dataDir: string | undefined, io: CliIo): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    dataDir: dataDir ?? io.env.SELVEDGE_DATA_DIR ?? defaultDataDir(),
    onLog: (line) => {
      // What ends because we end it is no news.
      if (/due to administrator command/.test(line)) return;
      if (/\b(FATAL|PANIC)\b|^selvedge:/.test(line)) io.note(line);
    },
  });
}

type Listen = (port: number, host: string) => Server;

/** Listens on the wanted port, or on a free one where the wanted one is taken. */
async function listen(listenOn: Listen, options: ServerOptions, io: CliIo): Promise<Server> {
  try {
    return await listening(listenOn(options.port, options.host));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE") throw new CliError(`cannot listen: ${lineOf(error)}`);
    io.note(`port ${options.port} is taken; a free one is used`);
    return listening(listenOn(0, options.host));
  }
}

function listening(server: Server): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("listening", () => resolve(server));
    server.once("error", reject);
  });
}

// Requests in flight get this long before their connections are cut.
const graceMs = 5_000;

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}

/** Resolves when the process is asked to end (Ctrl-C, SIGTERM); a second time ends it at once. */
export function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    const asked = () => {
      process.once("SIGINT", () => process.exit(130));
      process.once("SIGTERM", () => process.exit(143));
      resolve();
    };
    process.once("SIGINT", asked);
    process.once("SIGTERM", asked);
  });
}
