import { Migration } from "@mikro-orm/migrations";

/** Who reads which read model, and how often. */
export class Readers0013 extends Migration {
  override name = "0013-readers";

  override up(): void {
    // Counted in memory and added up here every few seconds.
    this.addSql(
      `create table read_model_reader (
         tenant text not null, read_model text not null, day date not null, partner text not null,
         reads bigint not null, last_at timestamptz not null,
         primary key (tenant, read_model, day, partner)
       ) with (fillfactor = 80)`,
    );
    this.addSql("create index read_model_reader_day on read_model_reader (day)");
  }
}
