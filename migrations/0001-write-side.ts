import { Migration } from "@mikro-orm/migrations";

/**
 * The write side: the kernel's tables and those of the first slices. Names carry no schema; the
 * migrator's search path says where they go.
 */
export class WriteSide0001 extends Migration {
  override name = "0001-write-side";

  override up(): void {
    for (const statement of [...kernel, ...catalogue, ...stock, ...orders]) this.addSql(statement);
  }
}

const kernel = [
  `create table epoch (id text not null, one boolean primary key default true check (one))`,
  `insert into epoch (id) values (substr(md5(gen_random_uuid()::text), 1, 12))`,

  // One row a command: its id, what it asked (hashed), its answer, and the transaction it came in.
  `create table command_log (
     tenant text not null, partner text not null, command_id text not null,
     procedure text not null, input_hash text not null, answer json not null,
     actor text not null,
     xid xid8 not null default pg_current_xact_id(),
     at timestamptz not null default clock_timestamp(),
     primary key (tenant, partner, command_id)
   )`,

  // One row an event: outbox, audit trail, item history and partner feed at once.
  `create table journal (
     position bigint generated always as identity primary key,
     tenant text not null, kind text not null, id text not null, version integer not null,
     type text not null, data jsonb not null,
     partner text not null, command_id text not null, actor text not null,
     xid xid8 not null default pg_current_xact_id(),
     at timestamptz not null default clock_timestamp(),
     constraint journal_version_key unique (tenant, kind, id, version)
   )`,

  // Rows of state that every refresh rewrites: room in the page keeps those updates cheap.
  `create table refresh_group (
     name text primary key,
     snapshot pg_snapshot, as_of timestamptz, refreshed_at timestamptz,
     took_ms double precision, keys integer, refreshes bigint not null default 0,
     last_error text, failing_since timestamptz,
     paused_at timestamptz, paused_by text, paused_reason text
   ) with (fillfactor = 50)`,
  // A read model as it was declared at some time, and the tables that hold its rows.
  `create table generation (
     id integer generated always as identity primary key,
     name text not null, hash text not null,
     refresh_group text not null references refresh_group (name),
     definition jsonb not null,
     state text not null check (state in ('building', 'filled', 'ready', 'current', 'previous')),
     filled_to jsonb, filled_rows bigint not null default 0, comparison jsonb, error text,
     installed_at timestamptz not null default clock_timestamp(), current_since timestamptz
   )`,
  `create unique index generation_current on generation (name) where state = 'current'`,
  `create unique index generation_previous on generation (name) where state = 'previous'`,
  `create unique index generation_coming on generation (name)
     where state in ('building', 'filled', 'ready')`,
  // Keys whose refresh fails; their notes wait beside the others.
  `create table held_key (
     generation integer not null references generation (id) on delete cascade,
     key jsonb not null, error text not null, tries integer not null default 1,
     since timestamptz not null default clock_timestamp(),
     retry_at timestamptz not null, primary key (generation, key)
   )`,
  // A comparison of a read model with its defining query: asked for, under way, or done.
  `create table verification (
     id integer generated always as identity primary key,
     read_model text not null, sample integer, asked_by text not null,
     asked_at timestamptz not null default clock_timestamp(),
     started_at timestamptz, finished_at timestamptz, generation integer,
     rows_checked bigint, missing bigint, extra bigint, different bigint,
     keys jsonb not null default '[]', error text, repaired_at timestamptz
   )`,
  `create index verification_read_model on verification (read_model, id)`,
  `create index verification_open on verification (id) where finished_at is null`,
  // What people and programs did to read models, and why.
  `create table operation_log (
     id bigint generated always as identity primary key,
     at timestamptz not null default clock_timestamp(),
     tenant text not null, partner text not null, actor text not null,
     action text not null, subject text not null, reason text not null, outcome text not null
   )`,
  `create table refresher (
     id uuid primary key, host text not null, pid integer not null,
     started_at timestamptz not null default clock_timestamp(),
     heard_at timestamptz not null default clock_timestamp()
   )`,
  `create table lag_sample (
     read_model text not null, at timestamptz not null default clock_timestamp(),
     lag_ms double precision not null, pending integer not null
   )`,
  `create index lag_sample_at on lag_sample (read_model, at)`,

  `create table partner_key (
     id uuid primary key default gen_random_uuid(),
     tenant text not null, partner text not null, scopes text[] not null,
     key_hash text not null unique, hint text not null,
     created_at timestamptz not null default now(), revoked_at timestamptz
   )`,
];

const catalogue = [
  `create table variant (
     tenant text not null, sku text not null,
     style text, brand text, colour text, size text, size_system text, category text, material text,
     version integer not null,
     primary key (tenant, sku)
   )`,
];

const stock = [
  `create table sku_stock (
     tenant text not null, warehouse text not null, sku text not null, grade text not null,
     version integer not null,
     primary key (tenant, warehouse, sku, grade)
   ) with (fillfactor = 80)`,
  `create table batch (
     tenant text not null, ref text not null,
     warehouse text not null, sku text not null, grade text not null,
     qty integer not null check (qty >= 0),
     allocated integer not null check (allocated >= 0),
     eta timestamptz, received_at timestamptz,
     sequence bigint generated always as identity,
     primary key (tenant, ref),
     constraint batch_not_oversold check (allocated <= qty)
   ) with (fillfactor = 80)`,
  `create index batch_stock on batch (tenant, warehouse, sku, grade)`,
  `create table allocation (
     tenant text not null, order_id uuid not null, line integer not null,
     warehouse text not null, sku text not null, grade text not null,
     batch text not null, qty integer not null check (qty > 0),
     priority integer not null, ship_by timestamptz,
     allocated_at timestamptz not null default clock_timestamp(),
     sequence bigint generated always as identity,
     primary key (tenant, order_id, line)
   )`,
  `create index allocation_batch on allocation (tenant, batch)`,
];

const orders = [
  `create table sales_order (
     tenant text not null, id uuid not null,
     channel text not null, external_ref text not null, warehouse text not null,
     priority integer not null, ship_by timestamptz, carrier_service text,
     ordered_at timestamptz not null,
     status text not null check (status in ('open', 'cancelled')), cancel_reason text,
     version integer not null,
     primary key (tenant, id),
     constraint sales_order_external_ref_key unique (tenant, channel, external_ref)
   ) with (fillfactor = 80)`,
  `create table order_line (
     tenant text not null, order_id uuid not null, line integer not null,
     sku text not null, grade text not null, qty integer not null check (qty > 0),
     price_cents integer,
     primary key (tenant, order_id, line)
   )`,
];
