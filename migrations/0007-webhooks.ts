import { Migration } from "@mikro-orm/migrations";

/** Who is told of events by webhook, and how far they have been told. */
export class Webhooks0007 extends Migration {
  override name = "0007-webhooks";

  override up(): void {
    // The position moves with every message that was taken: room in the page keeps that cheap.
    this.addSql(
      `create table webhook_subscription (
         id uuid primary key default gen_random_uuid(),
         tenant text not null, partner text not null,
         url text not null, types text[], kinds text[],
         secret text not null, secret_before text, secret_before_until timestamptz,
         position text not null,
         created_at timestamptz not null default clock_timestamp(), created_by text not null,
         paused_at timestamptz, paused_by text, paused_reason text,
         delivered bigint not null default 0, delivered_at timestamptz,
         failures integer not null default 0, failing_since timestamptz,
         last_status integer, last_error text,
         next_attempt_at timestamptz not null default clock_timestamp(),
         constraint webhook_subscription_paused
           check ((paused_at is null) = (paused_reason is null))
       ) with (fillfactor = 50)`,
    );
    this.addSql(
      "create index webhook_subscription_partner on webhook_subscription (tenant, partner)",
    );
  }
}
