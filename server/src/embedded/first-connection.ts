import { Client, DatabaseError } from "pg";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { embeddedName } from "./init-cluster.ts";

const boundMs = 10_000;

/** Proves that PostgreSQL answers, and makes our database where a new cluster has none yet. */
export async function provePostgresAnswers(port: number, password: string): Promise<void> {
  const client = new Client({
    host: "127.0.0.1",
    port,
    user: embeddedName,
    password,
    database: "postgres",
    // Said here so that PG* variables, which may be about another database, say nothing.
    ssl: false,
    options: "",
    application_name: "selvedge start",
    connectionTimeoutMillis: boundMs,
    query_timeout: boundMs,
  });
  client.on("error", () => {}); // Reported by the calls below.
  try {
    await client.connect();
    const sql = "select 1 from pg_database where datname = $1";
    const found = await client.query(sql, [embeddedName]);
    if (found.rowCount === 0) await client.query(`create database ${embeddedName}`);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== "28P01") throw error;
    throw new EmbeddedPostgresError(
      "DAMAGED",
      `The password beside the data is not the one of role ${embeddedName}.`,
      error,
    );
  } finally {
    await client.end().catch(() => {});
  }
}
