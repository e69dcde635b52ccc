import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../../server/src/embedded/postgres.ts";
import { migrate } from "../../server/src/kernel/migrate.ts";
import { defaultSchemas } from "../../server/src/kernel/schemas.ts";
import { readModels } from "../../server/src/router.gen.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A server that tests may create databases on. */
    clusterUrl: string;
  }
}

/** The migrated database that every test database is a copy of. */
export const templateName = "selvedge_template";

/** One PostgreSQL for all tests, with one migrated database to copy. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "selvedge-test-"));
  // PostgreSQL runs as another user where root runs the tests; it has to get in.
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, "data"),
    // These data are thrown away; what is tested is not the disk.
    settings: { fsync: "off", full_page_writes: "off", max_connections: "300" },
  });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`create database ${templateName}`);
  await client.end();
  const template = new URL(server.url);
  template.pathname = `/${templateName}`;
  await migrate({ databaseUrl: template.href, schemas: defaultSchemas, readModels });
  provide("clusterUrl", server.url);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
