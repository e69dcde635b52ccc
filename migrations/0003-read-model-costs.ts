import { Migration } from "@mikro-orm/migrations";

/** What each read model costs to keep, what is read of it, and what computing it would take. */
export class ReadModelCosts0003 extends Migration {
  override name = "0003-read-model-costs";

  override up(): void {
    this.addSql(readModelCost);
  }
}

// Sums, so that any process adds its own to the minute and to the quarter of an hour at once, and
// nothing has to be rolled up. Rows are rewritten in place: room in the page keeps that cheap.
const readModelCost = `create table read_model_cost (
    read_model text not null, resolution_s integer not null, at timestamptz not null,
    refreshes bigint not null, keys bigint not null, refresh_ms double precision not null,
    kept_reads bigint not null, kept_ms double precision not null,
    patched_reads bigint not null, patched_ms double precision not null,
    live_reads bigint not null, live_ms double precision not null,
    trials bigint not null, trials_cut bigint not null,
    trial_kept_ms double precision not null, trial_live_ms double precision not null,
    primary key (resolution_s, at, read_model)
  ) with (fillfactor = 50)`;
