import pg from "pg";
import type { TestDatabase } from "../../../../test/harness/database.ts";

/** A row of the journal as a test writes it; what is left out does not matter. */
export interface WrittenRow {
  readonly id: string;
  readonly version?: number;
  readonly tenant?: string;
  readonly kind?: string;
  readonly type?: string;
  readonly data?: object;
  readonly commandId?: string;
}

/** Writes a row of the journal, in whatever transaction is open. */
export async function write(db: Pick<pg.ClientBase, "query">, row: WrittenRow): Promise<void> {
  const { id, version = 1, tenant = "default", kind = "Thing", type = "ThingHappened" } = row;
  const { data = {}, commandId = "written-by-hand" } = row;
  await db.query(
    `insert into selvedge.journal
       (tenant, kind, id, version, type, data, partner, command_id, actor)
     values ($1, $2, $3, $4, $5, $6, 'spec', $7, 'spec')`,
    [tenant, kind, id, version, type, JSON.stringify(data), commandId],
  );
}

/** A connection of the owner's, for a transaction that a test holds open. */
export async function writerOf({ url }: Pick<TestDatabase, "url">): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
