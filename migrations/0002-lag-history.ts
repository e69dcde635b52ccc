import { Migration } from "@mikro-orm/migrations";

/** Lag over time: the stages of a sample, samples rolled up, and what refreshes did. */
export class LagHistory0002 extends Migration {
  override name = "0002-lag-history";

  override up(): void {
    for (const statement of lagHistory) this.addSql(statement);
  }
}

const lagHistory = [
  // Stages are those of the worst change, and null where that one is not visible yet.
  `alter table lag_sample
     add column to_noticed_ms double precision,
     add column to_started_ms double precision,
     add column to_visible_ms double precision,
     add column refreshes integer not null default 0,
     add column keys bigint not null default 0,
     add column took_ms double precision`,
  `create index lag_sample_age on lag_sample (at)`,

  // A time without a row is a time without samples: lag was unknown.
  `create table lag_rollup (
     read_model text not null, resolution_s integer not null, at timestamptz not null,
     samples integer not null,
     lag_max_ms double precision not null, lag_p50_ms double precision not null,
     lag_p95_ms double precision not null, pending_max integer not null,
     to_noticed_ms double precision, to_started_ms double precision,
     to_visible_ms double precision,
     refreshes bigint not null, keys bigint not null, took_max_ms double precision,
     primary key (resolution_s, at, read_model)
   )`,
  `create index lag_rollup_read_model on lag_rollup (read_model, resolution_s, at)`,

  // What went well shares a row for some seconds, and so does what keys are held for; a refresh
  // that failed has a row of its own.
  `create table refresh_log (
     id bigint generated always as identity primary key,
     refresh_group text not null, started_at timestamptz not null,
     outcome text not null check (outcome in ('refreshed', 'held', 'failed')),
     refreshes integer not null, took_max_ms double precision not null,
     keys jsonb not null, error text,
     constraint refresh_log_error check ((outcome = 'refreshed') = (error is null))
   )`,
  `create index refresh_log_group on refresh_log (refresh_group, started_at)`,
  `create index refresh_log_age on refresh_log (started_at)`,
];
