import { join } from "node:path";
import { startEmbeddedPostgres } from "../../server/src/embedded/postgres.ts";
import { pool as poolOf } from "../../server/src/kernel/pool.ts";
import { silent } from "../../server/src/log.ts";
import type { TestDatabase } from "./database.ts";
import { temporaryFolder } from "./processes.ts";

/** A database on a server of its own, for tests that are given none. */
export async function ownCluster(): Promise<TestDatabase> {
  const { folder, remove } = await temporaryFolder();
  const settings = { fsync: "off", full_page_writes: "off" };
  const server = await startEmbeddedPostgres({ dataDir: join(folder, "data"), settings });
  const pool = poolOf(silent, { connectionString: server.url, max: 4, options: "-c timezone=UTC" });
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
