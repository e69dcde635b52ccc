import { Migration } from "@mikro-orm/migrations";

/** How far what listens in the host's own process has been told of each house's events. */
export class HostListeners0011 extends Migration {
  override name = "0011-host-listeners";

  override up(): void {
    this.addSql(
      `create table host_listener (
         name text primary key,
         position text not null,
         types text[], tenants text[],
         created_at timestamptz not null default clock_timestamp()
       )`,
    );
    // The position moves with every event that was taken: room in the page keeps that cheap.
    this.addSql(
      `create table host_listener_house (
         name text not null references host_listener on delete cascade,
         tenant text not null,
         position text not null,
         told bigint not null default 0, told_at timestamptz,
         failures integer not null default 0, failing_since timestamptz, last_error text,
         next_attempt_at timestamptz not null default clock_timestamp(),
         primary key (name, tenant)
       ) with (fillfactor = 50)`,
    );
  }
}
