import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { type Generation, partsOf } from "../kernel/generation.ts";
import { operation } from "../kernel/procedure.ts";
import { camelCase, identifier, isoTime, literal } from "../kernel/schemas.ts";
import { generationOf } from "./lag.ts";
import { readModelName } from "./names.ts";

// More than this is not looked through: whoever reads it wants to know what is late, and at once.
const notesMax = 20_000;
const thingsMax = 20;
const cutOffsMax = 5;

/** What a read model is behind in, in the house's own things. */
const behindAnswer = z.strictObject({
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

type Behind = z.infer<typeof behindAnswer>;

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
    const generation = await generationOf(engine, input.readModel);
    const { rows } = await engine.operationsPool.query<Omit<Behind, "readModel">>(
      behindSql(engine, generation),
      [identity.tenant],
    );
    const [found] = rows;
    if (!found) throw new Error("What is pending was not answered.");
    return { readModel: camelCase(generation.name), ...found };
  });

function behindSql({ schemas, cutOffs: { kind, sql } }: Engine, generation: Generation): string {
  const { stale } = partsOf(generation, schemas);
  // A whole read model has no keys, and its notes no tenant.
  const own = generation.definition.maintain === "byKey" ? "where tenant = $1" : "";
  const columns = generation.definition.maintain === "byKey" ? "tenant, xid" : "xid";
  const ids = `array(select id from touched where kind = ${literal(kind)})`;
  return `with noted as materialized (
      select ${columns} from ${stale} limit ${notesMax}
    ), commands as materialized (
      select distinct xid::text::bigint as xid from noted ${own}
    ), touched as materialized (
      select distinct j.kind, j.id from commands
      join ${identifier(schemas.write)}.journal as j
        on j.tenant = $1 and j.xid::text::bigint = commands.xid
    ), things as (
      select kind, count(*)::int as count from touched group by kind
      order by count(*) desc, kind limit ${thingsMax}
    ), due as (${sql(schemas, ids)} limit ${cutOffsMax})
    select (select count(*) = ${notesMax} from noted) as "isAtLeast",
      (select coalesce(json_agg(things), '[]') from things) as things,
      (select coalesce(json_agg(json_build_object('kind', ${literal(kind)},
        'at', ${isoTime("due.at")}, 'count', due.count)), '[]') from due) as "cutOffs"`;
}
