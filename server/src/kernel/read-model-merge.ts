import { type Generation, partsOf } from "./generation.ts";
import { identifier, type Schemas, sameKey } from "./schemas.ts";

// Keys a statement: the merge stays linear, where thousands at once can fall off a cliff.
const chunkKeys = 500;
// Past so many chunks, and a tenth of the rows, filling the rows anew costs less than merging.
const chunksBeforeCounting = 20;
const shareOfRows = 0.1;

/**
 * The function that takes in what is stale of a by-key read model, in chunks: all of it, or only
 * the keys it is given. It answers how many keys it recomputed and when the oldest of their changes
 * was noted (ms since 1970; null if none). Unless it is told to be patient it raises SV005 where so
 * much is stale that a rebuild costs less.
 */
export function mergeFunction(generation: Generation, schemas: Schemas): string {
  const { merge, stale, rows } = partsOf(generation, schemas);
  return `create function ${merge}(wanted_keys jsonb, patient boolean, out keys int, out oldest float8)
    language plpgsql set search_path = ${identifier(schemas.write)}, pg_temp as $merge$
    declare chunk record; chunks int := 0;
    begin
      keys := 0;
      loop
        ${mergeStatement(generation, schemas)} into chunk;
        keys := keys + chunk.keys;
        oldest := least(oldest, chunk.oldest);
        exit when chunk.noted < ${chunkKeys};
        chunks := chunks + 1;
        if chunks = ${chunksBeforeCounting} and not patient and (select count(*) from ${stale}) >
          ${shareOfRows} * (select greatest(reltuples, 0) from pg_class where oid = '${rows}'::regclass)
        then
          raise exception 'so much is stale that a rebuild costs less'
            using errcode = 'SV005', detail = '${generation.id}';
        end if;
      end loop;
    end $merge$`;
}

/**
 * Takes up to so many noted keys, recomputes each through the defining view, and merges the
 * difference: new rows in, changed rows over, gone rows out. OFFSET 0 makes each key reach the
 * indexes under an aggregate: without it PostgreSQL turns the lateral join into a plain one, and
 * computes the whole view to find some keys in it.
 */
function mergeStatement(generation: Generation, schemas: Schemas): string {
  const { definition, stale, rows, key } = partsOf(generation, schemas);
  const keys = generation.definition.key.map(identifier);
  const others = generation.definition.columns
    .filter((column) => !generation.definition.key.includes(column))
    .map(identifier);
  const match = (left: string, right: string) => sameKey(generation.definition.key, left, right);
  const all = [...keys, ...others];
  const list = (columns: string[], of: string) => columns.map((c) => `${of}.${c}`).join(", ");
  const overwrite =
    others.length === 0
      ? "do nothing"
      : `do update set ${others.map((c) => `${c} = excluded.${c}`).join(", ")}
         where (${list(others, "present")}) is distinct from (${list(others, "excluded")})`;
  return `with noted as materialized (
      delete from ${stale} where ctid = any (array(
        select s.ctid from ${stale} as s
        where not s.held and (wanted_keys is null or exists (
          select from jsonb_populate_recordset(null::${stale}, wanted_keys) as o where ${match("o", "s")}))
        limit ${chunkKeys}))
      returning ${key}, noted_at
    ), keys as materialized (
      select distinct ${key} from noted
    ), fresh as materialized (
      select ${list(all, "defined")} from keys
      cross join lateral (
        select * from ${definition} as d where ${match("d", "keys")} offset 0) as defined
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
