import { Migration } from "@mikro-orm/migrations";

/** What partners use, and the life of their keys. */
export class PartnerUse0009 extends Migration {
  override name = "0009-partner-use";

  override up(): void {
    this.addSql(
      `alter table partner_key
         add column created_by text, add column last_used_at timestamptz,
         add column revoked_by text, add column revoked_reason text`,
    );
    // Counted in memory and added up here every few seconds; an empty sdk is a caller without one.
    this.addSql(
      `create table partner_use (
         tenant text not null, day date not null, partner text not null, procedure text not null,
         sdk text not null, calls bigint not null, last_at timestamptz not null,
         primary key (tenant, day, partner, procedure, sdk)
       ) with (fillfactor = 80)`,
    );
    this.addSql("create index partner_use_day on partner_use (day)");
  }
}
