import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  putBatch,
  putUpBins,
  sellPieces,
  storePieces,
} from "../../../../../../test/harness/waves.ts";

let house: House;
let ask: House["client"]["waves"]["pickList"];
let wave: { waveId: string; pieces: string; batch: string };

/** One released wave of two orders, whose tasks are anna's, but for one that is nobody's. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.waves.pickList;
  await house.stocks("TEE", 50);
  await house.stocks("RARE");
  await putUpBins(house.database, "A-1", "A-2");
  await putBatch(house.database, "TEE/1", "A-2");
  await storePieces(house.database, { sku: "RARE", bin: "A-1" }, "L1", "L2");
  const { orderId: pieces } = await sellPieces(house, "RARE", 2);
  const { orderId: batch } = await house.sells({ TEE: 3 });
  const { data } = await house.client.waves.planWave({ orderIds: [pieces, batch] });
  const { waveId } = data;
  await house.client.waves.assignTasks({ waveId, picker: "anna", tasks: [1, 2] });
  wave = { waveId, pieces, batch };
});
afterAll(() => house.stop());

test("a task says what to take, out of which bin, for which order line", async () => {
  const { data } = await ask({ waveId: wave.waveId });
  expect(data.nextCursor).toBeNull();
  const of = { waveId: wave.waveId, waveStatus: "planned", warehouse: "main", line: 1 };
  const open = { ...of, state: "open", reason: null };
  const piece = { ...open, sku: "RARE", grade: "B", qty: 1, batch: null, orderId: wave.pieces };
  expect(data.rows).toEqual([
    { ...piece, task: 1, lpn: "L1", bin: "A-1", pickSequence: 10, picker: "anna" },
    { ...piece, task: 2, lpn: "L2", bin: "A-1", pickSequence: 10, picker: "anna" },
    {
      ...{ ...open, task: 3, lpn: null, batch: "TEE/1", orderId: wave.batch, picker: null },
      ...{ sku: "TEE", grade: "N", qty: 3, bin: "A-2", pickSequence: 20 },
    },
  ]);
});

test("a picker finds their open tasks once the wave is released, and not before", async () => {
  const mine = { picker: "anna", state: "open", waveStatus: "released" } as const;
  expect((await ask(mine)).data.rows).toEqual([]);
  await house.client.waves.releaseWave({ waveId: wave.waveId });
  expect((await ask(mine)).data.rows.map(({ lpn }) => lpn)).toEqual(["L1", "L2"]);
  await house.client.waves.assignTasks({ waveId: wave.waveId, picker: "ben", tasks: [2] });
  expect((await ask(mine)).data.rows.map(({ lpn }) => lpn)).toEqual(["L1"]);
});

describe("rows are filtered", () => {
  test.each([
    ["by nothing", {}, [1, 2, 3]],
    ["by picker", { picker: ["anna", "ben"] }, [1, 2]],
    ["by state", { state: "open" as const }, [1, 2, 3]],
    ["by several states", { state: ["picked", "short"] as const }, []],
    ["by wave's status", { waveStatus: "planned" as const }, []],
  ])("%s", async (_, filter, tasks) => {
    expect((await ask(filter)).data.rows.map(({ task }) => task)).toEqual(tasks);
  });

  test("by order", async () => {
    const { data } = await ask({ orderId: wave.batch });
    expect(data.rows.map(({ task }) => task)).toEqual([3]);
  });
});

test.each([1, 2, 3])(
  "pages of %i show every task once, in the order of the walk",
  async (limit) => {
    const seen: number[] = [];
    for await (const { task } of ask.rows({ limit })) seen.push(task);
    expect(seen).toEqual([1, 2, 3]);
  },
);

test("another house sees its own tasks only", async () => {
  expect((await house.elsewhere.waves.pickList()).data.rows).toEqual([]);
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("pick_list")).toEqual(["tenant, wave_id, task"]);
  await house.client.orders.cancelOrder({ orderId: wave.batch, reason: "changed mind" });
  const { data, freshness } = await ask({ waveId: wave.waveId });
  expect(freshness.includesReceipt).toBe(true);
  expect(data.rows.map(({ state }) => state)).toEqual(["open", "open", "cancelled"]);
  await house.client.waves.cancelWave({ waveId: wave.waveId, reason: "no carrier" });
  const { data: after } = await ask({ waveStatus: "cancelled" });
  expect(after.rows.map(({ state }) => state)).toEqual(["cancelled", "cancelled", "cancelled"]);
  expect(await house.differences("pick_list")).toEqual([]);
});
