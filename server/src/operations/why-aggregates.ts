import { identifier, literal } from "../kernel/schemas.ts";
import type { AskedRow } from "./why-row.ts";

const rowsOfTableMax = 20;

/**
 * The ids of aggregates that a row may be made of: the beginnings of the read model's key, and of
 * the keys of the write rows that make that very key stale. An id in the journal is such a
 * beginning, its parts joined with a slash; what is none is not found there.
 */
export async function aggregatesOf(asked: AskedRow): Promise<string[]> {
  const { engine, generation, tenant, columns, values } = asked;
  const { maintain, staleOn } = generation.definition;
  // Which commands made a row of a read model that is worked out whole, nobody can say.
  if (maintain === "whole") return [];
  const write = identifier(engine.schemas.write);
  const sources = Object.entries(staleOn).flatMap(([table, sql]) => {
    const of = columnsIn(sql);
    return of === undefined ? [] : [{ table, of }];
  });
  const { rows: keys } = await engine.operationsPool.query<{ table: string; key: string[] }>(
    `select c.relname as table, array_agg(a.attname::text order by k.n) as key
     from pg_index as i join pg_class as c on c.oid = i.indrelid
     cross join unnest(i.indkey) with ordinality as k (attnum, n)
     join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.attnum
     where i.indisprimary and c.relnamespace = ${literal(write)}::regnamespace
     and c.relname = any ($1) and a.attname <> 'tenant' group by c.relname`,
    [sources.map(({ table }) => table)],
  );
  const keyOf = new Map(keys.map(({ table, key }) => [table, key]));
  const selects = sources.map(({ table, of }) => {
    const own = (keyOf.get(table) ?? []).map((column) => `s.${identifier(column)}::text`);
    const where = of.map((expression, i) => `${expression} = $${i + 1}`);
    return `(select array[${own.join(", ")}]::text[] as key from ${write}.${identifier(table)} as s
      where ${where.join(" and ")} limit ${rowsOfTableMax})`;
  });
  const found =
    selects.length === 0
      ? []
      : (
          await engine.operationsPool.query<{ key: string[] }>(selects.join(" union all "), [
            tenant,
            ...values,
          ])
        ).rows.map(({ key }) => key);
  const whole = columns.map((_, i) => values[i] ?? "");
  return [...new Set([...[whole, ...found].flatMap(beginnings), ...whole])];
}

/**
 * What a query over changed rows selects, if it does nothing but take their columns: `select
 * tenant, sku from changed`. Others find their keys by way of further tables.
 */
export function columnsIn(sql: string): string[] | undefined {
  const [, list] = /^\s*select\s+([^()]+?)\s+from\s+changed(\s+where\s.*)?\s*$/s.exec(sql) ?? [];
  const columns = list?.split(",").map((one) => one.trim().replace(/\s+as\s+\w+$/, ""));
  if (!columns?.every((one) => /^(\w+|'\w+')$/.test(one))) return undefined;
  return columns.map((one) => (one.startsWith("'") ? `${one}::text` : `s.${identifier(one)}`));
}

function beginnings(key: readonly string[]): string[] {
  // As aggregates write their ids: a name may hold a slash itself.
  const parts = key.map((part) => part.replace(/[%/]/g, encodeURIComponent));
  const [first = ""] = key;
  return [first, ...parts.slice(1).map((_, i) => parts.slice(0, i + 2).join("/"))];
}
