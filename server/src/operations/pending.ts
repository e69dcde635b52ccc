import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { type Generation, partsOf } from "../kernel/generation.ts";
import { operation } from "../kernel/procedure.ts";
import { camelCase, identifier, type Schemas } from "../kernel/schemas.ts";
import { generationOf } from "./lag.ts";
import { keyValues, readModelName } from "./names.ts";
import { countedMax, readOldest } from "./waiting.ts";

const keysMax = 500;

/** What is noted of one read model and not in yet. */
export const pendingKeysAnswer = z.strictObject({
  readModel: z.string(),
  maintain: z.enum(["byKey", "whole"]),
  /** Changes that are pending, and the age of the oldest; null if there is none. */
  changes: z.int(),
  atLeast: z.boolean().describe("There may be more: 100,000 changes are looked at."),
  oldestMs: z.number().nullable(),
  /** How many keys they are of; null for a whole read model, which has none. */
  keys: z.int().nullable(),
  /** The keys whose oldest change waits the longest, those first. */
  pending: z
    .array(
      z.strictObject({
        key: keyValues(),
        changes: z.int(),
        waitingMs: z.number(),
        /** Set aside because computing its rows fails. */
        held: z.boolean(),
      }),
    )
    .max(keysMax),
  /** How many keys are pending and not listed. */
  more: z.int(),
});

/** What is noted of one read model and not in yet. */
export type PendingKeys = z.infer<typeof pendingKeysAnswer>;

type Listed = Pick<PendingKeys, "changes" | "oldestMs" | "pending"> & { readonly keys: number };

/** Reads which keys of a read model are pending, those that wait the longest first. */
export async function readPendingKeys(
  engine: Pick<Engine, "operationsPool" | "schemas">,
  { readModel, limit }: { readModel: string; limit: number },
): Promise<PendingKeys> {
  const generation = await generationOf(engine, readModel);
  const { maintain } = generation.definition;
  const { rows } = await engine.operationsPool.query<Listed>(
    maintain === "whole"
      ? wholeSql(generation, engine.schemas)
      : byKeySql(generation, engine.schemas, limit),
  );
  const { changes = 0, oldestMs: looked = null, keys = 0, pending = [] } = rows[0] ?? {};
  const atLeast = changes >= countedMax;
  const oldestMs = atLeast ? await readOldest(engine, generation) : looked;
  return {
    ...{ readModel: camelCase(generation.name), maintain, changes, atLeast, oldestMs },
    ...{ keys: maintain === "whole" ? null : keys, pending, more: keys - pending.length },
  };
}

const ageMs = (since: string) =>
  `round(extract(epoch from clock_timestamp() - ${since}) * 1000, 1)::float8`;

function wholeSql(generation: Generation, schemas: Schemas): string {
  const { stale } = partsOf(generation, schemas);
  return `select count(*)::int as changes, ${ageMs("min(noted_at)")} as "oldestMs", 0 as keys,
    '[]'::json as pending from (select noted_at from ${stale} limit ${countedMax}) as looked_at`;
}

function byKeySql(generation: Generation, schemas: Schemas, limit: number): string {
  const { stale, key } = partsOf(generation, schemas);
  const values = generation.definition.key.map((column) => `'${column}', ${identifier(column)}`);
  return `with stale as materialized (
      select ${key}, count(*)::int as changes, min(noted_at) as since, bool_or(held) as held
      from (select * from ${stale} limit ${countedMax}) as looked_at group by ${key}
    ), listed as (
      select json_build_object('key', json_build_object(${values.join(", ")}),
          'changes', changes, 'waitingMs', ${ageMs("since")}, 'held', held) as entry,
        row_number() over (order by since, ${key}) as n
      from stale order by n limit ${limit}
    )
    select coalesce(sum(changes), 0)::int as changes, ${ageMs("min(since)")} as "oldestMs",
      count(*)::int as keys,
      (select coalesce(json_agg(entry order by n), '[]') from listed) as pending
    from stale`;
}

/** Operations ask which keys a read model is behind in. */
export const pendingKeys = operation
  .meta({
    scope: "operations:read",
    doc:
      "The keys of which changes are noted that a read model does not show yet: how many changes, " +
      "since when, and whether the key is set aside. A whole read model has no keys. After a bulk " +
      "change a hundred thousand changes are looked at, and no more.",
  })
  .input(
    z.strictObject({
      readModel: readModelName(),
      limit: z.int().min(1).max(keysMax).default(50),
    }),
  )
  .output(pendingKeysAnswer)
  .query(({ ctx, input }) => readPendingKeys(ctx.engine, input));
