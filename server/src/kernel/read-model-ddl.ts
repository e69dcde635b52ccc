import { type Generation, partsOf, readerViews } from "./generation.ts";
import type { ReadModel } from "./read-model.ts";
import { mergeFunction } from "./read-model-merge.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";

/** Statements that create a generation's parts, empty, with its triggers already noting. */
export function createStatements(generation: Generation, schemas: Schemas): string[] {
  const { id, name, definition } = generation;
  const { definition: view, stale, rows, key, columns } = partsOf(generation, schemas);
  const byKey = definition.maintain === "byKey";
  const list = (names: readonly string[]) => names.map(indexColumn).join(", ");
  return [
    `create view ${view} as select ${columns} from (${definition.sql}) as definition`,
    `create ${byKey ? "table" : "materialized view"} ${rows} as select ${columns} from ${view}
       with no data`,
    `create unique index ${identifier(`${name}_${id}_key`)} on ${rows} (${key})`,
    ...definition.indexes.map((index, i) => {
      const named = identifier(`${name}_${id}_${i + 1}`);
      return `create index ${named} on ${rows} (tenant, ${list(index)})`;
    }),
    // No index and no constraint: noting a key must never make two commands wait for each other.
    // Truncating an emptied table would take a lock that commands wait for, hence vacuum_truncate.
    `create table ${stale} as select ${byKey ? `${key}, ` : ""}null::xid8 as xid,
       null::timestamptz as noted_at, false as held from ${view} with no data`,
    `alter table ${stale}
       alter column xid set default pg_current_xact_id(),
       alter column noted_at set default clock_timestamp(),
       alter column held set default false,
       set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
            autovacuum_analyze_threshold = 2147483647, vacuum_truncate = false)`,
    ...Object.keys(definition.staleOn).flatMap((table) =>
      triggerStatements(generation, schemas, table),
    ),
    ...(byKey ? [mergeFunction(generation, schemas)] : []),
  ];
}

function indexColumn(column: string): string {
  const name = column.replace(/ desc$/, "");
  return name === column ? identifier(name) : `${identifier(name)} desc`;
}

/** Statements that remove a generation's parts; no view may stand on them any more. */
export function dropStatements(generation: Generation, schemas: Schemas): string[] {
  const { definition, stale, rows, merge } = partsOf(generation, schemas);
  const kind = generation.definition.maintain === "byKey" ? "table" : "materialized view";
  return [
    `drop function if exists ${merge}(jsonb, boolean)`,
    ...Object.keys(generation.definition.staleOn).map(
      (table) => `drop function if exists ${noteFunction(generation, schemas, table)}() cascade`,
    ),
    `drop table if exists ${stale}`,
    `drop ${kind} if exists ${rows}`,
    `drop view if exists ${definition}`,
  ];
}

function noteFunction({ id }: Generation, schemas: Schemas, table: string): string {
  return `${identifier(schemas.write)}.${identifier(`note_${id}_on_${table}`)}`;
}

/** Statement-level triggers: one call notes the keys of all rows that a statement changed. */
function triggerStatements(generation: Generation, schemas: Schemas, table: string): string[] {
  const { stale, key } = partsOf(generation, schemas);
  const write = identifier(schemas.write);
  const fn = noteFunction(generation, schemas, table);
  const keys = generation.definition.staleOn[table] ?? "";
  const note = (changed: string) =>
    keys === ""
      ? `insert into ${stale} default values;`
      : `insert into ${stale} (${key}) with changed as (${changed})
         select distinct ${key} from (${keys}) as keys (${key});`;
  const events = [
    ["insert", "new table as new_rows"],
    ["update", "old table as old_rows new table as new_rows"],
    ["delete", "old table as old_rows"],
  ] as const;
  return [
    `create function ${fn}() returns trigger language plpgsql security definer
     set search_path = ${write}, pg_temp as $note$
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
    ...events.map(
      ([event, referencing]) =>
        `create trigger ${identifier(`note_${generation.id}_${event}`)}
         after ${event} on ${write}.${identifier(table)}
         referencing ${referencing} for each statement execute function ${fn}()`,
    ),
  ];
}

/**
 * Statements that point the views of one declaration's readers to a generation: to its rows, or
 * (`live`) to its defining query while it has no rows to show.
 */
export function readerStatements(
  reader: Pick<Generation, "name" | "hash" | "definition">,
  generation: Generation,
  schemas: Schemas,
  how: "rows" | "live",
): string[] {
  const views = readerViews(reader, schemas);
  const { definition, stale, rows } = partsOf(generation, schemas);
  const columns = ["tenant", ...reader.definition.columns].map(identifier).join(", ");
  const group = literal(generation.group);
  const isLive = how === "live";
  return [
    `create or replace view ${views.state} as select ${isLive} as live,
       ${isLive ? "pg_current_snapshot()" : "snapshot"} as snapshot,
       ${isLive ? "now()" : "as_of"} as as_of
       from ${identifier(schemas.write)}.refresh_group where name = ${group}`,
    `create or replace view ${views.pending} as select * from ${stale} ${isLive ? "where false" : ""}`,
    `create or replace view ${views.rows} as
       select ${columns} from ${isLive ? definition : rows}`,
    `create or replace view ${views.live} as select ${columns} from ${definition}`,
    `grant select on ${Object.values(views).join(", ")} to ${identifier(schemas.queryRole)}`,
  ];
}

/** Statements that create all there is of a read model that is always computed live. */
export function liveStatements(model: ReadModel, schemas: Schemas): string[] {
  const { live } = readerViews(model, schemas);
  const columns = ["tenant", ...Object.keys(model.columns)].map(identifier).join(", ");
  return [
    `create view ${live} as select ${columns} from (${model.sql}) as definition`,
    `grant select on ${live} to ${identifier(schemas.queryRole)}`,
  ];
}

/** Statements that remove the views of one declaration's readers. */
export function dropReaderStatements(
  reader: Pick<Generation, "name" | "hash">,
  schemas: Schemas,
): string[] {
  return [`drop view if exists ${Object.values(readerViews(reader, schemas)).join(", ")}`];
}

/** Statements that give a generation's rows and definition the read model's plain name. */
export function plainNameStatements(
  generation: Generation,
  schemas: Schemas,
  how: "rows" | "live",
): string[] {
  const { definition, rows, columns } = partsOf(generation, schemas);
  const { plain, plainDefinition } = plainNames(generation, schemas);
  return [
    `create or replace view ${plain} as select ${columns} from ${how === "live" ? definition : rows}`,
    `create or replace view ${plainDefinition} as select ${columns} from ${definition}`,
    `grant select on ${plain} to ${identifier(schemas.queryRole)}`,
  ];
}

/** Statements that take a read model's plain name away. */
export function dropPlainNameStatements(
  generation: Pick<Generation, "name">,
  schemas: Schemas,
): string[] {
  const { plain, plainDefinition } = plainNames(generation, schemas);
  return [`drop view if exists ${plain}, ${plainDefinition}`];
}

function plainNames({ name }: Pick<Generation, "name">, schemas: Schemas) {
  return {
    plain: `${identifier(schemas.read)}.${identifier(name)}`,
    plainDefinition: `${identifier(schemas.write)}.${identifier(`def_${name}`)}`,
  };
}
