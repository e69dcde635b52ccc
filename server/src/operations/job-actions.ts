import type { PoolClient } from "pg";
import { PgBoss } from "pg-boss";
import { z } from "zod";
import type { Identity } from "../kernel/context.ts";
import { codeOf } from "../kernel/database-errors.ts";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import { logged } from "../kernel/operate.ts";
import { safeText } from "../kernel/primitives.ts";
import { operation } from "../kernel/procedure.ts";
import { identifier } from "../kernel/schemas.ts";

const scope = "operations:write";
const done = z.strictObject({ done: z.literal(true) });
const ofJob = z.strictObject({ queue: safeText(200), id: z.uuid(), reason: safeText(500) });

interface Asked {
  readonly identity: Identity;
  readonly input: z.infer<typeof ofJob>;
}

/** A job that has failed for good, and whether it lies in a queue of dead letters. */
interface Failed {
  readonly isDead: boolean;
}

/** Operations have tried what had failed once more. */
export const retryJob = operation
  .meta({
    scope,
    doc:
      "Puts a job that failed back into its queue; a dead letter into the queue in which it had " +
      "failed.",
  })
  .input(ofJob)
  .output(done)
  .mutation(({ ctx: { engine, identity }, input }) =>
    change(engine, "retry job", { identity, input }, async (boss, { isDead }) => {
      const { queue, id } = input;
      if (!isDead) await boss.retry(queue, id);
      else if ((await boss.redrive(queue, { ids: [id] })) === 0) {
        throw new Fault("CONFLICT", "Nobody knows any more in which queue it had failed.");
      }
    }),
  );

/** Operations throw away what need not be done any more. */
export const discardJob = operation
  .meta({ scope, doc: "Deletes a job that failed, or a dead letter; it is not done any more." })
  .input(ofJob)
  .output(done)
  .mutation(({ ctx: { engine, identity }, input }) =>
    change(engine, "discard job", { identity, input }, async (boss) => {
      await boss.deleteJob(input.queue, input.id);
    }),
  );

/** Has pg-boss do something to a failed job, in the transaction that puts it on record. */
async function change(
  engine: Engine,
  action: string,
  { identity, input }: Asked,
  work: (boss: PgBoss, job: Failed) => Promise<void>,
): Promise<{ done: true }> {
  const { queue, id, reason } = input;
  const noted = { identity, subject: `${queue} ${id}`, reason };
  try {
    await logged(engine, action, noted, async (client) => {
      const job = await requireFailed(client, engine, input);
      await withBoss(client, engine, (boss) => work(boss, job));
    });
  } catch (error) {
    const uniqueViolation = "23505";
    if (codeOf(error) !== uniqueViolation) throw error;
    throw new Fault("CONFLICT", "Another job of the same key waits in this queue already.", {
      hint: "Discard this one; the other does its work.",
      cause: error,
    });
  }
  return { done: true };
}

async function requireFailed(
  client: PoolClient,
  { schemas }: Engine,
  { queue, id }: Asked["input"],
): Promise<Failed> {
  const jobs = identifier(schemas.jobs);
  const known = await client.query<{ there: boolean }>(
    "select to_regclass($1) is not null as there",
    [`${jobs}.job`],
  );
  const { rows } = known.rows[0]?.there
    ? await client.query<Failed & { state: string }>(
        `select state, exists (select from ${jobs}.queue where dead_letter = $1) as "isDead"
         from ${jobs}.job where name = $1 and id = $2 for update`,
        [queue, id],
      )
    : { rows: [] };
  const [job] = rows;
  if (!job) throw new Fault("NOT_FOUND", "There is no such job any more.");
  if (job.state === "failed" || (job.isDead && job.state !== "active")) return job;
  throw new Fault("CONFLICT", "This job has not failed for good.", {
    hint: "It is tried again by itself, or is at work just now.",
  });
}

/** A pg-boss that works on the caller's connection, and does nothing by itself. */
async function withBoss(
  client: PoolClient,
  { schemas }: Engine,
  work: (boss: PgBoss) => Promise<void>,
): Promise<void> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => client.query(text, values) },
    schema: schemas.jobs,
    ...{ migrate: false, supervise: false, schedule: false, registerInstance: false },
  });
  boss.on("error", () => undefined);
  await boss.start();
  try {
    await work(boss);
  } finally {
    await boss.stop({ graceful: false });
  }
}
