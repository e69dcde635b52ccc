import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { releasedWave } from "../../../../../../test/harness/waves.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.stocks("TEE", 100);
});
afterAll(() => house.stop());

const reason = "carrier comes tomorrow";
const cancel = (waveId: string) => house.client.waves.cancelWave({ waveId, reason });
const released = async () => {
  const orders = [await house.sells({ TEE: 1 }), await house.sells({ TEE: 1 })];
  return (await releasedWave(house, ...orders.map(({ orderId }) => orderId))).waveId;
};

test("a cancelled wave lets its open tasks go; what was picked stays picked", async () => {
  const waveId = await released();
  const { waves, stock } = house.client;
  await waves.confirmPick({ waveId, task: 1, scannedSku: "TEE", qty: 1 });
  const answer = await cancel(waveId);
  expect(answer.data).toEqual({ waveId, cancelled: 1 });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "PickWave", id: waveId, version: 4, type: "WaveCancelled" },
      data: { reason, tasks: 1 },
    },
  ]);
  const { data: list } = await waves.pickList({ waveId });
  expect(list.rows).toMatchObject([
    { state: "picked", reason: null, waveStatus: "cancelled" },
    { state: "cancelled", reason },
  ]);
  const { data: lines } = await stock.allocations({
    orderId: list.rows.map(({ orderId }) => orderId),
  });
  expect(new Set(lines.rows.map(({ state }) => state))).toEqual(new Set(["picked", "allocated"]));
});

test("what is sent again under the same command id is applied once", async () => {
  const waveId = await released();
  await house.answersOnce((options) => house.client.waves.cancelWave({ waveId, reason }, options));
});

describe("cancelling is refused", () => {
  test("for a wave that nobody planned", async () => {
    await house.refuses(() => cancel(randomUUID()), "wave-unknown");
  });

  test("the second time, and for a wave that is done", async () => {
    const waveId = await released();
    await cancel(waveId);
    const error = await house.refuses(() => cancel(waveId), "wave-status-forbids");
    expect(error).toMatchObject({ kind: "conflict", details: { status: "cancelled" } });
    const done = await released();
    for (const task of [1, 2]) {
      await house.client.waves.confirmPick({ waveId: done, task, scannedSku: "TEE", qty: 1 });
    }
    await house.refuses(() => cancel(done), "wave-status-forbids");
  });
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
