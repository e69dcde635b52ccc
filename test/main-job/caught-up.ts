import type { Selvedge } from "@selvedge/sdk";
import { expect } from "vitest";

/** Waits until what was written so far, by whomever, shows in the read models of orders. */
export async function caughtUp(client: Selvedge): Promise<void> {
  const now = { maxStaleMs: 0, onMiss: "wait", deadlineMs: 5_000 } as const;
  const asked = () =>
    Promise.all([
      client.orders.orderTotals({}, now),
      client.stock.topSkus({ limit: 1 }, now),
      client.stock.sellableAvailability({ limit: 1 }, now),
      client.shipments.packAndShipQueue({ limit: 1 }, now),
    ]);
  const isIn = () =>
    asked().then(
      () => true,
      () => false,
    );
  await expect.poll(isIn, { timeout: 120_000 }).toBe(true);
}
