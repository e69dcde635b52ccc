import Table from "cli-table3";
import { Command } from "commander";
import pg from "pg";
import { makeKey } from "../http/identity.ts";
import { keysChanged, revokeKey, scopePattern } from "../http/partner-keys.ts";
import { defaultSchemas, identifier } from "../kernel/schemas.ts";
import { staleChannel } from "../kernel/signals.ts";
import { inTransaction } from "../kernel/transaction.ts";
import { webhooksChanged } from "../webhooks/changed.ts";
import { CliError, type CliIo, processIo } from "./cli-io.ts";
import { requireDatabaseUrl } from "./database-url.ts";

interface CreateOptions {
  readonly tenant: string;
  readonly scopes: string;
  readonly json?: boolean;
}

interface KeyRow {
  readonly id: string;
  readonly tenant: string;
  readonly partner: string;
  readonly scopes: string[];
  readonly hint: string;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
}

const table = `${identifier(defaultSchemas.write)}.partner_key`;

/** `selvedge keys`: partners' keys, of which only a hash is kept. */
export function keysCommand(io: CliIo = processIo): Command {
  const keys = new Command("keys").description("make, list and revoke partner keys");
  keys
    .command("create <partner>")
    .description("make a key; it is shown once")
    .option("--tenant <tenant>", "whose rows the partner sees and changes", "default")
    .option("--scopes <scopes>", "what it may do, as orders:write,stock:read or *", "*")
    .option("--json", "print as JSON")
    .action((partner: string, options: CreateOptions) => create(partner, options, io));
  keys
    .command("list")
    .description("show the keys, without their secrets")
    .option("--json", "print as JSON")
    .action((options: { json?: boolean }) => list(options, io));
  keys
    .command("revoke <id>")
    .description("revoke a key; with a partner's last one its webhooks and streams end")
    .option("--reason <reason>", "why, for the record", "not said")
    .action((id: string, { reason }: { reason: string }) => revoke(id, reason, io));
  return keys;
}

async function create(partner: string, { tenant, scopes, json }: CreateOptions, io: CliIo) {
  const list = scopes.split(",").map((text) => text.trim());
  const odd = list.find((text) => !scopePattern.test(text));
  if (odd !== undefined) throw new CliError(`${odd} is no scope; write area:action, area:* or *`);
  const { key, hash, hint } = makeKey();
  const [row] = await query<{ id: string }>(
    io,
    `insert into ${table} (tenant, partner, scopes, key_hash, hint) values ($1, $2, $3, $4, $5)
     returning id`,
    [tenant, partner, list, hash, hint],
  );
  if (json) return io.out(JSON.stringify({ id: row?.id, key, partner, tenant, scopes: list }));
  io.out(key);
  io.note(`The key of ${partner} (id ${row?.id}). It is shown this once; only its hash is kept.`);
}

async function list({ json }: { json?: boolean }, io: CliIo) {
  const rows = await query<KeyRow>(
    io,
    `select id, tenant, partner, scopes, hint, created_at, revoked_at from ${table}
     order by created_at`,
  );
  if (json) return io.out(JSON.stringify(rows, null, 2));
  const shown = new Table({ head: ["id", "partner", "tenant", "scopes", "key", "since", "state"] });
  for (const row of rows) {
    const state = row.revoked_at ? `revoked ${day(row.revoked_at)}` : "valid";
    const { id, partner, tenant, scopes, hint } = row;
    shown.push([id, partner, tenant, scopes.join(" "), hint, day(row.created_at), state]);
  }
  io.out(rows.length === 0 ? "There are no keys yet." : shown.toString());
}

async function revoke(id: string, reason: string, io: CliIo) {
  const revoked = await withClient(io, (client) =>
    inTransaction(client, "begin", async () => {
      const by = "selvedge keys revoke";
      const done = await revokeKey(client, defaultSchemas, { id, by, reason });
      for (const what of [keysChanged, webhooksChanged]) {
        await client.query("select pg_notify($1, $2)", [staleChannel, `cli ${what}`]);
      }
      return done;
    }),
  );
  if (!revoked) throw new CliError(`there is no valid key with the id ${id}`);
  io.out(`Revoked ${id}.`);
  if (!revoked.isLast) return;
  io.note(
    `${revoked.partner} has no valid key any more; its webhooks stopped: ${revoked.stopped}.`,
  );
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function query<Row extends pg.QueryResultRow>(io: CliIo, text: string, values?: unknown[]) {
  return withClient(io, async (client) => (await client.query<Row>(text, values)).rows);
}

async function withClient<T>(io: CliIo, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: requireDatabaseUrl(io) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
