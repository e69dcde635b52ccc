import type { ClientBase } from "pg";
import { type Generation, partsOf } from "./generation.ts";
import { identifier, type Schemas } from "./schemas.ts";

/** A node of a plan as EXPLAIN prints it; of its fields those that say how a table is read. */
interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Alias?: string;
  readonly "Index Cond"?: string;
  readonly "Recheck Cond"?: string;
  readonly "Join Filter"?: string;
  readonly Filter?: string;
  readonly Plans?: readonly PlanNode[];
}

/**
 * Refuses a by-key read model of which one key cannot be computed through indexes: its refresh
 * would cost what exists and not what changed. The planner says by which columns each table is
 * looked up for one key; an index has to begin with them. Which index it would choose does not
 * matter here: with little in the tables, any will do. Throws in words.
 */
export async function requireKeyedPlan(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<void> {
  if (generation.definition.maintain !== "byKey") return;
  const lookups = lookupsOf(await planOfOneKey(client, schemas, generation));
  const indexes = await indexesOf(client, schemas);
  const isServed = ({ table, columns }: Lookup) =>
    (indexes.get(table) ?? []).some(({ columns: [first = "", second = ""], only }) => {
      const begins = columns.has(first) && (first !== "tenant" || columns.has(second));
      // What is equal to something is not null.
      return begins && (only === null || columns.has(only));
    });
  const unserved = lookups.filter((lookup) => !isServed(lookup)).map(({ table }) => table);
  const tables = [...new Set(unserved)];
  if (tables.length === 0) return;
  throw new Error(
    `Read model ${generation.name}: one key of it is not found through an index of ` +
      `${tables.join(", ")}. Add an index that begins with what the key leads to, let the key ` +
      `stand in the query where it reaches one, or declare it maintain: "whole".`,
  );
}

async function planOfOneKey(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<PlanNode> {
  const { definition, key } = partsOf(generation, schemas);
  const statement = identifier(`plan_${generation.id}`);
  const keys = generation.definition.key.map((column, i) => `${identifier(column)} = $${i + 1}`);
  const nulls = generation.definition.key.map(() => "null").join(", ");
  await client.query(
    `set local enable_seqscan = off; set local enable_hashjoin = off;
     set local enable_mergejoin = off; set local plan_cache_mode = force_generic_plan;
     prepare ${statement} as select ${key} from (
       select * from ${definition} where ${keys.join(" and ")} offset 0) as one`,
  );
  try {
    const { rows } = await client.query<{ "QUERY PLAN": { Plan: PlanNode }[] }>(
      `explain (format json) execute ${statement} (${nulls})`,
    );
    const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
    if (!plan) throw new Error("EXPLAIN answered no plan.");
    return plan;
  } finally {
    await client.query(
      `deallocate ${statement}; set local enable_seqscan = on; set local enable_hashjoin = on;
       set local enable_mergejoin = on; set local plan_cache_mode = auto`,
    );
  }
}

interface Lookup {
  readonly table: string;
  /** Columns of which the value is known when the table is read. */
  readonly columns: ReadonlySet<string>;
}

/** `joined` holds what joins above compare this side's rows with, by alias and column. */
function lookupsOf(node: PlanNode, joined = ""): Lookup[] {
  const [outer, inner, ...others] = node.Plans ?? [];
  const below = [
    ...(outer ? lookupsOf(outer, joined) : []),
    ...(inner ? lookupsOf(inner, joined + (node["Join Filter"] ?? "")) : []),
    ...others.flatMap((other) => lookupsOf(other, joined)),
  ];
  const { "Relation Name": table, Alias: alias } = node;
  if (table === undefined) return below;
  const conditions = [node["Index Cond"], node["Recheck Cond"], node.Filter].join(" ");
  const equal = [...conditions.matchAll(/\((?:\w+\.)?(\w+) = /g)].map(([, column = ""]) => column);
  const compared = [...joined.matchAll(/(\w+)\.(\w+) = (\w+)\.(\w+)/g)].flatMap(
    ([, one, column = "", other, itsColumn = ""]) =>
      one === alias ? [column] : other === alias ? [itsColumn] : [],
  );
  return [{ table, columns: new Set([...equal, ...compared]) }, ...below];
}

interface Index {
  readonly columns: readonly string[];
  /** The column without which a row does not stand in it; null where all rows do. */
  readonly only: string | null;
}

const onlyNotNull = "^\\(([a-z_0-9]+) IS NOT NULL\\)$";

async function indexesOf(client: ClientBase, schemas: Schemas) {
  const { rows } = await client.query<{ table: string } & Index>(
    `select t.relname as table, array_agg(a.attname::text order by k.place) as columns,
       substring(pg_get_expr(i.indpred, i.indrelid) from '${onlyNotNull}') as only
     from pg_index as i join pg_class as t on t.oid = i.indrelid
     cross join unnest(i.indkey) with ordinality as k (attnum, place)
     join pg_attribute as a on a.attrelid = t.oid and a.attnum = k.attnum
     where t.relnamespace = $1::regnamespace and i.indisvalid
       and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '${onlyNotNull}')
     group by t.relname, i.indexrelid`,
    [identifier(schemas.write)],
  );
  const byTable = Map.groupBy(rows, ({ table }) => table);
  return byTable as ReadonlyMap<string, readonly Index[]>;
}
