import pg from "pg";
import type { House } from "./house.ts";

/**
 * Lets commands come for the stock of a SKU one after the other, each while the ones before it wait
 * for it, and then go on in that turn. Answers what came of each.
 */
export async function inTurn(
  { database }: Pick<House, "database">,
  sku: string,
  ...sends: readonly (() => Promise<unknown>)[]
): Promise<PromiseSettledResult<unknown>[]> {
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  try {
    await holder.query("begin");
    await holder.query("select from selvedge.sku_stock where sku = $1 for update", [sku]);
    const sent: Promise<unknown>[] = [];
    for (const send of sends) {
      sent.push(send());
      // What comes of it is looked at below.
      sent.at(-1)?.catch(() => undefined);
      await untilWaiting(database, sent.length);
    }
    await holder.query("commit");
    return await Promise.allSettled(sent);
  } finally {
    await holder.end();
  }
}

/** Resolves once so many commands wait for a row that somebody else holds. */
async function untilWaiting({ query }: House["database"], commands: number): Promise<void> {
  for (;;) {
    const waiting = await query(
      `select from pg_stat_activity where application_name = 'selvedge command'
       and wait_event_type = 'Lock' and datname = current_database()`,
    );
    if (waiting.length >= commands) return;
  }
}
