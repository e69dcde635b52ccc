import type { ReadModel } from "./read-model.ts";
import { namesOf } from "./read-model-ddl.ts";
import { identifier, type Schemas } from "./schemas.ts";

// Keys a statement: the merge stays linear, where thousands at once can fall off a cliff.
const chunkKeys = 500;

/**
 * The function that takes in all that is stale of a by-key read model, in chunks. It answers how
 * many keys it recomputed and when the oldest of their changes was noted (ms since 1970; null if
 * none).
 */
export function mergeFunction(model: ReadModel, schemas: Schemas): string {
  return `create function ${namesOf(model, schemas).merge}(out keys int, out oldest float8)
    language plpgsql set search_path = ${identifier(schemas.write)}, pg_temp as $merge$
    declare chunk record;
    begin
      keys := 0;
      loop
        ${mergeStatement(model, schemas)} into chunk;
        keys := keys + chunk.keys;
        oldest := least(oldest, chunk.oldest);
        exit when chunk.noted < ${chunkKeys};
      end loop;
    end $merge$`;
}

/**
 * Takes up to so many noted keys, recomputes each through the defining view (LATERAL, so that the
 * key reaches the indexes), and merges the difference: new rows in, changed rows over, gone rows
 * out.
 */
function mergeStatement(model: ReadModel, schemas: Schemas): string {
  const { definition, stale, rows, key } = namesOf(model, schemas);
  const keys = model.key.map(identifier);
  const others = Object.keys(model.columns)
    .filter((column) => !(model.key as readonly string[]).includes(column))
    .map(identifier);
  const match = (left: string, right: string) =>
    keys.map((column) => `${left}.${column} = ${right}.${column}`).join(" and ");
  const all = [...keys, ...others];
  const list = (columns: string[], of: string) => columns.map((c) => `${of}.${c}`).join(", ");
  const overwrite =
    others.length === 0
      ? "do nothing"
      : `do update set ${others.map((c) => `${c} = excluded.${c}`).join(", ")}
         where (${list(others, "present")}) is distinct from (${list(others, "excluded")})`;
  return `with noted as materialized (
      delete from ${stale} where ctid = any (array(select ctid from ${stale} limit ${chunkKeys}))
      returning ${key}, noted_at
    ), keys as materialized (
      select distinct ${key} from noted
    ), fresh as materialized (
      select ${list(all, "defined")} from keys
      cross join lateral (select * from ${definition} as d where ${match("d", "keys")}) as defined
    ), merged as (
      insert into ${rows} as present (${all.join(", ")}) select ${list(all, "fresh")} from fresh
      on conflict (${key}) ${overwrite}
    ), removed as (
      delete from ${rows} as present using keys where ${match("present", "keys")}
      and not exists (select from fresh where ${match("fresh", "keys")})
    )
    select (select count(*) from noted)::int as noted, (select count(*) from keys)::int as keys,
      (select extract(epoch from min(noted_at))::float8 * 1000 from noted) as oldest`;
}
