import { randomUUID } from "node:crypto";
import { isSelvedgeError, Selvedge, type SelvedgeError } from "@selvedge/sdk";
import { expect, onTestFinished, test } from "vitest";
import { startSelvedge } from "../../../test/harness/selvedge.ts";
import { fakeSelvedge } from "./index.ts";

/* What a program sees of the fake is what it sees of a server that is in the same state. */

const ref = randomUUID();
const order = (externalRef: string, sku = "TEE") => ({
  channel: "shop",
  externalRef,
  lines: [{ sku, qty: 1 }],
});

/** All that a caller can tell of an error, but for what is a different text each time. */
function toldBy(error: unknown): object {
  if (!isSelvedgeError(error)) throw error;
  const { code, reason, kind, details, retryable, hint } = error as SelvedgeError;
  const message = error.message.replaceAll(/\d+ ms/g, "some ms");
  return { code, reason, kind, details: shapeOf(details), retryable, message, hint };
}

/** A value with the types of its leaves in their place. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value === null ? null : typeof value;
  if (Array.isArray(value)) return value.map(shapeOf);
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, shapeOf(of)]));
}

/** Goes through everything that a program can meet, and tells what it met. */
async function whatIsMet(selvedge: Selvedge, stranger: Selvedge): Promise<unknown[]> {
  const met: unknown[] = [];
  const failing = (call: Promise<unknown>) => met.push(call.then(() => "it did not fail", toldBy));
  const commandId = randomUUID();
  const placed = await selvedge.orders.placeOrder(order(ref), { commandId });
  met.push(shapeOf(placed), placed.repeated);
  const again = await selvedge.orders.placeOrder(order(ref), { commandId });
  met.push(
    again.receipt === placed.receipt,
    again.repeated,
    again.data.orderId === placed.data.orderId,
  );
  failing(selvedge.orders.placeOrder(order("another"), { commandId }));
  failing(selvedge.orders.placeOrder(order(ref)));
  failing(selvedge.orders.cancelOrder({ orderId: randomUUID(), reason: "none" }));
  failing(stranger.orders.orderBoard({ cursor: "mine" }));
  failing(stranger.orders.orderBoard({}, { atLeast: "r1.0123456789ab.7" }));
  failing(stranger.orders.orderBoard({}, { atLeast: placed.receipt, onMiss: "error" }));
  failing(stranger.orders.orderBoard({}, { atLeast: placed.receipt, timeoutMs: 6_000 }));
  const old = await stranger.orders.orderBoard({}, { atLeast: placed.receipt, onMiss: "serve" });
  met.push(
    old.data,
    old.freshness.includesReceipt,
    old.freshness.pending > 0,
    old.freshness.servedFrom,
  );
  const now = await stranger.orders.orderBoard({}, { atLeast: placed.receipt, onMiss: "patch" });
  met.push(now.data.rows.length, now.freshness.includesReceipt, now.freshness.servedFrom);
  const many = [order(`${ref}-b`), order(ref)].map(
    (input) => ({ command: "orders.placeOrder", input }) as const,
  );
  const none = { command: "orders.orderTotals", input: {} } as never;
  for await (const one of selvedge.bulk([...many, none])) {
    met.push(one.outcome, "error" in one ? toldBy(one.error) : shapeOf(one.data));
  }
  return Promise.all(met);
}

test("the fake is like the server, for everything that a program can meet", async () => {
  // Without a refresher the board shows nothing, as with a lag without end.
  const real = await startSelvedge({ roles: ["command", "query"] });
  onTestFinished(() => real.stop());
  await real.client.catalogue.registerVariant({ sku: "TEE" });
  // Asked once, the read model is built; from then on nobody refreshes it.
  await real.client.orders.orderBoard({}, { onMiss: "live" });

  const fake = fakeSelvedge().withLag("orderBoard", Infinity);
  fake.answers("orders.orderBoard", []);
  const taken = new Set<string>();
  fake.answers("orders.placeOrder", ({ externalRef }, { refuse }) => {
    const message = "This channel has placed an order with this reference.";
    if (taken.has(externalRef)) refuse("external-ref-taken", { message });
    taken.add(externalRef);
    fake.answers("orders.orderBoard", [{ orderId: "o-1" }]);
    return {
      orderId: "o-1",
      lines: [{ line: 1, allocated: false, batch: null, lpns: [] }],
    };
  });
  fake.refuses("orders.cancelOrder", "order-unknown", {
    kind: "not-found",
    message: "There is no such order.",
    details: { orderId: "o" },
  });

  const client = (options: ConstructorParameters<typeof Selvedge>[0]) =>
    new Selvedge({ ...options, retriesMax: 0 });
  const { baseUrl } = real;
  const ofServer = await whatIsMet(client({ baseUrl }), client({ baseUrl }));
  const ofFake = await whatIsMet(client(fake.options), client(fake.options));
  expect(ofFake).toEqual(ofServer);
});
