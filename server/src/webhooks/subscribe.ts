import type { ClientBase } from "pg";
import { z } from "zod";
import { positionOfNow } from "../feed-reader.ts";
import { hasScope, type Identity } from "../kernel/context.ts";
import { Fault } from "../kernel/faults.ts";
import { logged } from "../kernel/operate.ts";
import { safeText } from "../kernel/primitives.ts";
import { operation } from "../kernel/procedure.ts";
import { identifier } from "../kernel/schemas.ts";
import { feedPosition, readPosition } from "../modules/journal/feed-position.ts";
import { whyNotTo } from "./addresses.ts";
import { webhooksChanged } from "./changed.ts";
import { makeSecret } from "./sign.ts";

const subscriptionsMax = 50;
const namesMax = 50;

const names = () => z.array(safeText(100)).min(1).max(namesMax);

/** A partner wants to be told. */
export const subscribe = operation
  .meta({
    scope: "webhooks:write",
    doc:
      "Has events sent to an address, in order, each signed, from now on or from a position of " +
      "the feed on. The secret is answered this once.",
    example: { url: "https://partner.example/selvedge", types: ["OrderPlaced", "OrderCancelled"] },
  })
  .input(
    z.strictObject({
      url: z.url({ protocol: /^https?$/ }).max(2_000),
      types: names().optional(),
      kinds: names().optional(),
      after: feedPosition().describe("From now on, if it is left out.").optional(),
    }),
  )
  .output(z.strictObject({ id: z.string(), secret: z.string(), position: z.string() }))
  .mutation(async ({ ctx: { engine, identity }, input }) => {
    const { url, types = null, kinds = null, after } = input;
    // Whoever is told of events reads them.
    if (!hasScope(identity, "journal:read")) {
      throw new Fault("FORBIDDEN", "This needs the scope journal:read as well.");
    }
    const why = whyNotTo(url, engine.allowPrivate);
    if (why !== undefined) {
      throw new Fault("BAD_INPUT", "Webhooks do not go to this address.", {
        details: { issues: [{ path: "url", message: why }] },
      });
    }
    readPosition(engine.epoch, after);
    const position = after ?? (await positionOfNow(engine));
    const secret = makeSecret();
    const table = `${identifier(engine.schemas.write)}.webhook_subscription`;
    const subject = new URL(url).host;
    const noted = { identity, subject, reason: "a partner wants to be told" };
    const id = await logged(engine, "webhooks.subscribe", noted, async (client) => {
      await requireRoom(client, table, identity);
      const { rows } = await client.query<{ id: string }>(
        `insert into ${table} (tenant, partner, url, types, kinds, secret, position, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
        [identity.tenant, identity.partner, url, types, kinds, secret, position, identity.actor],
      );
      return rows[0]?.id ?? "";
    });
    engine.signals.stale(webhooksChanged);
    return { id, secret, position };
  });

async function requireRoom(client: ClientBase, table: string, identity: Identity) {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from ${table} where tenant = $1 and partner = $2`,
    [identity.tenant, identity.partner],
  );
  if ((rows[0]?.count ?? 0) < subscriptionsMax) return;
  throw new Fault("BAD_INPUT", `A partner has at most ${subscriptionsMax} subscriptions.`, {
    hint: "Unsubscribe what nobody listens to.",
  });
}
