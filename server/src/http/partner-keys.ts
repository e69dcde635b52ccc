import type { ClientBase } from "pg";
import { identifier, type Schemas } from "../kernel/schemas.ts";

/** Signalled where a key was revoked, so that no process goes on believing it. */
export const keysChanged = "partner-keys";

/** What partners may be given: `orders:write`, `orders:*` or `*`. */
export const scopePattern = /^(\*|[a-z]+:(\*|[a-z]+))$/;

/** Which key to revoke, and for the record by whom and why. */
export interface Revocation {
  readonly id: string;
  /** Whose key it has to be; any house's, if it is left out. */
  readonly tenant?: string;
  readonly by: string;
  readonly reason: string;
}

/** What came of a revocation. */
export interface Revoked {
  readonly partner: string;
  readonly hint: string;
  /** Whether its partner has no other valid key. */
  readonly isLast: boolean;
  /** Subscriptions that were stopped with it. */
  readonly stopped: number;
}

/**
 * Revokes a key, in the caller's transaction. With a partner's last valid key its webhooks are
 * told no more, until somebody resumes them: whoever may not ask must not be told either.
 * Undefined where there is no such valid key.
 */
export async function revokeKey(
  client: Pick<ClientBase, "query">,
  schemas: Schemas,
  { id, tenant, by, reason }: Revocation,
): Promise<Revoked | undefined> {
  const write = identifier(schemas.write);
  // Two who revoke the last two keys at once must not each find the other one valid.
  await client.query(
    `select from ${write}.partner_key where (tenant, partner) in (
       select tenant, partner from ${write}.partner_key where id::text = $1) order by id for update`,
    [id],
  );
  const { rows } = await client.query<Revoked>(
    `with revoked as (
       update ${write}.partner_key set revoked_at = clock_timestamp(), revoked_by = $3,
         revoked_reason = $4
       where id::text = $1 and tenant = coalesce($2, tenant) and revoked_at is null
       returning id, tenant, partner, hint
     ), last as (
       select tenant, partner from revoked as r where not exists (
         select from ${write}.partner_key as k where k.tenant = r.tenant
         and k.partner = r.partner and k.revoked_at is null and k.id <> r.id)
     ), stopped as (
       update ${write}.webhook_subscription as s set paused_at = clock_timestamp(),
         paused_by = 'selvedge', paused_reason = 'the last key of its partner was revoked'
       from last where s.tenant = last.tenant and s.partner = last.partner
       and s.paused_at is null returning s.id
     )
     select partner, hint, exists (select from last) as "isLast",
       (select count(*)::int from stopped) as stopped from revoked`,
    [id, tenant ?? null, by, reason],
  );
  return rows[0];
}
