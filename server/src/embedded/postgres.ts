import { findPlatformPackage, type PlatformPackage, prepareBinaries } from "./binaries.ts";
import { clusterPaths, settleDataFolder } from "./data-folder.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { provePostgresAnswers } from "./first-connection.ts";
import { embeddedName, ensureCluster } from "./init-cluster.ts";
import { launch, startFailed } from "./launch.ts";
import { openCluster } from "./open-cluster.ts";

export { defaultDataDir } from "./data-folder.ts";
export {
  EmbeddedPostgresError,
  type EmbeddedPostgresErrorCode,
} from "./embedded-postgres-error.ts";

/** A running PostgreSQL of our own, on this machine only. */
export interface EmbeddedPostgres {
  /** The connection string, password included. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Where the data really is; a temporary folder when the wanted one is closed to PostgreSQL. */
  readonly dataDir: string;
  /** True when this start made the data folder. */
  readonly fresh: boolean;
  readonly pid: number;
  /** Stops PostgreSQL and waits for its end; calling it again waits for the same end. */
  stop(): Promise<void>;
}

/** How to start; everything but the folder has a default. */
export interface EmbeddedPostgresOptions {
  dataDir: string;
  /** A port to insist on; without it a free one is chosen at every start. */
  port?: number;
  /** PostgreSQL settings over our defaults, such as `{ fsync: "off" }` in tests. */
  settings?: Record<string, string>;
  /** Told every line of PostgreSQL's log. */
  onLog?: (line: string) => void;
}

/**
 * Starts PostgreSQL on a data folder, which it makes if needed, and waits until it answers. It
 * stops when `stop()` is called, or when this process ends in any way.
 *
 * ```ts
 * const postgres = await startEmbeddedPostgres({ dataDir: defaultDataDir() });
 * console.log(postgres.url);
 * await postgres.stop();
 * ```
 *
 * @throws EmbeddedPostgresError
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  return startFrom(findPlatformPackage(), options);
}

/** Starts PostgreSQL from a given platform package. */
export async function startFrom(
  platform: PlatformPackage,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { settings = {}, onLog = () => {} } = options;
  const folder = settleDataFolder(options.dataDir);
  if (folder.moved) {
    onLog(
      `selvedge: user ${folder.user?.uid}, who runs PostgreSQL, cannot reach ${options.dataDir}; ` +
        `the data is kept in ${folder.path}`,
    );
  }
  const binaries = prepareBinaries(platform, folder.user);
  const fresh = await ensureCluster(folder, binaries, { durable: settings.fsync !== "off" });
  const password = openCluster(folder, platform.version);
  const { pid, port, process } = await launch({
    postgres: binaries.postgres,
    data: clusterPaths(folder.path).data,
    user: folder.user,
    port: options.port,
    settings,
    onLog,
  });
  try {
    await provePostgresAnswers(port, password);
  } catch (error) {
    await process.stop();
    if (error instanceof EmbeddedPostgresError) throw error;
    throw startFailed(process.lastLines(), error);
  }
  process.letGo();
  return {
    url: `postgres://${embeddedName}:${password}@127.0.0.1:${port}/${embeddedName}`,
    host: "127.0.0.1",
    port,
    dataDir: folder.path,
    fresh,
    pid,
    stop: () => process.stop(),
  };
}
