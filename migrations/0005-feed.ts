import { Migration } from "@mikro-orm/migrations";

/** The journal as a feed and as histories, and the command log by time. */
export class Feed0005 extends Migration {
  override name = "0005-feed";

  override up(): void {
    for (const statement of feed) this.addSql(statement);
  }
}

const feed = [
  // The order in which the journal is told: by transaction, and by position within one. As a
  // number, a transaction can be compared with a caller's position; it also finds what one did.
  `create index journal_feed on journal (tenant, (xid::text::bigint), position)`,
  // A garment's own events are found by their id; these are what happened to it elsewhere.
  `create index journal_lpn on journal (tenant, (data ->> 'lpn'), position)
     where kind <> 'Garment' and data ->> 'lpn' is not null`,
  `create index command_log_at on command_log (tenant, at, partner, command_id)`,
];
