import type { ReadModel } from "./read-model.ts";
import { mergeFunction } from "./read-model-merge.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";

/*
 * The SQL behind a read model. For a read model `x` there are, in the write schema, the view
 * `def_x` (its defining query), the table `stale_x` (keys that went stale, each with the
 * transaction that did it) and trigger functions; in the read schema the materialized rows `x` and
 * the view `pending_x` through which a query sees what is not in yet.
 */

/** Where the parts of one read model live, quoted. */
export interface ReadModelNames {
  readonly definition: string;
  readonly stale: string;
  readonly rows: string;
  readonly pending: string;
  /** The function that takes in what is stale; by-key read models have one. */
  readonly merge: string;
  readonly key: string;
}

/** The quoted names of a read model's parts. */
export function namesOf(model: ReadModel, schemas: Schemas): ReadModelNames {
  const write = identifier(schemas.write);
  const read = identifier(schemas.read);
  return {
    definition: `${write}.${identifier(`def_${model.name}`)}`,
    stale: `${write}.${identifier(`stale_${model.name}`)}`,
    rows: `${read}.${identifier(model.name)}`,
    pending: `${read}.${identifier(`pending_${model.name}`)}`,
    merge: `${write}.${identifier(`merge_${model.name}`)}`,
    key: model.key.map(identifier).join(", "),
  };
}

/** Statements that remove a read model's parts, whichever of them exist. */
export function dropStatements(model: ReadModel, schemas: Schemas): string[] {
  const { definition, stale, rows, pending, merge } = namesOf(model, schemas);
  return [
    `drop function if exists ${merge}()`,
    ...triggerNames(model, schemas).map(({ fn }) => `drop function if exists ${fn}() cascade`),
    `drop view if exists ${pending}`,
    `drop table if exists ${stale}`,
    // A name can hold a table or a materialized view, and each DROP refuses the other kind.
    `do $$ begin
       if exists (select from pg_class where oid = to_regclass(${literal(rows)}) and relkind = 'm')
       then drop materialized view ${rows}; else drop table if exists ${rows}; end if;
     end $$`,
    `drop view if exists ${definition}`,
  ];
}

/** Statements that create a read model's parts, empty, with its triggers already noting. */
export function createStatements(model: ReadModel, schemas: Schemas): string[] {
  const { definition, stale, rows, pending, key } = namesOf(model, schemas);
  const columns = ["tenant", ...Object.keys(model.columns)].map(identifier).join(", ");
  const staleKey = model.maintain === "byKey" ? `${key}, ` : "";
  const body = `select ${columns} from ${definition}`;
  const rowsKind = model.maintain === "byKey" ? "table" : "materialized view";
  return [
    `create view ${definition} as select ${columns} from (${model.sql}) as definition`,
    `create ${rowsKind} ${rows} as ${body} with no data`,
    `create unique index ${identifier(`${model.name}_key`)} on ${rows} (${key})`,
    ...(model.indexes ?? []).map((index, i) => {
      const name = identifier(`${model.name}_${i + 1}`);
      return `create index ${name} on ${rows} (tenant, ${index.map(identifier).join(", ")})`;
    }),
    // No index and no constraint: noting a key must never make two commands wait for each other.
    // Truncating an emptied table would take a lock that commands wait for, hence vacuum_truncate.
    `create table ${stale} as select ${staleKey}null::xid8 as xid, null::timestamptz as noted_at
       from ${definition} with no data`,
    `alter table ${stale}
       alter column xid set default pg_current_xact_id(),
       alter column noted_at set default clock_timestamp(),
       set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
            autovacuum_analyze_threshold = 2147483647, vacuum_truncate = false)`,
    `create view ${pending} as select xid, noted_at from ${stale}`,
    `grant select on ${rows}, ${pending} to ${identifier(schemas.queryRole)}`,
    ...triggerNames(model, schemas).flatMap((names) => triggerStatements(model, schemas, names)),
    ...(model.maintain === "byKey" ? [mergeFunction(model, schemas)] : []),
  ];
}

interface TriggerNames {
  readonly table: string;
  readonly trigger: string;
  readonly fn: string;
}

function triggerNames(model: ReadModel, schemas: Schemas): TriggerNames[] {
  const tables = model.maintain === "byKey" ? Object.keys(model.staleOn) : model.staleOn;
  return tables.map((table) => ({
    table,
    trigger: `note_${model.name}`,
    fn: `${identifier(schemas.write)}.${identifier(`note_${model.name}_on_${table}`)}`,
  }));
}

/** Statement-level triggers: one call notes the keys of all rows that a statement changed. */
function triggerStatements(model: ReadModel, schemas: Schemas, names: TriggerNames): string[] {
  const { stale, key } = namesOf(model, schemas);
  const table = `${identifier(schemas.write)}.${identifier(names.table)}`;
  const path = `${identifier(schemas.write)}, pg_temp`;
  const note = (changed: string) =>
    model.maintain === "byKey"
      ? `insert into ${stale} (${key}) with changed as (${changed})
         select distinct ${key} from (${model.staleOn[names.table]}) as keys (${key});`
      : `insert into ${stale} default values;`;
  return [
    `create function ${names.fn}() returns trigger language plpgsql security definer
     set search_path = ${path} as $note$
     begin
       if tg_op = 'INSERT' then
         ${note("select * from new_rows")}
       elsif tg_op = 'UPDATE' then
         ${note("select * from old_rows union all select * from new_rows")}
       else
         ${note("select * from old_rows")}
       end if;
       return null;
     end $note$`,
    ...(
      [
        ["insert", "new table as new_rows"],
        ["update", "old table as old_rows new table as new_rows"],
        ["delete", "old table as old_rows"],
      ] as const
    ).map(
      ([event, referencing]) =>
        `create trigger ${identifier(`${names.trigger}_${event}`)} after ${event} on ${table}
         referencing ${referencing} for each statement execute function ${names.fn}()`,
    ),
  ];
}
