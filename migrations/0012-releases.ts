import { Migration } from "@mikro-orm/migrations";

/** A changed read model may wait until somebody accepts what it changes. */
export class Releases0012 extends Migration {
  override name = "0012-releases";

  override up(): void {
    this.addSql(
      `alter table generation drop constraint generation_state_check,
         add constraint generation_state_check check
           (state in ('building', 'filled', 'waiting', 'ready', 'current', 'previous')),
         add column needs_acceptance boolean not null default false,
         add column compared_at timestamptz, add column waiting_since timestamptz`,
    );
  }
}
