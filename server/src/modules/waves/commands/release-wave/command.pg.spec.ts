import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.stocks("TEE", 100);
});
afterAll(() => house.stop());

async function planned(orders = 1): Promise<string> {
  const all = await Promise.all(Array.from({ length: orders }, () => house.sells({ TEE: 1 })));
  const { data } = await house.client.waves.planWave({
    orderIds: all.map(({ orderId }) => orderId),
  });
  return data.waveId;
}
const release = (waveId: string) => house.client.waves.releaseWave({ waveId });

test("a released wave gives each picker a stretch of the walk", async () => {
  const waveId = await planned(5);
  const pickers = ["anna", "ben"];
  const answer = await house.client.waves.releaseWave({ waveId, pickers });
  expect(answer.data).toEqual({ waveId, tasks: 5 });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "PickWave", id: waveId, version: 2, type: "WaveReleased" },
      data: { pickers, tasks: 5 },
    },
  ]);
  const { data } = await house.client.waves.pickList({ waveId, waveStatus: "released" });
  expect(data.rows.map(({ task, picker }) => [task, picker])).toEqual([
    [1, "anna"],
    [2, "anna"],
    [3, "anna"],
    [4, "ben"],
    [5, "ben"],
  ]);
});

test("a wave may be released for whoever comes", async () => {
  const waveId = await planned();
  await release(waveId);
  const { data } = await house.client.waves.waveBoard({ waveId });
  expect(data.rows).toMatchObject([{ status: "released", open: 1, pickers: [] }]);
});

test("what is sent again under the same command id is applied once", async () => {
  const waveId = await planned();
  await house.answersOnce((options) => house.client.waves.releaseWave({ waveId }, options));
});

describe("releasing is refused", () => {
  test("for a wave that nobody planned, or that another house has", async () => {
    await house.refuses(() => release(randomUUID()), "wave-unknown");
    const waveId = await planned();
    await house.refuses(() => house.elsewhere.waves.releaseWave({ waveId }), "wave-unknown");
  });

  test("the second time, and for a wave that is given up", async () => {
    const waveId = await planned();
    await release(waveId);
    const error = await house.refuses(() => release(waveId), "wave-status-forbids");
    const details = { waveId, status: "released", needs: ["planned"] };
    expect(error).toMatchObject({ kind: "conflict", details });
    await house.client.waves.cancelWave({ waveId, reason: "no carrier" });
    await house.refuses(() => release(waveId), "wave-status-forbids");
  });
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
