import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.stocks("TEE", 50);
});
afterAll(() => house.stop());

const reason = "address confirmed";
const release = (orderId: string) => house.client.orders.releaseOrder({ orderId, reason });

async function held() {
  const { orderId } = await house.sells({ TEE: 1 });
  await house.client.orders.holdOrder({ orderId, reason: "address in doubt" });
  return orderId;
}

test("a released order waits for nothing, and may be held anew", async () => {
  const orderId = await held();
  const answer = await release(orderId);
  expect(answer.data).toEqual({ orderId });
  expect(await house.journalOf(answer)).toEqual([
    { kind: "Order", id: orderId, version: 3, type: "OrderReleased", data: { reason } },
  ]);
  const { data } = await house.client.orders.orderBoard({ orderId });
  expect(data.rows).toMatchObject([{ status: "allocated", hold: null, blocker: null }]);
  await house.client.orders.holdOrder({ orderId, reason: "once more" });
});

test("what is sent again under the same command id is applied once", async () => {
  const orderId = await held();
  await house.answersOnce((options) =>
    house.client.orders.releaseOrder({ orderId, reason }, options),
  );
});

describe("releasing is refused", () => {
  test("for an order that nobody placed", async () => {
    await house.refuses(() => release(randomUUID()), "order-unknown");
  });

  test("for an order that is not held, or not any more", async () => {
    const { orderId } = await house.sells({ TEE: 1 });
    await house.refuses(() => release(orderId), "order-not-held");
    const other = await held();
    await release(other);
    await house.refuses(() => release(other), "order-not-held");
  });

  test("for a cancelled order", async () => {
    const orderId = await held();
    await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
    await house.refuses(() => release(orderId), "order-cancelled");
  });
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
