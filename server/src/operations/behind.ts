import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import { type Generation, partsOf } from "../kernel/generation.ts";
import { operation } from "../kernel/procedure.ts";
import { camelCase, identifier, snakeCase } from "../kernel/schemas.ts";
import { currentGenerations } from "./lag.ts";
import { readModelName } from "./names.ts";

// More than this is not looked through: whoever reads it wants to know what is late, and at once.
const notesMax = 20_000;
const thingsMax = 20;
const cutOffsMax = 5;

/** What a read model is behind in, in the house's own things. */
export const behindAnswer = z.strictObject({
  readModel: z.string(),
  /** Things that commands of the caller's house changed and it does not show yet, most first. */
  things: z.array(z.strictObject({ kind: z.string(), count: z.int() })).max(thingsMax),
  /** By when some of them have to leave the house, the earliest first. */
  cutOffs: z
    .array(z.strictObject({ kind: z.string(), at: z.string(), count: z.int() }))
    .max(cutOffsMax),
  /** So much waits that only a part of it was looked through. */
  isAtLeast: z.boolean(),
});

/** What a read model is behind in. */
export type Behind = z.infer<typeof behindAnswer>;

/** Operations ask what a lag means to the house. */
export const behind = operation
  .meta({
    scope: "operations:read",
    doc:
      "What a read model is behind in: how many orders, pieces and other things of the caller's " +
      "house were changed by commands that it does not show yet, and by when orders among them " +
      "have to leave.",
  })
  .input(z.strictObject({ readModel: readModelName() }))
  .output(behindAnswer)
  .query(async ({ ctx: { engine, identity }, input }): Promise<Behind> => {
    const generations = await currentGenerations(engine);
    const generation = generations.find(({ name }) => name === snakeCase(input.readModel));
    if (!generation) throw new Fault("NOT_FOUND", `There is no read model ${input.readModel}.`);
    const { looked, touched } = await touchedIn(engine, generation, identity.tenant);
    return {
      readModel: camelCase(generation.name),
      things: touched.slice(0, thingsMax).map(({ kind, ids }) => ({ kind, count: ids.length })),
      cutOffs: await cutOffsOf(engine, identity.tenant, touched),
      isAtLeast: looked === notesMax,
    };
  });

interface Touched {
  readonly kind: string;
  readonly ids: readonly string[];
}

interface Found {
  /** How many notes were looked at. */
  readonly looked: number;
  readonly touched: readonly Touched[];
}

async function touchedIn(
  { operationsPool, schemas }: Engine,
  generation: Generation,
  tenant: string,
): Promise<Found> {
  const { stale } = partsOf(generation, schemas);
  const { rows } = await operationsPool.query<Found>(
    `with noted as materialized (
       select xid from ${stale} limit ${notesMax}
     ), commands as materialized (
       select distinct xid::text::bigint as xid from noted
     ), touched as (
       select j.kind, json_agg(distinct j.id) as ids
       from commands join ${identifier(schemas.write)}.journal as j
         on j.tenant = $1 and j.xid::text::bigint = commands.xid
       group by j.kind
     )
     select (select count(*)::int from noted) as looked,
       (select coalesce(json_agg(touched order by json_array_length(ids) desc, kind), '[]')
         from touched) as touched`,
    [tenant],
  );
  const [found] = rows;
  if (!found) throw new Error("What is pending was not answered.");
  return found;
}

async function cutOffsOf(
  { operationsPool, schemas, cutOffs: { kind, sql } }: Engine,
  tenant: string,
  touched: readonly Touched[],
): Promise<Behind["cutOffs"]> {
  const ids = touched.find((one) => one.kind === kind)?.ids ?? [];
  if (ids.length === 0) return [];
  const { rows } = await operationsPool.query<{ at: Date; count: number }>(
    `${sql(schemas)} limit ${cutOffsMax}`,
    [tenant, ids],
  );
  return rows.map(({ at, count }) => ({ kind, at: at.toISOString(), count }));
}
