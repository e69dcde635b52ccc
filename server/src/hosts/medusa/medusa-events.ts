import type { HostEventHandler, House } from "../../host/host-events.ts";
import { SelvedgeError } from "../../host/selvedge-error.ts";
import type { MedusaContainer, MedusaLogger, MedusaSide, MedusaSubscriberCall } from "./medusa.ts";
import { type Order, orderFields, orderOf } from "./orders.ts";
import { readAll, type SelvedgeModuleService, serviceOf } from "./service.ts";
import { type Variant, variantFields, variantOf } from "./variants.ts";

/** Which of Medusa's events Selvedge takes, for the `config` of `src/subscribers/selvedge.ts`. */
export const medusaEvents: string[] = [
  "order.placed",
  "order.canceled",
  "product.created",
  "product-variant.created",
];

/** A subscriber for those events. However often it is called with one, it is handled once. */
export async function takeMedusaEvent({ event, container }: MedusaSubscriberCall): Promise<void> {
  const { selvedge, identity } = serviceOf(container);
  const { name: type, data } = event;
  const { id } = (data ?? {}) as { id?: string };
  await selvedge.takeHostEvent({ id: id ? `${type}:${id}` : "", type, data, identity });
}

const hourMs = 3_600_000;

/**
 * Takes the last hours' variants, orders and cancellations again, for a scheduled job. What
 * Medusa's event bus lost with a process, or told while Selvedge was not there, is made up for;
 * what was taken stays as it is.
 */
export async function takeMissedEvents(
  container: MedusaContainer,
  { hours = 1 }: { readonly hours?: number } = {},
): Promise<void> {
  const since = { $gte: new Date(Date.now() - hours * hourMs) };
  const missed = async (
    name: string,
    entity: string,
    filters: Readonly<Record<string, unknown>>,
  ) => {
    const rows = await readAll<{ id: string }>(container, entity, ["id"], filters);
    return rows.map(({ id }) => ({ name, data: { id } }));
  };
  const events = [
    ...(await missed("product-variant.created", "variant", { created_at: since })),
    ...(await missed("order.placed", "order", { status: "pending", created_at: since })),
    ...(await missed("order.canceled", "order", { status: "canceled", canceled_at: since })),
  ];
  const failures: unknown[] = [];
  for (const event of events) {
    await takeMedusaEvent({ event, container }).catch((error) => failures.push(error));
  }
  if (failures.length === 0) return;
  throw new AggregateError(
    failures,
    `${failures.length} of ${events.length} events are not taken.`,
  );
}

/** Registers what is done with Medusa's events. */
export function takeMedusaEvents(
  { selvedge, channel }: SelvedgeModuleService,
  { container, logger }: MedusaSide,
): void {
  const on = (type: string, handler: HostEventHandler<{ readonly id: string }>) =>
    selvedge.onHostEvent(type, handler);

  on("order.placed", async ({ data: { id } }, house) => {
    const [order] = await readAll<Order>(container, "order", orderFields, { id });
    const placing = order && orderOf(order, channel);
    if (!order || !placing) return logger.debug(`Selvedge: nothing of order ${id} is sent.`);
    const place = (...expected: readonly string[]) =>
      unless(["external-ref-taken", ...expected], house.execute("orders.placeOrder", placing));
    if ((await place("variant-unknown")) !== "variant-unknown") return;
    const variants = order.items.flatMap(({ variant }) => variant ?? []);
    await registerVariants(house, variants, logger);
    await place();
  });

  on("order.canceled", async ({ data: { id } }, house) => {
    // Exact, and without a wait for the refresh.
    const asked = { maxStaleMs: 0, onMiss: "patch", deadlineMs: 5_000 } as const;
    const { data } = await house.ask("orders.orderBoard", { channel, externalRef: id }, asked);
    for (const { orderId } of data.rows) {
      const refused = await unless(
        ["order-cancelled", "order-handed-over"],
        house.execute("orders.cancelOrder", { orderId, reason: "cancelled in Medusa" }),
      );
      if (refused === "order-handed-over") logger.warn(`Selvedge: order ${id} has left already.`);
    }
  });

  on("product.created", async ({ data: { id } }, house) => {
    const of = { product_id: id };
    const variants = await readAll<Variant>(container, "variant", variantFields, of);
    await registerVariants(house, variants, logger);
  });

  on("product-variant.created", async ({ data: { id } }, house) => {
    const variants = await readAll<Variant>(container, "variant", variantFields, { id });
    await registerVariants(house, variants, logger);
  });
}

async function registerVariants(
  house: House,
  variants: readonly Variant[],
  logger: MedusaLogger,
): Promise<void> {
  // In an order of its own, as the ids of its commands follow from it.
  for (const variant of variants.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const facts = variantOf(variant);
    if (!facts) continue;
    const refused = await unless(
      ["variant-differs"],
      house.execute("catalogue.registerVariant", facts),
    );
    if (refused) logger.warn(`Selvedge: ${facts.sku} is registered with other facts.`);
  }
}

/**
 * Waits for a command that may be refused for some reasons, and answers which one it was. That its
 * id was used with another body is one of them: Medusa has changed since it was applied.
 */
async function unless(
  reasons: readonly string[],
  sent: Promise<unknown>,
): Promise<string | undefined> {
  try {
    await sent;
    return undefined;
  } catch (error) {
    if (!(error instanceof SelvedgeError)) throw error;
    const why = error.code === "REFUSED" ? error.reason : error.code;
    if (why === "COMMAND_ID_REUSED" || (why && reasons.includes(why))) return why;
    throw error;
  }
}
