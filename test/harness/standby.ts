import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import pg from "pg";
import { findPlatformPackage, prepareBinaries } from "../../server/src/embedded/binaries.ts";
import { clusterPaths } from "../../server/src/embedded/data-folder.ts";
import { launch } from "../../server/src/embedded/launch.ts";
import type { EmbeddedPostgres } from "../../server/src/embedded/postgres.ts";
import { isRoot, type RunAs } from "../../server/src/embedded/run-as.ts";
import { pool as poolOf } from "../../server/src/kernel/pool.ts";
import { silent } from "../../server/src/log.ts";

/** A streaming replica of an embedded PostgreSQL, whose replay a test can hold back. */
export interface Standby {
  readonly host: string;
  readonly port: number;
  /** The same address as another URL's, but on this standby. */
  urlOf(primaryUrl: string): string;
  /** Runs SQL as the superuser; a standby only reads. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Changes a setting of the running server and waits until sessions see it. */
  set(name: string, value: string): Promise<void>;
  /** Replays nothing more, from now until `resume`; what is streamed meanwhile is kept. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Waits until everything that the primary has written by now is replayed. */
  caughtUp(): Promise<void>;
  /** Stops it; a primary that still runs forgets it. */
  stop(): Promise<void>;
}

// A standby must allow at least as many of these as its primary.
const bounded = [
  "max_connections",
  "max_worker_processes",
  "max_wal_senders",
  "max_prepared_transactions",
  "max_locks_per_transaction",
];

// What a base backup leaves out: the running server's own files, and what is rebuilt or streamed.
const withoutContents = new Set([
  "pg_dynshmem",
  "pg_notify",
  "pg_replslot",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
  "pg_wal",
]);
const leftOut = /^(postmaster\.(pid|opts)|pg_internal\.init.*|pgsql_tmp.*|t\d+_\d+.*)$/;

/**
 * Starts a standby of an embedded PostgreSQL: a base backup of its running data folder, then
 * streaming from a replication slot. It runs as the user that owns the primary's data, and stops
 * when this process ends in any way.
 */
export async function startStandby(
  primary: EmbeddedPostgres,
  settings: Readonly<Record<string, string>> = {},
): Promise<Standby> {
  const owner = new pg.Client({ connectionString: primary.url });
  await owner.on("error", () => undefined).connect();
  const folder = mkdtempSync(join(tmpdir(), "selvedge-standby-"));
  // PostgreSQL runs as another user where root runs the tests; it has to get in.
  chmodSync(folder, 0o755);
  const data = join(folder, "data");
  const slot = `standby_${folder.slice(-6).toLowerCase()}`;
  const { uid, gid } = statSync(clusterPaths(primary.dataDir).data);
  const user: RunAs | null = isRoot() ? { uid, gid } : null;
  await makeData(primary, owner, { data, slot, user });
  const limits = await owner.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name = any ($1)",
    [bounded],
  );
  const { port, process } = await launch({
    postgres: prepareBinaries(findPlatformPackage(), user).postgres,
    ...{ data, user, port: undefined },
    settings: {
      ...Object.fromEntries(limits.rows.map(({ name, setting }) => [name, setting])),
      ...{ fsync: "off", shared_buffers: "32MB", hot_standby: "on" },
      ...settings,
    },
    onLog: () => undefined,
  });
  process.letGo();
  const urlOf = (primaryUrl: string) => {
    const url = new URL(primaryUrl);
    url.port = String(port);
    return url.href;
  };
  const pool = poolOf(silent, { connectionString: urlOf(primary.url), max: 2 });
  pool.on("error", () => undefined);
  return {
    ...{ host: primary.host, port, urlOf },
    ...controlsOf(pool, owner),
    async stop() {
      await pool.end();
      await process.stop();
      await forget(primary, slot);
      await owner.end().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function controlsOf(pool: pg.Pool, owner: pg.Client) {
  const query: Standby["query"] = async (text, values) => (await pool.query(text, values)).rows;
  const becomes = (fact: string) =>
    eventually(fact, async () => {
      try {
        return (await query(`select where ${fact}`)).length === 1;
      } catch (error) {
        // Replay took the query back, because it was in its way.
        if ((error as pg.DatabaseError).code === "40001") return false;
        throw error;
      }
    });
  return {
    query,
    async set(name: string, value: string) {
      await query(`alter system set ${name} = '${value}'`);
      const [before] = await query("select pg_conf_load_time()::text as at, pg_reload_conf()");
      await becomes(`pg_conf_load_time() > '${before?.at}'`);
    },
    async pause() {
      await query("select pg_wal_replay_pause()");
      await becomes("pg_get_wal_replay_pause_state() = 'paused'");
    },
    async resume() {
      await query("select pg_wal_replay_resume()");
      await becomes("pg_get_wal_replay_pause_state() = 'not paused'");
    },
    async caughtUp() {
      const { rows } = await owner.query("select pg_current_wal_flush_lsn() as lsn");
      await becomes(`pg_last_wal_replay_lsn() >= '${rows[0].lsn}'`);
    },
  };
}

/** A slot keeps on the primary what its standby has not taken, so it has to go. */
async function forget(primary: EmbeddedPostgres, slot: string): Promise<void> {
  const client = new pg.Client({ connectionString: primary.url });
  client.on("error", () => undefined);
  const isThere = await client.connect().then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const drop = `select pg_drop_replication_slot(slot_name) from pg_replication_slots
    where slot_name = $1 and not active`;
  await eventually(
    "the slot is free",
    async () => (await client.query(drop, [slot])).rowCount === 1,
  );
  await client.end();
}

async function eventually(fact: string, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error(`The standby is not where it should be: ${fact}.`);
    await setTimeout(5);
  }
}

/** Copies the data of a running server, and says to the copy what it is and whom it follows. */
async function makeData(
  primary: EmbeddedPostgres,
  owner: pg.Client,
  { data, slot, user }: { data: string; slot: string; user: RunAs | null },
): Promise<void> {
  await owner.query("select pg_create_physical_replication_slot($1, true)", [slot]);
  await owner.query("select pg_backup_start('standby', fast => true)");
  copyFolder(clusterPaths(primary.dataDir).data, data, user);
  const { rows } = await owner.query<{ labelfile: string }>(
    "select labelfile from pg_backup_stop(wait_for_archive => false)",
  );
  const files = {
    backup_label: rows[0]?.labelfile ?? "",
    "standby.signal": "",
    "postgresql.auto.conf": connectionSettings(primary.url, slot),
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(data, name), text, { mode: 0o600 });
    if (user) chownSync(join(data, name), user.uid, user.gid);
  }
}

function copyFolder(from: string, to: string, user: RunAs | null): void {
  mkdirSync(to, { mode: 0o700 });
  if (user) chownSync(to, user.uid, user.gid);
  if (withoutContents.has(basename(from))) return;
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (leftOut.test(entry.name)) continue;
    if (entry.isDirectory()) copyFolder(source, target, user);
    else if (entry.isFile()) copyIfThere(source, target, user);
  }
}

/** A file that went away in between is of no interest: what is to be replayed says so too. */
function copyIfThere(source: string, target: string, user: RunAs | null): void {
  try {
    copyFileSync(source, target, constants.COPYFILE_FICLONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (user) chownSync(target, user.uid, user.gid);
}

function connectionSettings(primaryUrl: string, slot: string): string {
  const { hostname, port, username, password } = new URL(primaryUrl);
  const primary = `host=${hostname} port=${port} user=${username} password=${password}`;
  return `primary_conninfo = '${primary} application_name=${slot}'\nprimary_slot_name = '${slot}'\n`;
}
