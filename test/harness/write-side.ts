import pg from "pg";
import { GroupRefresh, type Refreshed } from "../../server/src/kernel/refresh.ts";
import { defaultSchemas } from "../../server/src/kernel/schemas.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

/** A database of one test file's own without a server: what is refreshed is refreshed by hand. */
export interface WriteSide {
  readonly database: TestDatabase;
  /** A connection of the owner's, in the write schema. */
  readonly client: pg.Client;
  /** Puts a batch of so many pieces of a SKU into the house. */
  add(sku: string, qty: number): Promise<unknown>;
  /** Refreshes a group once. */
  refresh(group?: string): Promise<Refreshed>;
  end(): Promise<void>;
}

/** Opens one. */
export async function openWriteSide(): Promise<WriteSide> {
  const database = await createDatabase();
  const options = "-c search_path=selvedge";
  const client = new pg.Client({ connectionString: database.url, options });
  await client.connect();
  return {
    database,
    client,
    add: (sku, qty) =>
      database.query(
        `insert into selvedge.batch (tenant, ref, warehouse, sku, grade, qty, allocated,
           received_at)
         values ('t', gen_random_uuid()::text, 'main', $1, 'N', $2, 0, now())`,
        [sku, qty],
      ),
    refresh: (group = "fulfilment") => new GroupRefresh(client, defaultSchemas, group).run(),
    end: async () => {
      await client.end();
      await database.drop();
    },
  };
}
