import { z } from "zod";
import { operation } from "../kernel/procedure.ts";

/** Whoever is shown a page asks what they may do on it, so that it offers nothing else. */
export const access = operation
  .meta({
    scope: "operations:read",
    doc: "Who is calling, as the server knows them, and the scopes that they have.",
  })
  .input(z.strictObject({}).optional())
  .output(
    z.strictObject({
      tenant: z.string(),
      partner: z.string(),
      actor: z.string(),
      scopes: z.array(z.string()).max(1_000),
    }),
  )
  .query(({ ctx: { identity } }) => ({
    ...{ tenant: identity.tenant, partner: identity.partner, actor: identity.actor },
    scopes: identity.scopes.slice(0, 1_000),
  }));
