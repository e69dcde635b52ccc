import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { inTurn } from "../../../../../../test/harness/in-turn.ts";
import {
  putBatch,
  putUpBins,
  releasedWave,
  sellPieces,
  storePieces,
} from "../../../../../../test/harness/waves.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await putUpBins(house.database, "A-1", "A-2", "B-1", "B-2");
});
afterAll(() => house.stop());

const reason = "bin is empty";
const short = (waveId: string, task = 1) =>
  house.client.waves.reportShortPick({ waveId, task, reason });
const bin = async (code: string) => {
  const [row] = await house.database.query(
    "select occupied, count_state, count_reason from selvedge.bin where code = $1",
    [code],
  );
  return row;
};
const due = { count_state: "due", count_reason: `short pick: ${reason}` };

/** A released wave for pieces of a SKU of which so many lie in a bin. */
async function waveOfPieces(sku: string, lpns: readonly string[], qty: number) {
  await house.stocks(sku);
  await storePieces(house.database, { sku, bin: "A-1" }, ...lpns);
  const { orderId } = await sellPieces(house, sku, qty);
  return { orderId, waveId: (await releasedWave(house, orderId)).waveId };
}

/** A released wave for two pieces of a SKU whose batches lie in these bins. */
async function waveOfBatch(sku: string, ...bins: readonly string[]) {
  await house.stocks(sku, ...bins.map(() => 5));
  for (const [i, code] of bins.entries()) await putBatch(house.database, `${sku}/${i + 1}`, code);
  const { orderId } = await house.sells({ [sku]: 2 });
  return { orderId, waveId: (await releasedWave(house, orderId)).waveId };
}

describe("a single piece that is not where it should be", () => {
  test("is missing, its bin is to be counted, and the line has the next piece", async () => {
    const { waveId, orderId } = await waveOfPieces("NEXT", ["N1", "N2"], 1);
    const before = await bin("A-1");
    const answer = await short(waveId);
    const line = { orderId, line: 1, allocated: true, batch: null, lpns: ["N2"] };
    expect(answer.data).toEqual({ waveId, task: 1, ...line });
    const all = await house.journalOf(answer);
    expect(all.map(({ kind, id, type }) => [kind, id, type])).toEqual([
      ["Garment", "N1", "GarmentMissing"],
      ["Garment", "N2", "PieceReserved"],
      ["Bin", "main/A-1", "BinCountAsked"],
      ["PickWave", waveId, "LineShort"],
      ["PickWave", waveId, "WaveDone"],
    ]);
    expect(all[3]?.data).toMatchObject({ lpn: "N1", bin: "A-1", reason, picker: "spec" });
    expect(await bin("A-1")).toEqual({ ...due, occupied: Number(before?.occupied) - 1 });
    const { data } = await house.client.stock.allocations({ orderId });
    expect(data.rows).toMatchObject([{ state: "allocated", lpns: ["N2"], bin: "A-1" }]);
    const again = await house.client.waves.planWave({ orderIds: [orderId] });
    expect(again.data.tasks).toMatchObject([{ lpn: "N2" }]);
  });

  test("leaves its line waiting where there is no other, with the pieces that it has", async () => {
    const { waveId, orderId } = await waveOfPieces("LAST", ["P1", "P2"], 2);
    // A batch in another grade's place does not make up for one piece: a line has one source.
    await house.client.stock.addBatch({ ref: "last", sku: "LAST", grade: "B", qty: 9 });
    const { data } = await short(waveId);
    expect(data).toMatchObject({ allocated: false, batch: null, lpns: [] });
    const { data: lines } = await house.client.stock.allocations({ orderId });
    expect(lines.rows).toMatchObject([{ state: "backordered", allocatedQty: 1, lpns: ["P2"] }]);
    const { data: list } = await house.client.waves.pickList({ waveId });
    expect(list.rows).toMatchObject([
      { state: "short", lpn: "P1", reason },
      { state: "open", lpn: "P2", reason: null },
    ]);
  });
});

describe("pieces of a batch that are not where they should be", () => {
  test("are taken from another batch, never from the same one again", async () => {
    const { waveId, orderId } = await waveOfBatch("MORE", "B-1", "B-2");
    const answer = await short(waveId);
    expect(answer.data).toMatchObject({ orderId, allocated: true, batch: "MORE/2", lpns: [] });
    const all = await house.journalOf(answer);
    expect(all.map(({ type }) => type)).toEqual([
      ...["LineDeallocated", "LineAllocated", "BinCountAsked", "LineShort", "WaveDone"],
    ]);
    expect(await bin("B-1")).toMatchObject(due);
    const { data } = await house.client.stock.allocations({ orderId });
    expect(data.rows).toMatchObject([{ state: "allocated", batch: "MORE/2", bin: "B-2" }]);
    const { data: stock } = await house.client.stock.sellableAvailability({ sku: "MORE" });
    expect(stock.rows).toMatchObject([{ onHand: 10, reserved: 2 }]);
    const again = await house.client.waves.planWave({ orderIds: [orderId] });
    expect(again.data.tasks).toMatchObject([{ bin: "B-2", qty: 2 }]);
  });

  test("leave their line waiting where there are no others", async () => {
    const { waveId, orderId } = await waveOfBatch("ONLY", "B-2");
    const { data } = await short(waveId);
    expect(data).toMatchObject({ allocated: false, batch: null, lpns: [] });
    const { data: board } = await house.client.orders.orderBoard({ orderId });
    expect(board.rows).toMatchObject([{ status: "backordered", blocker: "no stock for ONLY" }]);
  });
});

test("what is sent again under the same command id is applied once", async () => {
  const { waveId } = await waveOfBatch("AGAIN", "B-1", "B-2");
  await house.answersOnce((options) =>
    house.client.waves.reportShortPick({ waveId, task: 1, reason }, options),
  );
});

describe("a short pick is refused", () => {
  test("in a wave or a task that is not there", async () => {
    await house.refuses(() => short(randomUUID()), "wave-unknown");
    const { waveId } = await waveOfBatch("TASK", "B-1");
    await house.refuses(() => short(waveId, 2), "task-unknown");
  });

  test("in a wave that is not released yet", async () => {
    await house.stocks("PLAN", 1);
    const { orderId } = await house.sells({ PLAN: 1 });
    const { data } = await house.client.waves.planWave({ orderIds: [orderId] });
    await house.refuses(() => short(data.waveId), "wave-status-forbids");
  });

  test("of a task that is another's, or that has ended", async () => {
    const { waveId } = await waveOfPieces("OTHER", ["O1", "O2"], 2);
    await house.client.waves.assignTasks({ waveId, picker: "anna", tasks: [1] });
    await house.refuses(() => short(waveId), "task-of-another");
    await short(waveId, 2);
    await house.refuses(() => short(waveId, 2), "task-ended");
  });

  test("of pieces that their line loses meanwhile: by then the task has ended", async () => {
    const { waveId } = await waveOfBatch("LOSE", "B-1");
    const [, missed] = await inTurn(
      house,
      "LOSE",
      () => house.client.stock.changeBatchQuantity({ ref: "LOSE/1", qty: 0 }),
      () => short(waveId),
    );
    expect(missed).toMatchObject({ status: "rejected", reason: { reason: "task-ended" } });
  });

  test("out of a bin that is being counted: the count will tell", async () => {
    const { waveId } = await waveOfPieces("COUNT", ["C1"], 1);
    await house.database.query("update selvedge.bin set count_state = 'counting'");
    await house.refuses(() => short(waveId), "bin-being-counted");
    await house.database.query("update selvedge.bin set count_state = 'none'");
    await short(waveId);
  });
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
