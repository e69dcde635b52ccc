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

async function released(orders = 3): Promise<string> {
  const all = await Promise.all(Array.from({ length: orders }, () => house.sells({ TEE: 1 })));
  return (await releasedWave(house, ...all.map(({ orderId }) => orderId))).waveId;
}
const assign = (waveId: string, picker: string, tasks?: number[]) =>
  house.client.waves.assignTasks({ waveId, picker, tasks });

test("a picker gets the named tasks, another the rest, and each finds theirs", async () => {
  const waveId = await released();
  const answer = await assign(waveId, "anna", [1, 3]);
  expect(answer.data).toEqual({ waveId, picker: "anna", tasks: [1, 3] });
  expect(await house.journalOf(answer)).toMatchObject([
    { version: 3, type: "TasksAssigned", data: { picker: "anna", tasks: [1, 3] } },
  ]);
  expect((await assign(waveId, "ben")).data.tasks).toEqual([2]);
  const { data } = await house.client.waves.pickList({ picker: "anna", state: "open" });
  expect(data.rows.map(({ task }) => task)).toEqual([1, 3]);
  const { data: board } = await house.client.waves.waveBoard({ waveId });
  expect(board.rows).toMatchObject([{ pickers: ["anna", "ben"] }]);
});

test("work is taken from one picker and given to another; giving it twice is no news", async () => {
  const waveId = await released();
  await assign(waveId, "cleo");
  expect((await assign(waveId, "dora", [2])).data.tasks).toEqual([2]);
  const again = await assign(waveId, "dora", [2]);
  expect(again.data.tasks).toEqual([2]);
  expect(await house.journalOf(again)).toEqual([]);
});

test("what is sent again under the same command id is applied once", async () => {
  const waveId = await released();
  await house.answersOnce((options) =>
    house.client.waves.assignTasks({ waveId, picker: "anna" }, options),
  );
});

describe("assigning is refused", () => {
  test("in a wave that nobody planned", async () => {
    await house.refuses(() => assign(randomUUID(), "anna"), "wave-unknown");
  });

  test("for a task that the wave has not, or that has ended", async () => {
    const waveId = await released();
    await house.refuses(() => assign(waveId, "anna", [1, 4]), "task-unknown");
    const scan = { scannedSku: "TEE", qty: 1 };
    await house.client.waves.confirmPick({ waveId, task: 2, ...scan });
    await house.refuses(() => assign(waveId, "anna", [1, 2]), "task-ended");
  });

  test("in a wave that has ended", async () => {
    const waveId = await released();
    await house.client.waves.cancelWave({ waveId, reason: "no carrier" });
    await house.refuses(() => assign(waveId, "anna"), "wave-status-forbids");
  });
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
