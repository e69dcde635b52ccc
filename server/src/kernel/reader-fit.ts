import type { ClientBase } from "pg";
import { type Generation, partsOf } from "./generation.ts";
import type { Schemas } from "./schemas.ts";

/**
 * Why readers of one generation's declaration cannot be shown another one's rows: these are kept
 * in another way, have another key, or lack some of their columns. Undefined where they can.
 */
export async function misfitOf(
  client: Pick<ClientBase, "query">,
  schemas: Schemas,
  reader: Generation,
  shown: Generation,
): Promise<string | undefined> {
  const [wanted, had] = [reader.definition, shown.definition];
  if (wanted.maintain !== had.maintain) return "is kept in another way";
  if (String(wanted.key) !== String(had.key)) return "has another key";
  const lacking = await columnsLacking(client, schemas, reader, shown);
  return lacking.length === 0 ? undefined : `has no ${lacking.join(", ")}`;
}

/** The columns of one generation that another has not, or has with another type. */
export async function columnsLacking(
  client: Pick<ClientBase, "query">,
  schemas: Schemas,
  wanted: Generation,
  had: Generation,
): Promise<string[]> {
  const { rows } = await client.query<{ told: string }>(
    `select w.attname || case when h.attname is null then ''
         else ' as ' || format_type(w.atttypid, w.atttypmod) end as told
     from pg_attribute as w left join pg_attribute as h
       on h.attrelid = to_regclass($2) and h.attname = w.attname and h.attnum > 0
     where w.attrelid = to_regclass($1) and w.attnum > 0 and (h.attname is null
       or (h.atttypid, h.atttypmod, h.attcollation)
         is distinct from (w.atttypid, w.atttypmod, w.attcollation))
     order by w.attnum`,
    [partsOf(wanted, schemas).definition, partsOf(had, schemas).definition],
  );
  return rows.map(({ told }) => told);
}
