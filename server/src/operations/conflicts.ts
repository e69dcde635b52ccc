import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { operation } from "../kernel/procedure.ts";
import { identifier, isoTime } from "../kernel/schemas.ts";
import { lagSpan } from "./history.ts";

// Counts are kept by the hour.
const spans = { "1h": "1 hour", "24h": "24 hours", "7d": "7 days", "30d": "30 days" } as const;
const pairsMax = 200;

const conflictsAnswer = z.strictObject({
  /** The begin of the first hour that is counted. */
  since: z.string(),
  pairs: z
    .array(
      z.strictObject({
        /** The command that had read an aggregate. */
        command: z.string(),
        /** The command that came in between. */
        other: z.string(),
        /** How often it was run again and nobody noticed. */
        reruns: z.int(),
        /** How often its caller was told. */
        refused: z.int(),
        lastAt: z.string(),
      }),
    )
    .max(pairsMax),
});

type Conflicts = z.infer<typeof conflictsAnswer>;

/** Operations ask where the work gets in its own way. */
export const conflicts = operation
  .meta({
    scope: "operations:read",
    doc:
      "Which commands of the caller's tenant met each other on one aggregate, and how often: run " +
      "again, or refused. By whole hours, the most frequent pairs first.",
  })
  .input(z.strictObject({ span: lagSpan.default("24h") }))
  .output(conflictsAnswer)
  .query(async ({ ctx, input }) => {
    // What this process has counted is stored first, so that it is in the answer.
    await ctx.engine.conflicts.flush();
    return readConflicts(ctx.engine, ctx.identity.tenant, input.span);
  });

async function readConflicts(
  { operationsPool, schemas }: Engine,
  tenant: string,
  span: z.infer<typeof lagSpan>,
): Promise<Conflicts> {
  const since = `date_trunc('hour', statement_timestamp() - interval '${spans[span]}', 'UTC')`;
  const { rows } = await operationsPool.query<Conflicts>(
    `select ${isoTime("since")} as since, (
         select coalesce(json_agg(pair), '[]') from (
           select command, other, sum(reruns) as reruns, sum(refused) as refused,
             ${isoTime("max(last_at)")} as "lastAt"
           from ${identifier(schemas.write)}.conflict_tally
           where hour >= since and tenant = $1
           group by command, other
           order by sum(reruns + refused) desc, command, other limit ${pairsMax}
         ) as pair) as pairs
     from (select ${since} as since) as w`,
    [tenant],
  );
  const [answer] = rows;
  if (!answer) throw new Error("The conflicts were not answered.");
  return answer;
}
