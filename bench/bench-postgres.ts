import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../server/src/embedded/postgres.ts";

/** A PostgreSQL for one benchmark, thrown away at its end. */
export interface BenchPostgres {
  /** Makes an empty database and answers its address. */
  createDatabase(name: string): Promise<string>;
  /** Copies a database to which nobody is connected, and answers the copy's address. */
  copyDatabase(from: string, to: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts PostgreSQL in a temporary folder, or in one that is given and kept. */
export async function startBenchPostgres(
  keptIn?: string,
  settings: Record<string, string> = {},
): Promise<BenchPostgres> {
  const folder = keptIn ?? (await mkdtemp(join(tmpdir(), "selvedge-bench-")));
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, "data"),
    // Millions of rows are loaded first; checkpoints in the middle of that would last into what is
    // measured.
    settings: { max_wal_size: "8GB", maintenance_work_mem: "256MB", ...settings },
  });
  const urlOf = (name: string) => {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    createDatabase: async (name) => {
      await withClient(server.url, async (client) => {
        const { rowCount } = await client.query("select from pg_database where datname = $1", [
          name,
        ]);
        if (rowCount === 0) await client.query(`create database ${name}`);
      });
      return urlOf(name);
    },
    copyDatabase: async (from, to) => {
      await withClient(server.url, (client) =>
        client.query(`create database ${to} template ${from}`),
      );
      return urlOf(to);
    },
    stop: async () => {
      await server.stop();
      if (keptIn === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Lends a connection for some work. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
