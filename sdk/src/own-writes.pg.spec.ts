import { randomUUID } from "node:crypto";
import { Selvedge } from "@selvedge/sdk";
import { expect, onTestFinished, test } from "vitest";
import { createDatabase } from "../../test/harness/database.ts";
import { startSelvedge } from "../../test/harness/selvedge.ts";

const place = (client: Selvedge) =>
  client.orders.placeOrder({
    channel: "shop",
    externalRef: randomUUID(),
    lines: [{ sku: "TEE", qty: 1 }],
  });

test("a later command that a read model does not care for hides no earlier write", async () => {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const whole = await startSelvedge({}, database);
  await whole.client.catalogue.registerVariant({ sku: "TEE" });
  const { orderId } = (await place(whole.client)).data;
  const { data } = await whole.client.orders.orderBoard({ orderId });
  expect(data.rows).toHaveLength(1);
  await whole.stop();

  // No refresher runs here, so the order cannot be in, and the answer must not say that it is.
  const lone = await startSelvedge({ roles: ["command", "query"] }, database);
  onTestFinished(() => lone.stop());
  const client = new Selvedge({ baseUrl: lone.baseUrl });
  const placed = await place(client);
  await client.catalogue.registerVariant({ sku: "SOCK" });
  const board = await client.orders.orderBoard(
    { orderId: placed.data.orderId },
    { onMiss: "serve" },
  );
  expect(client.receipts()).toHaveLength(1);
  expect(board.data.rows).toEqual([]);
  expect(board.freshness.includesReceipt).toBe(false);
});
