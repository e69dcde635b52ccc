import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { pool as poolOf } from "../../server/src/kernel/pool.ts";
import { silent } from "../../server/src/log.ts";
import { templateName } from "./cluster.ts";

/** A database of one test file's own. */
export interface TestDatabase {
  readonly url: string;
  /** Runs SQL as the owner. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Copies the migrated template. */
export async function createDatabase(): Promise<TestDatabase> {
  const clusterUrl = inject("clusterUrl");
  const name = `test_${randomBytes(6).toString("hex")}`;
  await onCluster(clusterUrl, `create database ${name} template ${templateName}`);
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  const pool = poolOf(silent, { connectionString: url.href, max: 4, options: "-c timezone=UTC" });
  pool.on("error", () => undefined);
  return {
    url: url.href,
    query: async (text, values) => (await pool.query(text, values)).rows,
    drop: async () => {
      await pool.end();
      await onCluster(clusterUrl, `drop database ${name} with (force)`);
    },
  };
}

async function onCluster(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
