import { isDeepStrictEqual } from "node:util";
import type { ClientBase } from "pg";
import { type Generation, partsOf } from "./generation.ts";
import { identifier, type Schemas, sameKey } from "./schemas.ts";
import { inTransaction } from "./transaction.ts";

/** How a coming generation's rows differ from those that are read now. */
export interface Comparison {
  readonly before: number;
  readonly after: number;
  readonly added: number;
  readonly removed: number;
  /** Rows that both have and of which any column differs. */
  readonly different: number;
  /** Rows of which a column differs, by column; of columns that both have. */
  readonly changed: Readonly<Record<string, number>>;
  /** Some keys of rows that were added, removed or changed. */
  readonly samples: readonly Sample[];
}

/** A row that was added, removed or changed. */
export interface Sample {
  readonly how: string;
  readonly key: Values;
  /** What it says in each column that differs; of rows that were changed. */
  readonly before?: Values;
  /** What it would say there. */
  readonly after?: Values;
}

type Values = Readonly<Record<string, unknown>>;

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
  const keyed = [before, after].filter(({ definition }) => definition.maintain === "byKey");
  const compared = {
    key: after.definition.key,
    columns: after.definition.columns.filter((column) =>
      before.definition.columns.includes(column),
    ),
    before: partsOf(before, schemas).rows,
    after: partsOf(after, schemas).rows,
  };
  const comparison = compareSql({
    ...compared,
    stale: keyed.map((generation) => partsOf(generation, schemas).stale),
    samplesMax,
  });
  return inOneSnapshot(client, async () => {
    const { rows } = await client.query<{ comparison: Comparison }>(comparison);
    const [found] = rows;
    if (!found) throw new Error("A comparison answers one row.");
    const { samples } = found.comparison;
    return { ...found.comparison, samples: await withValues(client, compared, samples) };
  });
}

async function withValues(
  client: ClientBase,
  { key, columns, before, after }: Pick<Compared, "key" | "columns" | "before" | "after">,
  samples: readonly Sample[],
): Promise<Sample[]> {
  const { rows } = await client.query<{ was: Values; is: Values }>(
    `select to_jsonb(o) as was, to_jsonb(n) as "is"
     from jsonb_array_elements($1) with ordinality as s (key, place)
     cross join lateral jsonb_populate_record(null::${after}, s.key) as k
     left join ${before} as o on ${sameKey(key, "o", "k")}
     left join ${after} as n on ${sameKey(key, "n", "k")} order by place`,
    [JSON.stringify(samples.map((sample) => sample.key))],
  );
  return samples.map((sample, i) => {
    const { was, is } = rows[i] ?? {};
    if (sample.how !== "changed" || !was || !is) return sample;
    const differing = columns.filter((column) => !isDeepStrictEqual(was[column], is[column]));
    const those = (values: Values) =>
      Object.fromEntries(differing.map((column) => [column, values[column]]));
    return { ...sample, before: those(was), after: those(is) };
  });
}

/** Runs reads that belong together in one snapshot, without locks. */
export function inOneSnapshot<T>(client: ClientBase, read: () => Promise<T>): Promise<T> {
  return inTransaction(client, "begin isolation level repeatable read read only", read);
}

/** Whether two generations can be compared row by row. */
export function isComparable(before: Generation, after: Generation): boolean {
  return String(before.definition.key) === String(after.definition.key);
}

/** Whether anything that is read would change; what cannot be compared may. */
export function changesRows(comparison: Comparison | null): boolean {
  if (comparison === null) return true;
  const { added, removed, different } = comparison;
  return added + removed + different > 0;
}

/** Two relations to compare, as SQL, and what not to count. */
export interface Compared {
  readonly key: readonly string[];
  /** Columns that both have. */
  readonly columns: readonly string[];
  readonly before: string;
  readonly after: string;
  /** Tables of keys that are left out. */
  readonly stale: readonly string[];
  readonly samplesMax: number;
}

/** The statement that compares two relations row by row; its one column is a `Comparison`. */
export function compareSql({ key, columns, before, after, stale, samplesMax }: Compared): string {
  const others = columns.filter((column) => !key.includes(column));
  const match = (left: string, right: string) => sameKey(key, left, right);
  const settled = (relation: string) => {
    const list = [...key, ...others].map((column) => `r.${identifier(column)}`).join(", ");
    const without = stale.map(
      (table) => `not exists (select from ${table} as s where ${match("s", "r")})`,
    );
    return `(select ${list} from ${relation} as r where ${["true", ...without].join(" and ")})`;
  };
  const first = identifier(key[0] ?? "tenant");
  const isIn = `o.${first} is not null and n.${first} is not null`;
  const differs = (column: string) =>
    `${isIn} and o.${identifier(column)}::text is distinct from n.${identifier(column)}::text`;
  const flags = others.map((column) => `${differs(column)} as ${identifier(`d_${column}`)}`);
  const flagged = others.map((column) => identifier(`d_${column}`));
  const keyJson = key
    .map((name) => `'${name}', coalesce(o.${identifier(name)}, n.${identifier(name)})`)
    .join(", ");
  const counts = others.map(
    (column) => `'${column}', count(*) filter (where ${identifier(`d_${column}`)})`,
  );
  return `with compared as materialized (
      select o.${first} is not null as was, n.${first} is not null as "is",
        json_build_object(${keyJson}) as key, ${["false as none", ...flags].join(", ")}
      from ${settled(before)} as o full join ${settled(after)} as n on ${match("o", "n")}
    ), judged as materialized (
      select *, case when not was then 'added' when not "is" then 'removed'
        when ${["none", ...flagged].join(" or ")} then 'changed' else 'same' end as how
      from compared
    )
    select json_build_object(
      'before', count(*) filter (where was), 'after', count(*) filter (where "is"),
      'added', count(*) filter (where how = 'added'),
      'removed', count(*) filter (where how = 'removed'),
      'different', count(*) filter (where how = 'changed'),
      'changed', json_build_object(${counts.join(", ")}),
      'samples', (select coalesce(json_agg(json_build_object('how', how, 'key', key)), '[]')
        from (select how, key from judged where how <> 'same' limit ${samplesMax}) as sample)
    ) as comparison from judged`;
}
