import type { PoolClient } from "pg";
import { z } from "zod";
import { hasScope, type Identity } from "../kernel/context.ts";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import { logged } from "../kernel/operate.ts";
import { safeText } from "../kernel/primitives.ts";
import { operation } from "../kernel/procedure.ts";
import { identifier } from "../kernel/schemas.ts";
import { webhooksChanged } from "./changed.ts";
import { Postman } from "./post.ts";
import { makeSecret, signedHeaders } from "./sign.ts";

const scope = "webhooks:write";
const done = z.strictObject({ done: z.literal(true) });
const reason = () => safeText(500);
const ofOne = z.strictObject({ id: z.uuid(), reason: reason().optional() });

/** A condition on rows: the caller's own, or the tenant's for who operates the house. */
export function ownRows(identity: Identity, operating: string): string {
  return `tenant = $1 and (partner = $2 or ${hasScope(identity, operating)})`;
}

interface Change {
  readonly action: string;
  readonly identity: Identity;
  readonly input: { readonly id: string; readonly reason?: string | undefined };
}

/** Changes one of the caller's subscriptions, on record; `work` says whether there was one. */
async function change(
  engine: Engine,
  { action, identity, input }: Change,
  work: (client: PoolClient, table: string, where: string) => Promise<boolean>,
): Promise<{ done: true }> {
  const noted = { identity, subject: input.id, reason: input.reason ?? "not said" };
  await logged(engine, `webhooks.${action}`, noted, async (client) => {
    const table = `${identifier(engine.schemas.write)}.webhook_subscription`;
    const where = `${ownRows(identity, "operations:write")} and id = $3`;
    if (!(await work(client, table, where))) throw unknown();
  });
  engine.signals.stale(webhooksChanged);
  return { done: true };
}

function unknown(): Fault {
  return new Fault("NOT_FOUND", "There is no such subscription.");
}

/** A partner wants to hear no more. */
export const unsubscribe = operation
  .meta({ scope, doc: "Ends a subscription; what it had still to be told is not told." })
  .input(ofOne)
  .output(done)
  .mutation(({ ctx: { engine, identity }, input }) =>
    change(engine, { action: "unsubscribe", identity, input }, async (client, table, where) => {
      const values = [identity.tenant, identity.partner, input.id];
      return (await client.query(`delete from ${table} where ${where}`, values)).rowCount === 1;
    }),
  );

/** A receiver is to be left alone for a while. */
export const pauseSubscription = operation
  .meta({ scope, doc: "Sends nothing until it is resumed; nothing is lost meanwhile." })
  .input(ofOne.extend({ reason: reason() }))
  .output(done)
  .mutation(({ ctx: { engine, identity }, input }) =>
    change(engine, { action: "pause", identity, input }, async (client, table, where) => {
      const { rowCount } = await client.query(
        `update ${table} set paused_at = coalesce(paused_at, clock_timestamp()),
           paused_by = $4, paused_reason = $5 where ${where}`,
        [identity.tenant, identity.partner, input.id, identity.actor, input.reason],
      );
      return rowCount === 1;
    }),
  );

/** A receiver can be told again. */
export const resumeSubscription = operation
  .meta({
    scope,
    doc: "Goes on behind the last event that was taken, at once, whatever had failed before.",
  })
  .input(ofOne)
  .output(done)
  .mutation(({ ctx: { engine, identity }, input }) =>
    change(engine, { action: "resume", identity, input }, async (client, table, where) => {
      const { rowCount } = await client.query(
        `update ${table} set paused_at = null, paused_by = null, paused_reason = null,
           failures = 0, failing_since = null, next_attempt_at = clock_timestamp()
         where ${where}`,
        [identity.tenant, identity.partner, input.id],
      );
      return rowCount === 1;
    }),
  );

/** A secret may be known to others. */
export const rotateSecret = operation
  .meta({
    scope,
    doc:
      "Makes a new secret and answers it this once. The one before signs beside it for 24 hours, " +
      "so that a receiver can change over.",
  })
  .input(ofOne)
  .output(z.strictObject({ secret: z.string() }))
  .mutation(async ({ ctx: { engine, identity }, input }) => {
    const secret = makeSecret();
    const noted = { action: "rotateSecret", identity, input };
    await change(engine, noted, async (client, table, where) => {
      const { rowCount } = await client.query(
        `update ${table} set secret_before = secret, secret = $4,
           secret_before_until = clock_timestamp() + interval '24 hours' where ${where}`,
        [identity.tenant, identity.partner, input.id, secret],
      );
      return rowCount === 1;
    });
    return { secret };
  });

/** A partner tries out whether messages arrive. */
export const sendTest = operation
  .meta({
    scope,
    doc:
      "Sends one signed message of the type webhooks.test, now and once, and answers what came " +
      "of it. Events wait for nothing of that.",
  })
  .input(z.strictObject({ id: z.uuid() }))
  .output(
    z.strictObject({
      taken: z.boolean(),
      status: z.int().nullable(),
      error: z.string().nullable(),
      tookMs: z.number(),
    }),
  )
  .mutation(async ({ ctx: { engine, identity }, input: { id } }) => {
    const { operationsPool, schemas, allowPrivate } = engine;
    const { rows } = await operationsPool.query<{ url: string; secret: string }>(
      `select url, secret from ${identifier(schemas.write)}.webhook_subscription
       where ${ownRows(identity, "operations:write")} and id = $3`,
      [identity.tenant, identity.partner, id],
    );
    const [found] = rows;
    if (!found) throw unknown();
    const timestamp = new Date();
    const data = { subscription: id };
    const body = JSON.stringify({ type: "webhooks.test", timestamp, data });
    const message = { id: `test_${crypto.randomUUID()}`, body };
    const postman = new Postman({ allowPrivate });
    const begunAt = performance.now();
    const headers = signedHeaders(message, [found.secret], timestamp);
    const { status, error } = await postman.post(found.url, headers, body, undefined);
    postman.close();
    const tookMs = Math.round(performance.now() - begunAt);
    return { taken: error === null, status, error, tookMs };
  });
