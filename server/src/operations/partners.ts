import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { operation } from "../kernel/procedure.ts";
import { identifier, isoTime } from "../kernel/schemas.ts";
import { oldestSdk, serverVersion } from "../version.ts";

const days = 30;
const keysMax = 1_000;
const usesMax = 5_000;

const key = z.strictObject({
  id: z.string(),
  /** Its beginning and its end: enough to tell it from others. */
  hint: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.string(),
  createdBy: z.string().nullable(),
  /** To within seconds; null where it was never used. */
  lastUsedAt: z.string().nullable(),
  revoked: z
    .strictObject({ at: z.string(), by: z.string().nullable(), reason: z.string().nullable() })
    .nullable(),
});

const partner = z.strictObject({
  partner: z.string(),
  keys: z.array(key),
  /** What it said it calls with, the newest use first; an empty text is no SDK. */
  sdks: z.array(z.strictObject({ sdk: z.string(), calls: z.number(), lastAt: z.string() })),
  procedures: z.array(
    z.strictObject({
      procedure: z.string(),
      calls: z.number(),
      lastAt: z.string(),
      /** What to call instead, where it is deprecated. */
      deprecated: z.string().nullable(),
    }),
  ),
  subscriptions: z.strictObject({ told: z.int(), paused: z.int() }),
});

const partnersAnswer = z.strictObject({
  days: z.int(),
  server: z.string(),
  oldestSdk: z.string(),
  partners: z.array(partner).max(keysMax + usesMax),
});

type Partner = z.infer<typeof partner>;
type Key = z.infer<typeof key>;

interface Used {
  readonly partner: string;
  readonly procedure: string | null;
  readonly sdk: string | null;
  readonly calls: number;
  readonly lastAt: string;
}

/** Operations look at who calls the house, with what, and what of. */
export const partners = operation
  .meta({
    scope: "operations:read",
    doc:
      "The partners of the caller's house: their keys without secrets, the SDKs they call with, and " +
      "what they called in the last 30 days, deprecated procedures marked.",
  })
  .input(z.strictObject({}).optional())
  .output(partnersAnswer)
  .query(async ({ ctx: { engine, identity } }) => {
    // What this process has counted is stored first, so that it is in the answer.
    await engine.uses.flush();
    const found = new Map<string, Partner>();
    const of = (name: string) => {
      const known = found.get(name) ?? nobodyYet(name);
      found.set(name, known);
      return known;
    };
    for (const { partner: name, ...one } of await keysOf(engine, identity.tenant)) {
      of(name).keys.push(one);
    }
    const deprecated = new Map(engine.served.contract.map((one) => [one.path, one.deprecated]));
    for (const one of await usesOf(engine, identity.tenant)) {
      const { partner: name, procedure, sdk, calls, lastAt } = one;
      if (procedure === null) of(name).sdks.push({ sdk: sdk ?? "", calls, lastAt });
      else {
        const instead = deprecated.get(procedure) ?? null;
        of(name).procedures.push({ procedure, calls, lastAt, deprecated: instead });
      }
    }
    for (const { partner: name, ...counts } of await subscriptionsOf(engine, identity.tenant)) {
      of(name).subscriptions = counts;
    }
    const all = [...found.values()].sort((a, b) => (a.partner < b.partner ? -1 : 1));
    return { days, server: serverVersion, oldestSdk, partners: all };
  });

function nobodyYet(name: string): Partner {
  const subscriptions = { told: 0, paused: 0 };
  return { partner: name, keys: [], sdks: [], procedures: [], subscriptions };
}

async function keysOf({ operationsPool, schemas }: Engine, tenant: string) {
  const { rows } = await operationsPool.query<Key & { partner: string }>(
    `select partner, id, hint, scopes, ${isoTime("created_at")} as "createdAt",
       created_by as "createdBy", ${isoTime("last_used_at")} as "lastUsedAt",
       case when revoked_at is not null then json_build_object('at', ${isoTime("revoked_at")},
         'by', revoked_by, 'reason', revoked_reason) end as revoked
     from ${identifier(schemas.write)}.partner_key where tenant = $1
     order by revoked_at is not null, created_at desc limit ${keysMax}`,
    [tenant],
  );
  return rows;
}

async function usesOf({ operationsPool, schemas }: Engine, tenant: string): Promise<Used[]> {
  const { rows } = await operationsPool.query<Used>(
    `select partner, procedure, sdk, sum(calls)::float8 as calls,
       ${isoTime("max(last_at)")} as "lastAt"
     from ${identifier(schemas.write)}.partner_use
     where tenant = $1 and day > current_date - ${days}
     group by grouping sets ((partner, procedure), (partner, sdk))
     order by max(last_at) desc, procedure, sdk limit ${usesMax}`,
    [tenant],
  );
  return rows;
}

async function subscriptionsOf({ operationsPool, schemas }: Engine, tenant: string) {
  const { rows } = await operationsPool.query<Partner["subscriptions"] & { partner: string }>(
    `select partner, count(*) filter (where paused_at is null)::int as told,
       count(*) filter (where paused_at is not null)::int as paused
     from ${identifier(schemas.write)}.webhook_subscription where tenant = $1 group by partner`,
    [tenant],
  );
  return rows;
}
