import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { operation } from "../kernel/procedure.ts";
import { identifier } from "../kernel/schemas.ts";
import { ownRows } from "./change.ts";

const subscriptionsMax = 500;
// However far behind one is, telling how far costs no more than looking at this many events.
const looksMax = 5_000;

const subscription = z.strictObject({
  id: z.string(),
  partner: z.string(),
  url: z.string(),
  types: z.array(z.string()).nullable(),
  kinds: z.array(z.string()).nullable(),
  createdAt: z.string(),
  createdBy: z.string(),
  /** Null while it is told. */
  paused: z.strictObject({ at: z.string(), by: z.string(), reason: z.string() }).nullable(),
  /** Until when the secret before the last one signs as well. */
  secretBeforeUntil: z.string().nullable(),
});

const delivery = z.strictObject({
  id: z.string(),
  /** Behind the last event that was taken. */
  position: z.string(),
  delivered: z.int(),
  deliveredAt: z.string().nullable(),
  /** What is still to be told; `atLeast` where counting it all would take too long. */
  lag: z.strictObject({ events: z.int(), ms: z.number(), atLeast: z.boolean() }),
  /** How often the next event has failed, and since when. */
  failures: z.int(),
  failingSince: z.string().nullable(),
  lastStatus: z.int().nullable(),
  lastError: z.string().nullable(),
  /** When it is tried again; null while nothing is to be waited for. */
  nextAttemptAt: z.string().nullable(),
  paused: z.boolean(),
});

const iso = (expression: string) =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A partner looks at what they have asked for. */
export const subscriptions = operation
  .meta({
    scope: "webhooks:read",
    doc: "The caller's subscriptions; the tenant's, for who has operations:read. No secrets.",
  })
  .input(z.strictObject({}).optional())
  .output(z.strictObject({ subscriptions: z.array(subscription).max(subscriptionsMax) }))
  .query(async ({ ctx: { engine, identity } }) => {
    const { rows } = await engine.operationsPool.query<z.infer<typeof subscription>>(
      `select id, partner, url, types, kinds, ${iso("created_at")} as "createdAt",
         created_by as "createdBy",
         case when paused_at is not null then json_build_object('at', ${iso("paused_at")},
           'by', coalesce(paused_by, ''), 'reason', paused_reason) end as paused,
         case when secret_before_until > now() then ${iso("secret_before_until")} end
           as "secretBeforeUntil"
       from ${table(engine)}
       where ${ownRows(identity, "operations:read")}
       order by created_at, id limit ${subscriptionsMax}`,
      [identity.tenant, identity.partner],
    );
    return { subscriptions: rows };
  });

/** A partner looks at how far they have been told. */
export const deliveries = operation
  .meta({
    scope: "webhooks:read",
    doc: "How far each subscription has been told, how far it is behind, and what last failed.",
  })
  .input(z.strictObject({ id: z.uuid().optional() }).optional())
  .output(z.strictObject({ deliveries: z.array(delivery).max(subscriptionsMax) }))
  .query(async ({ ctx: { engine, identity }, input }) => {
    const { rows } = await engine.operationsPool.query<z.infer<typeof delivery>>(
      `select s.id, s.position, s.delivered::float8 as delivered,
         ${iso("delivered_at")} as "deliveredAt",
         json_build_object('events', behind.events, 'ms', behind.ms, 'atLeast', behind.at_least)
           as lag,
         failures, ${iso("failing_since")} as "failingSince",
         last_status as "lastStatus", last_error as "lastError",
         case when failures > 0 and paused_at is null then ${iso("next_attempt_at")} end
           as "nextAttemptAt",
         paused_at is not null as paused
       from (
         select * from ${table(engine)}
         where ${ownRows(identity, "operations:read")}
           and ($3::uuid is null or id = $3)
         order by created_at, id limit ${subscriptionsMax}
       ) as s, lateral (
         select count(*) filter (where wanted)::int as events, count(*) = ${looksMax} as at_least,
           coalesce(round(extract(epoch from clock_timestamp() - min(at) filter (where wanted))
             * 1000), 0)::float8 as ms
         from (
           select at, (s.kinds is null or kind = any (s.kinds))
             and (s.types is null or type = any (s.types)) as wanted
           from ${identifier(engine.schemas.write)}.journal as j
           where j.tenant = s.tenant and (xid::text::bigint, j.position)
             > (split_part(s.position, '.', 3)::bigint, split_part(s.position, '.', 4)::bigint)
           order by xid::text::bigint, j.position limit ${looksMax}
         ) as looked
       ) as behind
       order by s.created_at, s.id`,
      [identity.tenant, identity.partner, input?.id ?? null],
    );
    return { deliveries: rows };
  });

function table({ schemas }: Engine): string {
  return `${identifier(schemas.write)}.webhook_subscription`;
}
