import type { Identity } from "../../kernel/context.ts";
import type { MedusaActor } from "./medusa.ts";

/** Under which partner everything is sent that comes from Medusa. */
export const medusaPartner = "medusa";

/** What Medusa itself may do, for its events and workflows. */
export function hostIdentity(tenant: string): Identity {
  const scopes = ["catalogue:write", "orders:write", "orders:read", "stock:read", "journal:read"];
  return { tenant, partner: medusaPartner, actor: "medusa", scopes };
}

/** How callers are told apart. */
export interface ActorRules {
  readonly tenant: string;
  readonly scopesOf: (actor: MedusaActor) => readonly string[];
}

/** Who works in Medusa's admin may do everything, and so may a secret API key. */
export const allScopes = (): readonly string[] => ["*"];

/** Who an actor of Medusa is to Selvedge; customers and others are nobody. */
export function identityOf(
  actor: MedusaActor | undefined,
  { tenant, scopesOf }: ActorRules,
): Identity | undefined {
  if (!actor?.actor_id || !["user", "api-key"].includes(actor.actor_type)) return undefined;
  return { tenant, partner: medusaPartner, actor: actor.actor_id, scopes: scopesOf(actor) };
}
