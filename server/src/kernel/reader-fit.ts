import type { ClientBase } from "pg";
import { type Generation, partsOf } from "./generation.ts";
import type { Schemas } from "./schemas.ts";

/**
 * Why readers of one generation's declaration cannot be shown another one's rows: these have
 * another key, lack a column of theirs, or have it with another type. Undefined where they can.
 */
export async function misfitOf(
  client: Pick<ClientBase, "query">,
  schemas: Schemas,
  reader: Generation,
  shown: Generation,
): Promise<string | undefined> {
  if (String(reader.definition.key) !== String(shown.definition.key)) return "has another key";
  const { rows } = await client.query<{ told: string }>(
    `select w.attname || case when h.attname is null then ''
         else ' as ' || format_type(w.atttypid, w.atttypmod) end as told
     from pg_attribute as w left join pg_attribute as h
       on h.attrelid = to_regclass($2) and h.attname = w.attname and h.attnum > 0
     where w.attrelid = to_regclass($1) and w.attnum > 0 and (h.attname is null
       or (h.atttypid, h.atttypmod) is distinct from (w.atttypid, w.atttypmod))
     order by w.attnum`,
    [partsOf(reader, schemas).definition, partsOf(shown, schemas).definition],
  );
  return rows.length === 0 ? undefined : `has no ${rows.map(({ told }) => told).join(", ")}`;
}
