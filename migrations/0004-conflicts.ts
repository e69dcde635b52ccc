import { Migration } from "@mikro-orm/migrations";

/** How often commands met each other on one aggregate. */
export class Conflicts0004 extends Migration {
  override name = "0004-conflicts";

  override up(): void {
    // The hour comes first: it is what a window asks for, and what grows old.
    this.addSql(
      `create table conflict_tally (
         hour timestamptz not null, tenant text not null, command text not null,
         other text not null,
         reruns bigint not null, refused bigint not null, last_at timestamptz not null,
         primary key (hour, tenant, command, other)
       )`,
    );
  }
}
