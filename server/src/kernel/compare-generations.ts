import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { ClientBase } from "pg";
import {
  type Compared,
  type Comparison,
  changesRows,
  compareSql,
  inOneSnapshot,
  type Sample,
  type Values,
} from "./compare.ts";
import { type Generation, partsOf } from "./generation.ts";
import { identifier, literal, type Schemas, sameKey } from "./schemas.ts";

const samplesMax = 20;
// More keys than this are not told apart: they are compared with all others, again and again.
const keysMax = 10_000;
const momentsMax = 20;
const pauseMs = 250;

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
 * The same, until nothing is left to compare: what was stale is compared as soon as it is not, for
 * some seconds. Ends at the first difference.
 */
export async function compareThoroughly(
  client: ClientBase,
  schemas: Schemas,
  before: Generation,
  after: Generation,
  signal?: AbortSignal,
): Promise<Comparison> {
  const first = await compareOnce(client, schemas, { before, after });
  let { comparison, leftOut } = first;
  for (let moment = 1; moment < momentsMax && leftOut.length > 0 && !signal?.aborted; moment += 1) {
    if (changesRows(comparison)) break;
    await setTimeout(pauseMs);
    const isPart = leftOut.length <= keysMax;
    const next = await compareOnce(client, schemas, {
      ...{ before, after },
      ...(isPart && { only: leftOut }),
    });
    const stale = new Set(next.leftOut);
    leftOut = isPart ? leftOut.filter((key) => stale.has(key)) : next.leftOut;
    const { before: was, after: is } = comparison;
    comparison = isPart ? { ...next.comparison, before: was, after: is } : next.comparison;
  }
  return { ...comparison, leftOut: leftOut.length };
}

interface Pair {
  readonly before: Generation;
  readonly after: Generation;
  /** Keys, as JSON; no others are compared. */
  readonly only?: readonly string[];
}

interface Once {
  readonly comparison: Comparison;
  /** Keys that were left out, as JSON; of very many not all. */
  readonly leftOut: readonly string[];
}

function compareOnce(client: ClientBase, schemas: Schemas, pair: Pair): Promise<Once> {
  const { before, after, only } = pair;
  const isByKey = [before, after].every(({ definition }) => definition.maintain === "byKey");
  const relation = isByKey ? ("rows" as const) : ("definition" as const);
  const { key, columns } = after.definition;
  const type = partsOf(after, schemas).rows;
  const compared: Compared = {
    key,
    columns: columns.filter((column) => before.definition.columns.includes(column)),
    before: partsOf(before, schemas)[relation],
    after: partsOf(after, schemas)[relation],
    stale: isByKey ? [before, after].map((one) => partsOf(one, schemas).stale) : [],
    ...(only && {
      only: `jsonb_populate_recordset(null::${type}, ${literal(`[${only.join(",")}]`)})`,
    }),
    samplesMax,
  };
  return inOneSnapshot(client, async () => {
    const { rows } = await client.query<{ comparison: Comparison }>(compareSql(compared));
    const [found] = rows;
    if (!found) throw new Error("A comparison answers one row.");
    const samples = await withValues(client, compared, type, found.comparison.samples);
    const leftOut = await staleIn(client, compared);
    return { comparison: { ...found.comparison, samples }, leftOut };
  });
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
  type: string,
  samples: readonly Sample[],
): Promise<Sample[]> {
  const { rows } = await client.query<{ was: Values; is: Values }>(
    `select to_jsonb(o) as was, to_jsonb(n) as "is"
     from jsonb_array_elements($1) with ordinality as s (key, place)
     cross join lateral jsonb_populate_record(null::${type}, s.key) as k
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
