import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Selvedge as Client } from "@selvedge/sdk";
import pg from "pg";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../server/src/embedded/postgres.ts";
import { queryLogin } from "../../server/src/kernel/migrate.ts";
import { pool as poolOf } from "../../server/src/kernel/pool.ts";
import { defaultSchemas } from "../../server/src/kernel/schemas.ts";
import { silent } from "../../server/src/log.ts";
import { startSelvedge, type TestSelvedge } from "./selvedge.ts";
import { type Standby, startStandby } from "./standby.ts";

/** A Selvedge whose commands go to a primary and whose queries go to a standby of it. */
export interface ReplicatedSelvedge extends TestSelvedge {
  readonly primary: EmbeddedPostgres;
  readonly standby: Standby;
  connectToPrimary(): Promise<pg.Client>;
  /** The receipt of a transaction that no command made. */
  receiptOf(xid: string): Promise<string>;
  /** A client of which the server hears that it waits 300 ms only, but which waits for that. */
  hasty(): Client;
}

/** Starts both servers, of this test file's own, and a Selvedge on them. */
export async function startReplicated(): Promise<ReplicatedSelvedge> {
  const folder = await mkdtemp(join(tmpdir(), "selvedge-replicated-"));
  // PostgreSQL runs as another user where root runs the tests; it has to get in.
  await chmod(folder, 0o755);
  const settings = { fsync: "off", full_page_writes: "off", shared_buffers: "32MB" };
  const primary = await startEmbeddedPostgres({ dataDir: join(folder, "data"), settings });
  const standby = await startStandby(primary);
  const pool = poolOf(silent, { connectionString: primary.url, options: "-c timezone=UTC" });
  pool.on("error", () => undefined);
  const database: TestSelvedge["database"] = {
    url: primary.url,
    query: async (text, values) => (await pool.query(text, values)).rows,
    drop: () => pool.end(),
  };
  const { user, password } = queryLogin(primary.url, defaultSchemas);
  const queryUrl = new URL(standby.urlOf(primary.url));
  queryUrl.username = String(user);
  queryUrl.password = String(password);
  const started = await startSelvedge({ queryDatabaseUrl: queryUrl.href }, database);
  await standby.caughtUp();
  return {
    ...started,
    primary,
    standby,
    async connectToPrimary() {
      const client = new pg.Client(primary.url);
      await client.connect();
      return client;
    },
    async receiptOf(xid) {
      const [epoch] = await database.query<{ id: string }>("select id from selvedge.epoch");
      return `r1.${epoch?.id}.${xid}`;
    },
    hasty() {
      const told: typeof fetch = (url, init) =>
        fetch(url, { ...init, headers: { ...init?.headers, "selvedge-timeout-ms": "300" } });
      const { baseUrl } = started;
      return new Client({ baseUrl, consistency: "none", retriesMax: 0, fetch: told });
    },
    async stop() {
      await started.stop();
      await database.drop();
      await standby.stop();
      await primary.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
