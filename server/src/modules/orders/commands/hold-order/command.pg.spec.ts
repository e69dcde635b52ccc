import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.stocks("TEE", 50);
});
afterAll(() => house.stop());

const reason = "address in doubt";
const hold = (orderId: string) => house.client.orders.holdOrder({ orderId, reason });

test("a held order keeps its stock and says what it waits for", async () => {
  const { orderId } = await house.sells({ TEE: 2 });
  const answer = await hold(orderId);
  expect(answer.data).toEqual({ orderId });
  expect(await house.journalOf(answer)).toEqual([
    { kind: "Order", id: orderId, version: 2, type: "OrderHeld", data: { reason } },
  ]);
  const { data } = await house.client.orders.orderBoard({ orderId });
  expect(data.rows).toMatchObject([
    { status: "allocated", allocatedLines: 1, hold: reason, blocker: `held: ${reason}` },
  ]);
});

test("a held order may be cancelled, and holds nothing then", async () => {
  const { orderId } = await house.sells({ TEE: 1 });
  await hold(orderId);
  await house.client.orders.cancelOrder({ orderId, reason: "fraud" });
  const { data } = await house.client.orders.orderBoard({ orderId });
  expect(data.rows).toMatchObject([{ status: "cancelled", hold: null, blocker: null }]);
});

test("what is sent again under the same command id is applied once", async () => {
  const { orderId } = await house.sells({ TEE: 1 });
  await house.answersOnce((options) => house.client.orders.holdOrder({ orderId, reason }, options));
});

describe("holding is refused", () => {
  test("for an order that nobody placed, or that another house has", async () => {
    await house.refuses(() => hold(randomUUID()), "order-unknown");
    const { orderId } = await house.sells({ TEE: 1 });
    const theirs = house.elsewhere.orders;
    await house.refuses(() => theirs.holdOrder({ orderId, reason }), "order-unknown");
  });

  test("for a cancelled order", async () => {
    const { orderId } = await house.sells({ TEE: 1 });
    await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
    await house.refuses(() => hold(orderId), "order-cancelled");
  });

  test("but for one of sixteen who hold at once; the first reason stays", async () => {
    const { orderId } = await house.sells({ TEE: 1 });
    const all = await Promise.allSettled(Array.from({ length: 16 }, () => hold(orderId)));
    expect(all.filter(({ status }) => status === "fulfilled").length).toBe(1);
    const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
    expect(reasons).toEqual(Array(15).fill("order-held"));
    const again = () => house.client.orders.holdOrder({ orderId, reason: "another" });
    const error = await house.refuses(again, "order-held");
    expect(error).toMatchObject({ kind: "conflict", details: { orderId, reason } });
  });
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
