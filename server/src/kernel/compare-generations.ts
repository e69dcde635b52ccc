import { isDeepStrictEqual } from "node:util";
import type { ClientBase } from "pg";
import {
  type Compared,
  type Comparison,
  compareSql,
  inOneSnapshot,
  type Sample,
  type Values,
} from "./compare.ts";
import { codeOf, isOfTheRows } from "./database-errors.ts";
import { type Generation, type GenerationNames, partsOf } from "./generation.ts";
import { identifier, type Schemas, sameKey } from "./schemas.ts";

const samplesMax = 20;
// Working out more keys one by one would take long.
const keysMax = 10_000;

/** Whether two generations can be compared row by row. */
export function isComparable(before: Generation, after: Generation): boolean {
  return String(before.definition.key) === String(after.definition.key);
}

/**
 * Compares two generations of one key in one snapshot, without a lock. Both are refreshed in the
 * same transactions, so they show one instant; keys that are still stale in either are left out. Of
 * one that is kept whole that is not so: there both queries are compared.
 */
export async function compareGenerations(
  client: ClientBase,
  schemas: Schemas,
  before: Generation,
  after: Generation,
): Promise<Comparison> {
  const { comparison, leftOut } = await compareOnce(client, schemas, { before, after });
  return { ...comparison, leftOut: leftOut.length };
}

/**
 * The same, and what was stale by the queries themselves, as its rows are to be. What cannot be
 * computed, or would be too much, is left out.
 */
export async function compareThoroughly(
  client: ClientBase,
  schemas: Schemas,
  before: Generation,
  after: Generation,
): Promise<Comparison> {
  const { comparison, leftOut } = await compareOnce(client, schemas, { before, after });
  if (leftOut.length === 0 || leftOut.length > keysMax) {
    return { ...comparison, leftOut: leftOut.length };
  }
  try {
    const rest = await compareOnce(client, schemas, { before, after, only: leftOut });
    return sumOf(comparison, rest.comparison);
  } catch (error) {
    if (!isOfTheRows(codeOf(error))) throw error;
    return { ...comparison, leftOut: leftOut.length };
  }
}

/** Two comparisons of different keys together. */
function sumOf(one: Comparison, other: Comparison): Comparison {
  return {
    ...{ before: one.before + other.before, after: one.after + other.after },
    ...{ added: one.added + other.added, removed: one.removed + other.removed },
    different: one.different + other.different,
    changed: Object.fromEntries(
      Object.entries(one.changed).map(([column, rows]) => [
        column,
        rows + (other.changed[column] ?? 0),
      ]),
    ),
    samples: [...one.samples, ...other.samples].slice(0, samplesMax),
    leftOut: 0,
  };
}

interface Pair {
  readonly before: Generation;
  readonly after: Generation;
  /** Keys, as JSON: of these alone what the queries say is compared. */
  readonly only?: readonly string[];
}

interface Once {
  readonly comparison: Comparison;
  /** Keys that were left out, as JSON; of very many not all. */
  readonly leftOut: readonly string[];
}

function compareOnce(client: ClientBase, schemas: Schemas, pair: Pair): Promise<Once> {
  const { before, after, only } = pair;
  const [old, coming] = [partsOf(before, schemas), partsOf(after, schemas)];
  const isByKey = [before, after].every(({ definition }) => definition.maintain === "byKey");
  const { key, columns } = after.definition;
  const byRows = isByKey && !only;
  const read = byRows
    ? { before: old.rows, after: coming.rows }
    : { before: old.definition, after: coming.definition };
  const asked = (definition: string) =>
    only ? `(select d.* from ${keysOf(coming)} as k ${eachOf(definition, key, "d")})` : definition;
  const compared: Compared = {
    key,
    columns: columns.filter((column) => before.definition.columns.includes(column)),
    before: byRows ? read.before : asked(read.before),
    after: byRows ? read.after : asked(read.after),
    stale: byRows ? [old.stale, coming.stale] : [],
    samplesMax,
  };
  const keys = only ? [`[${only.join(",")}]`] : [];
  return inOneSnapshot(client, async () => {
    const { rows } = await client.query<{ comparison: Comparison }>(compareSql(compared), keys);
    const [found] = rows;
    if (!found) throw new Error("A comparison answers one row.");
    const { samples } = found.comparison;
    const told = await withValues(client, { ...compared, ...read }, coming, samples);
    const leftOut = await staleIn(client, compared);
    return { comparison: { ...found.comparison, samples: told }, leftOut };
  });
}

/** The keys that a statement is given, as a relation. */
function keysOf({ rows }: GenerationNames): string {
  return `jsonb_populate_recordset(null::${rows}, $1)`;
}

/** What a relation has of each key `k`: reached by key, also where it is a query. */
function eachOf(relation: string, key: readonly string[], name: string): string {
  return `cross join lateral (
    select * from ${relation} as r where ${sameKey(key, "r", "k")} offset 0) as ${name}`;
}

async function staleIn(client: ClientBase, { key, stale }: Compared): Promise<string[]> {
  if (stale.length === 0) return [];
  const columns = key.map(identifier).join(", ");
  const all = stale.map((table) => `select ${columns} from ${table}`).join(" union ");
  const { rows } = await client.query<{ key: string }>(
    `select to_jsonb(k)::text as key from (${all}) as k limit ${keysMax + 1}`,
  );
  return rows.map((row) => row.key);
}

async function withValues(
  client: ClientBase,
  { key, columns, before, after }: Compared,
  coming: GenerationNames,
  samples: readonly Sample[],
): Promise<Sample[]> {
  const changed = samples.filter(({ how }) => how === "changed");
  if (changed.length === 0) return [...samples];
  const { rows } = await client.query<{ place: number; was: Values; is: Values }>(
    `select k."the place"::int as place, to_jsonb("the old".*) as was, to_jsonb("the new".*) as "is"
     from (select row_number() over () as "the place", keys.* from ${keysOf(coming)} as keys) as k
     ${eachOf(before, key, '"the old"')} ${eachOf(after, key, '"the new"')}`,
    [JSON.stringify(changed.map((sample) => sample.key))],
  );
  const byPlace = new Map(rows.map((row) => [row.place, row]));
  const valuesOf = new Map(changed.map((sample, i) => [sample, byPlace.get(i + 1)]));
  return samples.map((sample) => {
    const { was, is } = valuesOf.get(sample) ?? {};
    if (!was || !is) return sample;
    const differing = columns.filter((column) => !isDeepStrictEqual(was[column], is[column]));
    const those = (values: Values) =>
      Object.fromEntries(differing.map((column) => [column, values[column]]));
    return { ...sample, before: those(was), after: those(is) };
  });
}
