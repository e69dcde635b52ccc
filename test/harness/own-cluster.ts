import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../../server/src/embedded/postgres.ts";
import type { TestDatabase } from "./database.ts";
import { temporaryFolder } from "./processes.ts";

/** A database on a server of its own, for tests that are given none. */
export async function ownCluster(): Promise<TestDatabase> {
  const { folder, remove } = await temporaryFolder();
  const settings = { fsync: "off", full_page_writes: "off" };
  const server = await startEmbeddedPostgres({ dataDir: join(folder, "data"), settings });
  const pool = new pg.Pool({ connectionString: server.url, max: 4, options: "-c timezone=UTC" });
  pool.on("error", () => undefined);
  return {
    url: server.url,
    query: async (text, values) => (await pool.query(text, values)).rows,
    drop: async () => {
      await pool.end();
      await server.stop();
      await remove();
    },
  };
}
