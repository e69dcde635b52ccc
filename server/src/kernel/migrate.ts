import { createHmac } from "node:crypto";
import type { MigrationObject } from "@mikro-orm/core";
import { Migrator } from "@mikro-orm/migrations";
import { MikroORM } from "@mikro-orm/postgresql";
import { migrations } from "@selvedge/migrations";
import pg from "pg";
import { hostMigrations } from "./host-migrations.ts";
import { installReadModels, type Releases, unseenReadModels } from "./install-read-models.ts";
import type { ReadModel } from "./read-model.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";

/** What a migration needs. */
export interface MigrateOptions {
  readonly databaseUrl: string;
  readonly schemas: Schemas;
  readonly readModels: readonly ReadModel[];
  /** The host's folder of SQL files for tables of its own, if it has any. */
  readonly migrations?: URL | undefined;
  /** When changed read models take their place (default `swap`). */
  readonly releases?: Releases | undefined;
  /** Fires where nobody wants it any more: it then waits for no connection and no other process. */
  readonly signal?: AbortSignal;
}

/** What a migration did, or would have to do. */
export interface MigrateReport {
  readonly migrations: readonly string[];
  readonly readModels: readonly string[];
}

// Two processes that start together must not migrate together.
const lock = "hashtext('selvedge migrate')";
// Where it is noted which of the host's migrations have run.
const hostTable = "host_migration";
const oldestServer = 150_000;

/** Brings schemas, tables and read models up to date; safe to run from many processes at once. */
export async function migrate(options: MigrateOptions): Promise<MigrateReport> {
  const { schemas } = options;
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    application_name: "selvedge migrate",
    connectionTimeoutMillis: 10_000,
  });
  // What runs is finished; a wait is not.
  const giveUp = () => void client.end().catch(() => undefined);
  options.signal?.addEventListener("abort", giveUp);
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(`select pg_advisory_lock(${lock})`);
    options.signal?.throwIfAborted();
    options.signal?.removeEventListener("abort", giveUp);
    await requireServer(client);
    await createSchemas(client, options);
    const applied = await runMigrations(options, "migration", migrations);
    const theirs = hostMigrations(options.migrations);
    if (theirs.length > 0) {
      applied.push(...(await runMigrations(options, hostTable, theirs)));
    }
    await client.query("begin");
    const readModels = await installReadModels(
      client,
      schemas,
      options.readModels,
      options.releases,
    );
    await client.query("commit");
    return { migrations: applied, readModels };
  } finally {
    options.signal?.removeEventListener("abort", giveUp);
    await client.end();
  }
}

/** What `migrate` would do, without doing it. */
export async function pendingMigrations(options: MigrateOptions): Promise<MigrateReport> {
  const client = new pg.Client({ connectionString: options.databaseUrl });
  await client.connect();
  try {
    const write = identifier(options.schemas.write);
    const missing = async (table: string, among: readonly { readonly name: string }[]) => {
      const names = among.map(({ name }) => name);
      if (names.length === 0 || !(await isThere(client, `${write}.${table}`))) return names;
      const { rows } = await client.query<{ name: string }>(`select name from ${write}.${table}`);
      return names.filter((name) => !rows.some((row) => row.name === name));
    };
    const unseen = (await isThere(client, `${write}.generation`))
      ? await unseenReadModels(client, options.schemas, options.readModels)
      : options.readModels;
    return {
      migrations: [
        ...(await missing("migration", migrations)),
        ...(await missing(hostTable, hostMigrations(options.migrations))),
      ],
      readModels: unseen.map(({ name }) => name),
    };
  } finally {
    await client.end();
  }
}

/** Throws unless the database is up to date, and names what is missing. */
export async function requireMigrated(options: MigrateOptions): Promise<void> {
  const pending = await pendingMigrations(options);
  const missing = [...pending.migrations, ...pending.readModels];
  if (missing.length === 0) return;
  throw new Error(`The database is not up to date (${missing.join(", ")}); run the migration.`);
}

/**
 * How query pools log in. The password follows from the owner's, so that every process that knows
 * the one knows the other; an owner without a password gets a query role without one.
 */
export function queryLogin(databaseUrl: string, { queryRole }: Schemas): pg.PoolConfig {
  const owner = new pg.Client({ connectionString: databaseUrl });
  const secret = owner.password;
  const password =
    typeof secret === "string" && secret !== ""
      ? createHmac("sha256", secret).update(`selvedge query role ${queryRole}`).digest("base64url")
      : undefined;
  const { host, port, database = "", ssl } = owner;
  return { host, port, database, ssl, user: queryRole, ...(password && { password }) };
}

async function isThere(client: pg.Client, relation: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass(${literal(relation)}) is not null as there`,
  );
  return rows[0]?.there ?? false;
}

async function requireServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ n: string }>(
    "select current_setting('server_version_num') n",
  );
  if (Number(rows[0]?.n) < oldestServer) {
    throw new Error(`Selvedge needs PostgreSQL 15 or newer; this one says ${rows[0]?.n}.`);
  }
}

async function createSchemas(client: pg.Client, { databaseUrl, schemas }: MigrateOptions) {
  const role = identifier(schemas.queryRole);
  const { password } = queryLogin(databaseUrl, schemas);
  const secret = typeof password === "string" ? literal(password) : "null";
  await client.query(
    `create schema if not exists ${identifier(schemas.write)};
     create schema if not exists ${identifier(schemas.read)}`,
  );
  const known = await client.query("select from pg_roles where rolname = $1", [schemas.queryRole]);
  try {
    if (known.rowCount === 0) {
      await client.query(`create role ${role} login password ${secret}`);
      await client.query(
        `alter role ${role} set default_transaction_read_only = on;
         alter role ${role} set statement_timeout = '5s'`,
      );
    } else if (await cannotLogIn(databaseUrl, schemas)) {
      await client.query(`alter role ${role} login password ${secret}`);
    }
  } catch (cause) {
    throw new Error(
      `The role ${schemas.queryRole} could not be prepared. Create it by hand (CREATE ROLE ` +
        `${schemas.queryRole} LOGIN PASSWORD '...') and give its URL as queryDatabaseUrl.`,
      { cause },
    );
  }
  await client.query(`grant usage on schema ${identifier(schemas.read)} to ${role}`);
}

async function cannotLogIn(databaseUrl: string, schemas: Schemas): Promise<boolean> {
  const client = new pg.Client(queryLogin(databaseUrl, schemas));
  try {
    await client.connect();
    return false;
  } catch {
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function runMigrations(
  { databaseUrl, schemas }: MigrateOptions,
  tableName: string,
  migrationsList: MigrationObject[],
): Promise<string[]> {
  const orm = new MikroORM({
    clientUrl: databaseUrl,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    driverOptions: { options: `-c search_path=${schemas.write}`, max: 2 },
    migrations: {
      tableName,
      migrationsList,
      silent: true,
      snapshot: false,
    },
    schema: schemas.write,
  });
  try {
    const applied = await orm.migrator.up();
    return applied.map(({ name }) => name);
  } finally {
    await orm.close();
  }
}
