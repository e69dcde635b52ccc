import { expect, test } from "vitest";
import { Selvedge } from "../index.ts";
import { fakeSelvedge, manualClock, waitForFresh } from "./index.ts";

const order = { channel: "shop", externalRef: "A-1", lines: [{ sku: "TEE", qty: 1 }] };

/** A house whose board of orders is so late, and what a screen of it shows. */
function houseWithLag(lagMs: number) {
  const clock = manualClock();
  const fake = fakeSelvedge({ clock }).withLag("orderBoard", lagMs);
  fake.answers("orders.orderBoard", [{ orderId: "o-1", status: "allocated" }]);
  fake.answers("orders.placeOrder", () => {
    fake.answers("orders.orderBoard", [
      { orderId: "o-1", status: "allocated" },
      { orderId: "o-2", status: "allocated" },
    ]);
    return { orderId: "o-2", lines: [] };
  });
  const selvedge = new Selvedge(fake.options);
  const stranger = new Selvedge(fake.options);
  return { clock, fake, selvedge, stranger };
}

const idsOf = ({ data }: { data: { rows: { orderId: string }[] } }) =>
  data.rows.map(({ orderId }) => orderId);

test("a stranger sees old rows, and is told how old", async () => {
  const { clock, selvedge, stranger } = houseWithLag(500);
  await selvedge.orders.placeOrder(order);
  await clock.advance(200);

  const old = await stranger.orders.orderBoard();
  expect(idsOf(old)).toEqual(["o-1"]);
  expect(old.freshness).toEqual({
    asOf: "2026-01-05T10:00:00.000Z",
    lagMs: 200,
    withinPromise: false,
    pending: 1,
    includesReceipt: null,
    servedFrom: "readModel",
  });

  await clock.advance(300);
  const fresh = await stranger.orders.orderBoard();
  expect(idsOf(fresh)).toEqual(["o-1", "o-2"]);
  expect(fresh.freshness).toMatchObject({ lagMs: 0, pending: 0, asOf: "2026-01-05T10:00:00.500Z" });
});

test("who wrote waits for their write; who would rather not is served the old rows", async () => {
  const { clock, selvedge } = houseWithLag(500);
  await selvedge.orders.placeOrder(order);

  const served = await selvedge.orders.orderBoard({}, { onMiss: "serve" });
  expect(idsOf(served)).toEqual(["o-1"]);
  expect(served.freshness.includesReceipt).toBe(false);

  let answered = false;
  const mine = selvedge.orders.orderBoard().finally(() => {
    answered = true;
  });
  await clock.advance(499);
  expect(answered).toBe(false);
  await clock.advance(1);
  expect(idsOf(await mine)).toEqual(["o-1", "o-2"]);
  expect((await mine).freshness.includesReceipt).toBe(true);
});

test("a read model that is too late is not fresh when the time is up", async () => {
  const { clock, selvedge, stranger } = houseWithLag(60_000);
  const { receipt } = await selvedge.orders.placeOrder(order);

  const waiting = stranger.orders
    .orderBoard({}, { atLeast: receipt, timeoutMs: 10_000 })
    .catch((error: unknown) => error);
  // No server waits longer than this.
  await clock.advance(5_000);
  expect(await waiting).toMatchObject({
    code: "NOT_FRESH",
    retryable: true,
    details: { freshness: { pending: 1, includesReceipt: false, lagMs: 5_000 } },
  });

  const atOnce = stranger.orders.orderBoard({}, { maxStaleMs: 1_000, onMiss: "error" });
  await expect(atOnce).rejects.toMatchObject({ code: "NOT_FRESH" });
  const within = await stranger.orders.orderBoard({}, { maxStaleMs: 5_000, onMiss: "error" });
  expect(within.freshness.lagMs).toBe(5_000);
});

test.each([
  ["patch", "patched"],
  ["live", "live"],
] as const)("onMiss %s shows what is so", async (onMiss, servedFrom) => {
  const { selvedge } = houseWithLag(Infinity);
  await selvedge.orders.placeOrder(order);
  const board = await selvedge.orders.orderBoard({}, { onMiss });
  expect(idsOf(board)).toEqual(["o-1", "o-2"]);
  expect(board.freshness).toMatchObject({
    lagMs: 0,
    pending: 0,
    includesReceipt: true,
    servedFrom,
  });
});

test("lag is of one read model alone", async () => {
  const { fake, selvedge } = houseWithLag(Infinity);
  fake.answers("stock.sellableAvailability", [{ sku: "TEE", available: 3 }]);
  await selvedge.orders.placeOrder(order);
  fake.answers("stock.sellableAvailability", [{ sku: "TEE", available: 2 }]);
  const { data, freshness } = await selvedge.stock.sellableAvailability({ sku: "TEE" });
  expect(data.rows.map(({ available }) => available)).toEqual([2]);
  expect(freshness.includesReceipt).toBe(true);
});

test("rows that a test changes by itself are late as well", async () => {
  const { clock, fake, stranger } = houseWithLag(500);
  fake.answers("orders.orderBoard", []);
  expect(idsOf(await stranger.orders.orderBoard())).toEqual(["o-1"]);
  await clock.advance(500);
  expect(idsOf(await stranger.orders.orderBoard())).toEqual([]);
});

test("a test that wants the screen fresh waits for that", async () => {
  const { clock, fake, selvedge, stranger } = houseWithLag(500);
  await selvedge.orders.placeOrder(order);
  const begun = clock.now();
  await fake.waitForFresh();
  expect(clock.now() - begun).toBe(500);
  expect(idsOf(await stranger.orders.orderBoard())).toEqual(["o-1", "o-2"]);

  await selvedge.orders.placeOrder({ ...order, externalRef: "A-2" });
  const asked = waitForFresh(stranger.orders.orderBoard, { orderId: "o-2" });
  await clock.advance(500);
  expect((await asked).freshness).toMatchObject({ pending: 0, lagMs: 0 });

  fake.withLag("orderBoard", Infinity);
  await expect(fake.waitForFresh()).rejects.toThrow("The lag of orders.orderBoard is infinite.");
});

test("by the machine's clock it is the same", async () => {
  const fake = fakeSelvedge().withLag("orderBoard", 20);
  fake.answers("orders.orderBoard", []);
  fake.answers("orders.placeOrder", () => {
    fake.answers("orders.orderBoard", [{ orderId: "o-1" }]);
    return { orderId: "o-1", lines: [] };
  });
  const selvedge = new Selvedge(fake.options);
  await selvedge.orders.placeOrder(order);
  expect(idsOf(await selvedge.orders.orderBoard({}, { onMiss: "serve" }))).toEqual([]);
  expect(idsOf(await selvedge.orders.orderBoard())).toEqual(["o-1"]);
});

test("a receipt of somewhere else is refused", async () => {
  const { selvedge } = houseWithLag(0);
  const theirs = selvedge.orders.orderBoard({}, { atLeast: "r1.0123456789ab.7" });
  await expect(theirs).rejects.toMatchObject({ code: "RECEIPT_REFUSED" });
});

test("a call that waits ends with its signal", async () => {
  const { selvedge } = houseWithLag(Infinity);
  await selvedge.orders.placeOrder(order);
  const controller = new AbortController();
  const waiting = selvedge.orders.orderBoard({}, { signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
});
