import { Selvedge as Client } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const pieces = 50;
const tries = 200;

/** Sixteen clients, each with receipts of its own, that share the work. */
async function shared<Answer>(
  work: number,
  one: (client: Client, i: number) => Promise<Answer>,
): Promise<Answer[]> {
  const clients = Array.from({ length: 16 }, () => new Client({ baseUrl: house.baseUrl }));
  const answers: Answer[] = [];
  let next = 0;
  await Promise.all(
    clients.map(async (client) => {
      for (let i = next++; i < work; i = next++) answers.push(await one(client, i));
    }),
  );
  return answers;
}

async function batch(ref: string) {
  const rows = await house.database.query(
    `select qty, allocated, (select count(*)::int from selvedge.allocation as a
       where a.batch = b.ref) as lines
     from selvedge.batch as b where ref = $1`,
    [ref],
  );
  return rows[0];
}

test("of 200 orders for 50 pieces from 16 clients 50 have theirs and 150 wait, no error", async () => {
  await house.stocks("HOT", pieces);
  const answers = await shared(tries, (client, i) =>
    client.orders.placeOrder({
      channel: "shop",
      externalRef: `hot-${i}`,
      lines: [{ sku: "HOT", qty: 1 }],
    }),
  );
  expect(answers.length).toBe(tries);
  const allocated = answers.filter(({ data }) => data.lines[0]?.allocated);
  expect(allocated.length).toBe(pieces);
  expect(await batch("HOT/1")).toEqual({ qty: pieces, allocated: pieces, lines: pieces });

  const atLeast = answers.map(({ receipt }) => receipt).slice(-50);
  const { data: stock } = await house.client.stock.sellableAvailability(
    { sku: "HOT" },
    { atLeast },
  );
  expect(stock.rows).toMatchObject([{ onHand: pieces, reserved: pieces, available: 0 }]);
  const { data: totals } = await house.client.orders.orderTotals({}, { atLeast });
  expect(new Map(totals.byStatus.map(({ status, orders }) => [status, orders]))).toEqual(
    new Map([
      ["allocated", pieces],
      ["backordered", tries - pieces],
    ]),
  );
  expect(await house.gaps()).toEqual([]);
});

test("orders of several SKUs, named in any order, never wait for each other in a circle", async () => {
  const skus = ["A", "B", "C", "D"];
  for (const sku of skus) await house.stocks(sku, 30);
  const answers = await shared(100, (client, i) => {
    const turned = skus.map((_, n) => skus[(n * (i % 2 === 0 ? 1 : 3) + i) % 4] ?? "A");
    const lines = turned.map((sku) => ({ sku, qty: 1 }));
    return client.orders.placeOrder({ channel: "mixed", externalRef: `mixed-${i}`, lines });
  });
  const allocated = answers.flatMap(({ data }) => data.lines.filter((line) => line.allocated));
  expect(allocated.length).toBe(4 * 30);
  for (const sku of skus) {
    expect(await batch(`${sku}/1`)).toEqual({ qty: 30, allocated: 30, lines: 30 });
  }
  expect(await house.gaps()).toEqual([]);
});

test("orders placed, cancelled, deallocated and allocated at once leave the books even", async () => {
  await house.stocks("CHURN", 20);
  await shared(60, async (client, i) => {
    const lines = [{ sku: "CHURN", qty: 1 + (i % 3) }];
    const order = { channel: "churn", externalRef: `churn-${i}`, lines };
    const { orderId, lines: placed } = (await client.orders.placeOrder(order)).data;
    if (i % 2 === 0) await client.orders.cancelOrder({ orderId, reason: "changed mind" });
    else if (placed[0]?.allocated && i % 3 === 0) {
      await client.stock.deallocateLine({ orderId, line: 1, reason: "express first" });
      await client.stock.allocateLine({ orderId, line: 1 });
    }
  });
  const [sums] = await house.database.query<Record<string, number>>(
    `select b.qty, b.allocated, coalesce(sum(a.qty), 0)::int as promised
     from selvedge.batch as b left join selvedge.allocation as a on a.batch = b.ref
     where b.ref = 'CHURN/1' group by b.qty, b.allocated`,
  );
  expect(sums?.promised).toBe(sums?.allocated);
  expect(sums?.allocated).toBeLessThanOrEqual(sums?.qty ?? -1);
  const cancelled = await house.database.query(
    `select a.order_id from selvedge.allocation as a
     join selvedge.sales_order as o on o.id = a.order_id where o.status = 'cancelled'`,
  );
  expect(cancelled).toEqual([]);
  expect(await house.gaps()).toEqual([]);
});
