import type { ClientBase } from "pg";
import { identifier, sameKey } from "./schemas.ts";
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
  /** Pending keys that were not compared: too many, or set aside. */
  readonly leftOut?: number;
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

/** Values by column. */
export type Values = Readonly<Record<string, unknown>>;

/** Runs reads that belong together in one snapshot, without locks. */
export function inOneSnapshot<T>(client: ClientBase, read: () => Promise<T>): Promise<T> {
  return inTransaction(client, "begin isolation level repeatable read read only", read);
}

/** Whether anything that is read would change; what was not compared may. */
export function changesRows(comparison: Comparison | null): boolean {
  if (comparison === null) return true;
  const { added, removed, different, leftOut = 0 } = comparison;
  return added + removed + different + leftOut > 0;
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
