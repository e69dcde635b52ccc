import { CliError, type CliIo } from "./cli-io.ts";

/** The database that a subcommand works on by itself, without a server. */
export function requireDatabaseUrl({ env }: CliIo): string {
  if (env.DATABASE_URL) return env.DATABASE_URL;
  throw new CliError("set DATABASE_URL to the database; only start and serve bring their own");
}
