import type { ClientBase } from "pg";
import { type Generation, partsOf } from "./generation.ts";
import { identifier, type Schemas } from "./schemas.ts";

/** How a coming generation's rows differ from those that are read now. */
export interface Comparison {
  readonly before: number;
  readonly after: number;
  readonly added: number;
  readonly removed: number;
  /** Rows of which a column differs, by column; of columns that both have. */
  readonly changed: Readonly<Record<string, number>>;
  /** Some keys of rows that were added, removed or changed. */
  readonly samples: readonly { readonly how: string; readonly key: Record<string, unknown> }[];
}

const samplesMax = 20;

/**
 * Compares two generations of one key in one snapshot, without a lock. Both are refreshed in the
 * same transactions, so they show one instant; keys that are still stale in either are left out.
 */
export async function compareGenerations(
  client: ClientBase,
  schemas: Schemas,
  before: Generation,
  after: Generation,
): Promise<Comparison> {
  await client.query("begin isolation level repeatable read read only");
  try {
    const { rows } = await client.query<{ comparison: Comparison }>(
      comparisonSql(schemas, before, after),
    );
    await client.query("commit");
    const [found] = rows;
    if (!found) throw new Error("A comparison answers one row.");
    return found.comparison;
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

/** Whether two generations can be compared row by row. */
export function isComparable(before: Generation, after: Generation): boolean {
  return String(before.definition.key) === String(after.definition.key);
}

function comparisonSql(schemas: Schemas, before: Generation, after: Generation): string {
  const [old, now] = [partsOf(before, schemas), partsOf(after, schemas)];
  const keys = after.definition.key;
  const shared = after.definition.columns.filter(
    (column) => before.definition.columns.includes(column) && !keys.includes(column),
  );
  const both = (of: string) => [...keys, ...shared].map((c) => `${of}.${identifier(c)}`).join(", ");
  const match = (left: string, right: string) =>
    keys.map((key) => `${left}.${identifier(key)} = ${right}.${identifier(key)}`).join(" and ");
  const first = identifier(keys[0] ?? "tenant");
  const settled = (rows: string) => {
    const without = [before, after]
      .filter(({ definition }) => definition.maintain === "byKey")
      .map((generation) => {
        const { stale } = partsOf(generation, schemas);
        return `not exists (select from ${stale} as s where ${match("s", "r")})`;
      });
    return `(select ${both("r")} from ${rows} as r where ${["true", ...without].join(" and ")})`;
  };
  const isChanged = (column: string) =>
    `o.${identifier(column)}::text is distinct from n.${identifier(column)}::text`;
  const inBoth = `o.${first} is not null and n.${first} is not null`;
  const anyChanged = shared.length > 0 ? shared.map(isChanged).join(" or ") : "false";
  const key = keys
    .map((name) => `'${name}', coalesce(o.${identifier(name)}, n.${identifier(name)})`)
    .join(", ");
  return `with compared as materialized (
      select case when o.${first} is null then 'added' when n.${first} is null then 'removed'
          when ${anyChanged} then 'changed' else 'same' end as how,
        o.${first} is not null as was, n.${first} is not null as "is",
        json_build_object(${key}) as key,
        ${shared.map((c) => `${inBoth} and ${isChanged(c)} as ${identifier(`d_${c}`)}`).join(", ") || "false as none"}
      from ${settled(old.rows)} as o full join ${settled(now.rows)} as n on ${match("o", "n")}
    )
    select json_build_object(
      'before', count(*) filter (where was), 'after', count(*) filter (where "is"),
      'added', count(*) filter (where how = 'added'),
      'removed', count(*) filter (where how = 'removed'),
      'changed', json_build_object(${shared
        .map((c) => `'${c}', count(*) filter (where ${identifier(`d_${c}`)})`)
        .join(", ")}),
      'samples', (select coalesce(json_agg(json_build_object('how', how, 'key', key)), '[]')
        from (select how, key from compared where how <> 'same' limit ${samplesMax}) as sample)
    ) as comparison from compared`;
}
