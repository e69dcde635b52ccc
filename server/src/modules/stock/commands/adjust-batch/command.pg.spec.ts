import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { binOf, expectSoundBooks, hasBin } from "../../../../../../test/harness/pieces.ts";
import { releasedWave } from "../../../../../../test/harness/waves.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const adjust = (ref: string, by: number, reason = "counted") =>
  house.client.stock.adjustBatch({ ref, by, reason });

async function available(sku: string) {
  const { data } = await house.client.stock.sellableAvailability({ sku });
  return data.rows.map(({ onHand, reserved, available }) => [onHand, reserved, available]);
}

test.each([
  ["turn up", 4, [[9, 2, 7]]],
  ["are written off", -3, [[2, 2, 0]]],
])("pieces of a batch that %s show, with the reason in the journal", async (how, by, rows) => {
  const sku = `SOME ${how}`;
  await house.stocks(sku, 5);
  await house.sells({ [sku]: 2 });
  const answer = await adjust(`${sku}/1`, by, "torn");
  expect(answer.data).toEqual({ ref: `${sku}/1`, qty: 5 + by, deallocated: [] });
  expect(await available(sku)).toEqual(rows);
  const data = { ref: `${sku}/1`, by, before: 5, after: 5 + by, reason: "torn" };
  expect(await house.journalOf(answer)).toEqual([
    { kind: "SkuStock", id: `main/${sku}/N`, version: 3, type: "StockAdjusted", data },
  ]);
});

test("sixteen who write pieces off at once all have theirs counted", async () => {
  await house.stocks("CROWD", 40);
  await Promise.all(Array.from({ length: 16 }, () => adjust("CROWD/1", -2)));
  expect(await available("CROWD")).toEqual([[8, 0, 8]]);
});

test("a line that loses its pieces has others at once, and is not picked", async () => {
  await house.stocks("NEXT", 3, 3);
  const kept = await house.sells({ NEXT: 1 }, { priority: 1 });
  const lost = await house.sells({ NEXT: 2 });
  const { waveId } = await releasedWave(house, lost.orderId);
  const { data } = await adjust("NEXT/1", -1, "burnt");
  expect(data.deallocated).toEqual([
    { orderId: lost.orderId, line: 1, qty: 2, batch: "NEXT/2", lpns: [] },
  ]);
  const { data: list } = await house.client.waves.pickList({ waveId });
  expect(list.rows).toMatchObject([{ state: "cancelled" }]);
  const { data: lines } = await house.client.stock.allocations({ orderId: kept.orderId });
  expect(lines.rows).toMatchObject([{ batch: "NEXT/1" }]);
  expect(await available("NEXT")).toEqual([[5, 3, 2]]);
});

test("an adjustment that is sent again under the same command id is applied once", async () => {
  await house.stocks("AGAIN", 5);
  await house.answersOnce((options) =>
    house.client.stock.adjustBatch({ ref: "AGAIN/1", by: -1, reason: "torn" }, options),
  );
  expect(await available("AGAIN")).toEqual([[4, 0, 4]]);
});

describe("an adjustment is refused", () => {
  test("of a batch that is not there, or is another house's", async () => {
    const error = await house.refuses(() => adjust("nowhere", 1), "batch-unknown");
    expect(error).toMatchObject({ kind: "not-found", details: { ref: "nowhere" } });
    await house.stocks("MINE", 1);
    await house.refuses(
      () => house.elsewhere.stock.adjustBatch({ ref: "MINE/1", by: 1, reason: "found" }),
      "batch-unknown",
    );
  });

  test("by more pieces than the batch holds unpicked", async () => {
    await house.stocks("SHORT", 5);
    const { orderId } = await house.sells({ SHORT: 2 });
    const { waveId } = await releasedWave(house, orderId);
    const scan = { scannedSku: "SHORT", qty: 2 };
    await house.client.waves.confirmPick({ waveId, task: 1, ...scan });
    const error = await house.refuses(() => adjust("SHORT/1", -4), "batch-short");
    expect(error.details).toEqual({ ref: "SHORT/1", by: -4, qty: 5, picked: 2 });
    await adjust("SHORT/1", -3);
    expect(await available("SHORT")).toEqual([[2, 2, 0]]);
  });

  test("beyond a million pieces", async () => {
    await house.stocks("LARGE", 1_000_000);
    await house.refuses(() => adjust("LARGE/1", 1), "batch-too-large");
  });

  test("where its bin has no room, or is being counted", async () => {
    await house.stocks("LIES", 5);
    await hasBin(house, "LIES", { capacity: 6 });
    await house.client.stock.putAwayLot({ ref: "LIES/1", bin: "LIES" });
    const error = await house.refuses(() => adjust("LIES/1", 2), "bin-full");
    expect(error.details).toEqual({ bin: "LIES", capacity: 6, occupied: 5 });
    await adjust("LIES/1", -2);
    expect(await binOf(house, "LIES")).toMatchObject({ occupied: 3 });
    await house.client.bins.startCount({ bin: "LIES" });
    await house.refuses(() => adjust("LIES/1", -1), "bin-being-counted");
  });
});

test.each([
  ...[{ by: 0 }, { by: 0.5 }, { by: 1_000_001 }, { by: -1_000_001 }],
  ...[{ reason: "" }, { reason: undefined }, { ref: " a" }],
])("input with %o is not taken", async (odd) => {
  const input = { ref: "a", by: 1, reason: "counted", ...odd } as { ref: string };
  const call = house.client.stock.adjustBatch({ by: 1, reason: "counted", ...input });
  await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("every bin's books are right, and every history is whole", () => expectSoundBooks(house));
