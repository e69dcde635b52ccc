import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

test("an announced batch comes in once, and its lines keep their pieces", async () => {
  await house.stocks("TEE");
  await house.client.stock.addBatch({ ref: "b", sku: "TEE", qty: 5, eta: "2026-12-01T08:00:00Z" });
  const { lines } = await house.sells({ TEE: 2 });
  expect(lines[0]?.batch).toBe("b");
  const answer = await house.answersOnce((options) =>
    house.client.stock.receiveBatch({ ref: "b" }, options),
  );
  expect(await house.journalOf(answer)).toMatchObject([
    { kind: "SkuStock", type: "BatchArrived", data: { ref: "b", qty: 5 } },
  ]);
  const { data } = await house.client.stock.sellableAvailability(
    { sku: "TEE" },
    { atLeast: [answer.receipt] },
  );
  expect(data.rows).toMatchObject([{ onHand: 5, reserved: 2, available: 3, incoming: 0 }]);
  await house.refuses(() => house.client.stock.receiveBatch({ ref: "b" }), "batch-here");
  expect(await house.gaps()).toEqual([]);
});

test("a batch that nobody announced does not come in", async () => {
  await house.refuses(() => house.client.stock.receiveBatch({ ref: "none" }), "batch-unknown");
});
