import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { putUpBins, sellPieces, storePieces } from "../../../../../../test/harness/waves.ts";

let house: House;
let ask: House["client"]["waves"]["waveBoard"];
let waves: { going: string; planned: string; off: string };
const cutOff = "2026-03-02T17:00:00.000Z";

/** Three waves: one under way with a task in each state, one that waits, and one given up. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.waves.waveBoard;
  await house.stocks("TEE", 50);
  await house.stocks("RARE");
  await putUpBins(house.database, "A-1");
  await storePieces(house.database, { sku: "RARE", bin: "A-1" }, "L1", "L2", "L3", "L4", "L5");
  const pieces = await sellPieces(house, "RARE", 5);
  const batch = await house.sells({ TEE: 2 });
  const { planWave, releaseWave, cancelWave, assignTasks, ...of } = house.client.waves;
  const going = await planWave({
    ...{ orderIds: [pieces.orderId, batch.orderId], carrier: "DHL", cutOff },
  });
  const { waveId } = going.data;
  await releaseWave({ waveId });
  await assignTasks({ waveId, picker: "anna", tasks: [3, 4] });
  await assignTasks({ waveId, picker: "ben", tasks: [5] });
  await of.confirmPick({ waveId, task: 1, scannedLpn: "L1" });
  await of.reportShortPick({ waveId, task: 2, reason: "bin is empty" });
  await house.client.stock.deallocateLine({ orderId: batch.orderId, line: 1, reason: "express" });
  const { orderId } = await house.sells({ TEE: 1 });
  const planned = await planWave({ orderIds: [orderId], carrier: "GLS" });
  const other = await house.sells({ TEE: 1 });
  const off = await planWave({ orderIds: [other.orderId], cutOff });
  await cancelWave({ waveId: off.data.waveId, reason: "no carrier" });
  waves = { going: waveId, planned: planned.data.waveId, off: off.data.waveId };
});
afterAll(() => house.stop());

test("a wave shows its tasks by state, its pickers, and when it may be late", async () => {
  const { data } = await ask({ waveId: waves.going });
  expect(data.nextCursor).toBeNull();
  expect(data.rows).toEqual([
    {
      ...{ waveId: waves.going, warehouse: "main", carrier: "DHL", status: "released" },
      ...{ orders: 2, tasks: 6, open: 3, done: 1, short: 1, cancelled: 1 },
      pickers: ["anna", "ben", "spec"],
      cutOff: expect.stringContaining("2026-03-02T17:00:00"),
      // Three tasks, two pickers: a minute and a half before the cut-off.
      lateRiskFrom: expect.stringContaining("2026-03-02T16:58:30"),
      plannedAt: expect.any(String),
      releasedAt: expect.any(String),
      lastPickAt: expect.any(String),
      doneAt: null,
    },
  ]);
});

test("a wave is never late without a cut-off, or once nothing is open", async () => {
  const { data: planned } = await ask({ waveId: waves.planned });
  expect(planned.rows).toMatchObject([
    { status: "planned", open: 1, cutOff: null, lateRiskFrom: null, pickers: [], releasedAt: null },
  ]);
  const { data: off } = await ask({ waveId: waves.off });
  expect(off.rows).toMatchObject([
    { status: "cancelled", open: 0, cancelled: 1, lateRiskFrom: null, lastPickAt: null },
  ]);
});

describe("rows are filtered", () => {
  test.each([
    ["by nothing", {}, ["going", "off", "planned"]],
    ["by carrier", { carrier: "DHL" }, ["going"]],
    ["by status", { status: ["planned", "cancelled"] as const }, ["off", "planned"]],
    ["by warehouse", { warehouse: "north" }, []],
  ])("%s", async (_, filter, expected) => {
    const { data } = await ask(filter);
    const names = new Map(Object.entries(waves).map(([name, id]) => [id, name]));
    expect(data.rows.map(({ waveId }) => names.get(waveId)).sort()).toEqual(expected);
  });
});

test("pages of 2 show every wave exactly once", async () => {
  const seen: string[] = [];
  for await (const { waveId } of ask.rows({ limit: 2 })) seen.push(waveId);
  expect(seen.sort()).toEqual(Object.values(waves).sort());
});

test("another house sees its own waves only", async () => {
  expect((await house.elsewhere.waves.waveBoard()).data.rows).toEqual([]);
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("wave_board")).toEqual(["tenant, wave_id"]);
  await house.client.waves.releaseWave({ waveId: waves.planned, pickers: ["cleo"] });
  const { data, freshness } = await ask({ waveId: waves.planned });
  expect(freshness.includesReceipt).toBe(true);
  expect(data.rows).toMatchObject([{ status: "released", pickers: ["cleo"] }]);
  expect(await house.differences("wave_board")).toEqual([]);
});
