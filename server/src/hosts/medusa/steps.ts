import type { AskOptions } from "../../host/in-process.ts";
import type { DataOf, InputOf } from "../../host/paths.ts";
import { SelvedgeError } from "../../host/selvedge-error.ts";
import { derivedCommandId } from "../../import/derived-command-id.ts";
import type { Freshness } from "../../kernel/freshness.ts";
import type { MedusaStepContext } from "./medusa.ts";
import { serviceOf } from "./service.ts";

/** An order, as a step of a workflow places it. */
export type OrderToPlace = Omit<InputOf<"orders.placeOrder">, "channel"> & {
  /** Medusa's, unless given. */
  readonly channel?: string;
};

/** An order that a step has placed. */
export type PlacedOrder = DataOf<"orders.placeOrder"> & { readonly receipt: string };

/** Places an order, once however often the step is tried. */
export async function placeOrder(
  order: OrderToPlace,
  { container, idempotencyKey }: MedusaStepContext,
): Promise<PlacedOrder> {
  const { selvedge, identity, channel } = serviceOf(container);
  const commandId = derivedCommandId("medusa step", idempotencyKey);
  const input = { channel, ...order };
  const { data, receipt } = await selvedge.execute("orders.placeOrder", input, identity, {
    commandId,
  });
  return { ...data, receipt };
}

/** Takes an order back: the compensation of `placeOrder`. */
export async function cancelOrder(
  orderId: string | undefined,
  { container, idempotencyKey }: MedusaStepContext,
): Promise<void> {
  if (orderId === undefined) return;
  const { selvedge, identity } = serviceOf(container);
  const commandId = derivedCommandId("medusa step taken back", idempotencyKey);
  const input = { orderId, reason: "the workflow was taken back" };
  try {
    await selvedge.execute("orders.cancelOrder", input, identity, { commandId });
  } catch (error) {
    if (!(error instanceof SelvedgeError && error.reason === "order-cancelled")) throw error;
  }
}

/** What can be sold, and how fresh that is. */
export interface Availability {
  readonly rows: DataOf<"stock.sellableAvailability">["rows"];
  readonly freshness: Freshness;
}

/** Asks what can be sold. */
export async function availability(
  {
    atLeast,
    maxStaleMs,
    onMiss,
    deadlineMs,
    ...input
  }: InputOf<"stock.sellableAvailability"> & AskOptions,
  { container }: Pick<MedusaStepContext, "container">,
): Promise<Availability> {
  const { selvedge, identity } = serviceOf(container);
  const { data, freshness } = await selvedge.ask("stock.sellableAvailability", input, identity, {
    ...{ atLeast, maxStaleMs, onMiss, deadlineMs },
  });
  return { rows: data.rows, freshness };
}
