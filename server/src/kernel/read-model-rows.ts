import { readerViews } from "./generation.ts";
import type { ReadModel } from "./read-model.ts";
import { identifier, type Schemas, sameKey } from "./schemas.ts";

/**
 * Where a query takes a read model's rows from: `kept` as the last refresh left them; `patched`:
 * those, with every key that is pending computed on top; `live`: the defining query.
 */
export type RowsFrom = "kept" | "patched" | "live";

/**
 * The common table expression that gives a read model's rows its name for one statement. Patched
 * and live rows show the instant of the statement: what they answer is the same.
 */
export function rowsSql(model: ReadModel, schemas: Schemas, from: RowsFrom): string {
  const { rows, live } = readerViews(model, schemas);
  const name = identifier(model.name);
  if (from === "patched" && model.maintain === "byKey") {
    return `${name} as not materialized (${patchedSql(model, schemas)})`;
  }
  return `${name} as not materialized (select * from ${from === "kept" ? rows : live})`;
}

function patchedSql(model: ReadModel, schemas: Schemas): string {
  const { rows, live, pending } = readerViews(model, schemas);
  const key = model.key.map((column) => identifier(column)).join(", ");
  const match = (left: string, right: string) => sameKey(model.key, left, right);
  return `select kept.* from ${rows} as kept
      where not exists (select from ${pending} as p where ${match("p", "kept")})
    union all
    select computed.* from (select distinct ${key} from ${pending}) as p
    cross join lateral (
      select * from ${live} as l where ${match("l", "p")} offset 0) as computed`;
}
