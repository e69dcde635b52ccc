import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { partsOf } from "../kernel/generation.ts";
import { operation } from "../kernel/procedure.ts";
import { camelCase, identifier, isoTime } from "../kernel/schemas.ts";
import { generationOf } from "./lag.ts";
import { readModelName } from "./names.ts";

const days = 30;
const indexesMax = 100;
const readersMax = 100;

const describeAnswer = z.strictObject({
  readModel: z.string(),
  /** What it is for; null where this server does not declare it. */
  doc: z.string().nullable(),
  group: z.string(),
  maintain: z.enum(["byKey", "whole"]),
  key: z.array(z.string()),
  columns: z.array(z.string()),
  /** What it is worked out from: the write tables whose changes make it stale. */
  staleOn: z.array(z.string()),
  /** Its defining query. */
  sql: z.string(),
  /** An estimate; null where PostgreSQL has none yet. */
  rows: z.int().nullable(),
  bytes: z.strictObject({ rows: z.int(), indexes: z.int(), notes: z.int() }),
  indexes: z
    .array(
      z.strictObject({
        /** Its columns in order: `tenant, status, priority DESC`. */
        columns: z.string(),
        isUnique: z.boolean(),
        bytes: z.int(),
        /** How often this database has used it; reads from a replica are not counted. */
        scans: z.number(),
      }),
    )
    .max(indexesMax),
  /** Who of the caller's house has read it in so many days, the most reads first. */
  days: z.int(),
  readers: z
    .array(z.strictObject({ partner: z.string(), reads: z.number(), lastAt: z.string() }))
    .max(readersMax),
});

type Described = z.infer<typeof describeAnswer>;
type Measured = Pick<Described, "rows" | "bytes" | "indexes" | "readers">;

/** Operations ask what a read model is, what it takes, and for whom. */
export const describe = operation
  .meta({
    scope: "operations:read",
    doc:
      "What a read model is: its defining query, key and columns, how large it and its indexes are, " +
      "how often each index was used, and who of the caller's house has read it in the last 30 days.",
  })
  .input(z.strictObject({ readModel: readModelName() }))
  .output(describeAnswer)
  .query(async ({ ctx: { engine, identity }, input }): Promise<Described> => {
    const generation = await generationOf(engine, input.readModel);
    const { name, definition } = generation;
    const { maintain, key, columns, staleOn, sql } = definition;
    // What this process has counted is stored first, so that it is in the answer.
    await engine.uses.flush();
    const parts = partsOf(generation, engine.schemas);
    const {
      rows: [measured],
    } = await engine.operationsPool.query<Measured>(measuredSql(engine), [
      ...[parts.rows, parts.stale, identity.tenant, name],
    ]);
    if (!measured) throw new Error("A read model was not measured.");
    return {
      ...{ readModel: camelCase(name), group: generation.group, maintain, days },
      doc: engine.readModels.find((one) => one.name === name)?.doc ?? null,
      key: key.slice(1).map(camelCase),
      columns: columns.map(camelCase),
      staleOn: Object.keys(staleOn),
      sql,
      ...measured,
    };
  });

function measuredSql({ schemas }: Engine): string {
  return `with rows as (select to_regclass($1) as oid), notes as (select to_regclass($2) as oid)
    select (select nullif(reltuples, -1)::int from pg_class where oid = rows.oid) as rows,
      json_build_object('rows', pg_table_size(rows.oid), 'indexes', pg_indexes_size(rows.oid),
        'notes', pg_table_size(notes.oid)) as bytes,
      (select coalesce(json_agg(one), '[]') from (
        select substring(pg_get_indexdef(i.indexrelid) from '\\((.*)\\)') as columns,
          i.indisunique as "isUnique", pg_relation_size(i.indexrelid) as bytes,
          coalesce(pg_stat_get_numscans(i.indexrelid), 0) as scans
        from pg_index as i where i.indrelid = rows.oid
        order by i.indexrelid limit ${indexesMax}) as one) as indexes,
      (select coalesce(json_agg(one), '[]') from (
        select partner, sum(reads)::float8 as reads, ${isoTime("max(last_at)")} as "lastAt"
        from ${identifier(schemas.write)}.read_model_reader
        where tenant = $3 and read_model = $4 and day > current_date - ${days}
        group by partner order by sum(reads) desc, partner limit ${readersMax}) as one) as readers
    from rows, notes`;
}
