import { z } from "zod";
import { makeKey } from "../http/identity.ts";
import { keysChanged, revokeKey as revoke, scopePattern } from "../http/partner-keys.ts";
import { hasScope, type Identity } from "../kernel/context.ts";
import { Fault } from "../kernel/faults.ts";
import { logged } from "../kernel/operate.ts";
import { keyText, safeText } from "../kernel/primitives.ts";
import { operation } from "../kernel/procedure.ts";
import { identifier } from "../kernel/schemas.ts";
import { webhooksChanged } from "../webhooks/changed.ts";

// Whoever makes keys decides who gets in: that is more than to operate read models.
const scope = "keys:write";
const scopesMax = 50;
const reason = () => safeText(500);

/** Somebody lets a partner in. */
export const createKey = operation
  .meta({
    scope,
    doc:
      "Makes a partner key and answers it this once; only its hash is kept. Nobody can give a " +
      "scope that they do not have.",
  })
  .input(
    z.strictObject({
      partner: keyText(),
      scopes: z
        .array(z.string().max(60).regex(scopePattern, "is not area:action, area:* or *"))
        .min(1)
        .max(scopesMax),
      reason: reason(),
    }),
  )
  .output(z.strictObject({ id: z.string(), key: z.string(), hint: z.string() }))
  .mutation(async ({ ctx: { engine, identity }, input }) => {
    const { partner } = input;
    const scopes = [...new Set(input.scopes)];
    const tooMuch = scopes.find((one) => !mayGive(identity, one));
    if (tooMuch !== undefined) {
      throw new Fault("FORBIDDEN", `You cannot give the scope ${tooMuch}: you do not have it.`);
    }
    const { key, hash, hint } = makeKey();
    const noted = { identity, subject: `${partner} ${hint}`, reason: input.reason };
    const id = await logged(engine, "create key", noted, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `insert into ${identifier(engine.schemas.write)}.partner_key
           (tenant, partner, scopes, key_hash, hint, created_by)
         values ($1, $2, $3, $4, $5, $6) returning id`,
        [identity.tenant, partner, scopes, hash, hint, identity.actor],
      );
      return rows[0]?.id ?? "";
    });
    return { id, key, hint };
  });

/** Somebody is let in no more. */
export const revokeKey = operation
  .meta({
    scope,
    doc:
      "Revokes a partner key: calls with it are refused and streams of it end. With a partner's " +
      "last valid key its webhooks are told no more, until somebody resumes them.",
  })
  .input(z.strictObject({ id: z.uuid(), reason: reason() }))
  .output(z.strictObject({ isLast: z.boolean(), subscriptionsStopped: z.int() }))
  .mutation(async ({ ctx: { engine, identity }, input: { id, reason: why } }) => {
    const { tenant, actor: by } = identity;
    const noted = { identity, subject: id, reason: why };
    const revoked = await logged(engine, "revoke key", noted, async (client) => {
      const done = await revoke(client, engine.schemas, { id, tenant, by, reason: why });
      if (!done) throw new Fault("NOT_FOUND", "There is no such valid key.");
      return done;
    });
    engine.signals.stale(keysChanged);
    engine.signals.stale(webhooksChanged);
    return { isLast: revoked.isLast, subscriptionsStopped: revoked.stopped };
  });

/** A whole area, or all of them, is given by who has all of it. */
function mayGive(identity: Identity, scope: string): boolean {
  if (scope === "*") return identity.scopes.includes("*");
  return hasScope(identity, scope);
}
