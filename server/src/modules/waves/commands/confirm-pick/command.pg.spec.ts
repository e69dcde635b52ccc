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
let plate = 0;
beforeAll(async () => {
  house = await startHouse();
  await house.stocks("TEE", 200);
  await house.stocks("RARE");
  await putUpBins(house.database, "A-1", "A-2");
  await putBatch(house.database, "TEE/1", "A-2");
});
afterAll(() => house.stop());

type Pick = Parameters<House["client"]["waves"]["confirmPick"]>[0];
const confirm = (pick: Pick) => house.client.waves.confirmPick(pick);
const occupied = async (code: string) => {
  const rows = await house.database.query("select occupied from selvedge.bin where code = $1", [
    code,
  ]);
  return rows[0]?.occupied;
};

/** A released wave for one order of so many single pieces in bin A-1. */
async function waveOfPieces(qty = 1) {
  plate += 1;
  const lpns = Array.from({ length: qty }, (_, i) => `L${plate}-${i + 1}`);
  await storePieces(house.database, { sku: "RARE", bin: "A-1" }, ...lpns);
  const { orderId } = await sellPieces(house, "RARE", qty);
  const { waveId } = await releasedWave(house, orderId);
  return { waveId, orderId, lpns, lpn: lpns[0] ?? "" };
}

/** A released wave for one order of so many pieces of a batch in bin A-2. */
async function waveOfBatch(qty = 1) {
  const { orderId } = await house.sells({ TEE: qty });
  const { waveId } = await releasedWave(house, orderId);
  return { waveId, orderId, task: 1 };
}
const ofBatch = { scannedSku: "TEE", qty: 1 };

describe("a confirmed pick", () => {
  test("of a single piece takes it out of its bin, and its task is the picker's", async () => {
    const { waveId, orderId, lpn } = await waveOfPieces(2);
    const before = await occupied("A-1");
    const answer = await confirm({ waveId, task: 1, scannedBin: "A-1", scannedLpn: lpn });
    expect(answer.data).toEqual({ waveId, task: 1, picker: "spec", waveDone: false });
    const of = { orderId, line: 1 };
    const facts = { task: 1, ...of, sku: "RARE", qty: 1, lpn, batch: null };
    expect(await house.journalOf(answer)).toEqual([
      {
        ...{ kind: "Garment", id: lpn, version: 3, type: "GarmentPicked" },
        data: { ...of, from: "A-1" },
      },
      {
        ...{ kind: "PickWave", id: waveId, version: 3, type: "LinePicked" },
        data: { ...facts, bin: "A-1", picker: "spec" },
      },
    ]);
    expect(await occupied("A-1")).toBe(Number(before) - 1);
    const { data } = await house.client.waves.pickList({ picker: "spec", waveId });
    expect(data.rows).toMatchObject([{ task: 1, lpn, state: "picked" }]);
  });

  test("of a batch leaves its bin's place until the carrier has it", async () => {
    const { waveId, orderId } = await waveOfBatch(3);
    const before = await occupied("A-2");
    const answer = await confirm({ waveId, task: 1, scannedSku: "TEE", qty: 3 });
    expect(answer.data.waveDone).toBe(true);
    const types = (await house.journalOf(answer)).map(({ type }) => type);
    expect(types).toEqual(["BatchPicked", "LinePicked", "WaveDone"]);
    expect(await occupied("A-2")).toBe(before);
    const { data } = await house.client.stock.allocations({ orderId });
    expect(data.rows).toMatchObject([{ state: "picked", bin: "A-2", allocatedQty: 3 }]);
  });
});

test("pickers of one wave confirm different tasks at once, and none is refused", async () => {
  const { waveId, lpns } = await waveOfPieces(16);
  const { data } = await house.client.waves.pickList({ waveId });
  expect(data.rows.length).toBe(16);
  const all = data.rows.map(({ task, lpn }) => confirm({ waveId, task, scannedLpn: lpn ?? "" }));
  const answers = await Promise.all(all);
  expect(answers.filter((answer) => answer.data.waveDone).length).toBe(1);
  const { data: board } = await house.client.waves.waveBoard({ waveId });
  expect(board.rows).toMatchObject([{ status: "done", done: lpns.length, open: 0 }]);
});

test("orders of one wave are picked at once from one bin, and none is refused", async () => {
  const orders = await Promise.all(Array.from({ length: 12 }, () => house.sells({ TEE: 1 })));
  const { waveId } = await releasedWave(house, ...orders.map(({ orderId }) => orderId));
  const tasks = orders.map((_, i) => i + 1);
  await Promise.all(tasks.map((task) => confirm({ waveId, task, ...ofBatch })));
  const { data } = await house.client.waves.waveBoard({ waveId });
  expect(data.rows).toMatchObject([{ status: "done", done: 12, orders: 12 }]);
});

test("a task that is confirmed sixteen times at once is picked once", async () => {
  const { waveId, lpn } = await waveOfPieces();
  const all = await Promise.allSettled(
    Array.from({ length: 16 }, () => confirm({ waveId, task: 1, scannedLpn: lpn })),
  );
  expect(all.filter(({ status }) => status === "fulfilled").length).toBe(1);
  const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(reasons).toEqual(Array(15).fill("task-ended"));
});

test("what is sent again under the same command id is applied once", async () => {
  const pick = { ...(await waveOfBatch()), ...ofBatch };
  const { waveId, task, scannedSku, qty } = pick;
  await house.answersOnce((options) =>
    house.client.waves.confirmPick({ waveId, task, scannedSku, qty }, options),
  );
});

describe("picking is refused", () => {
  test("in a wave or a task that is not there", async () => {
    await house.refuses(() => confirm({ waveId: randomUUID(), task: 1 }), "wave-unknown");
    const { waveId } = await waveOfBatch();
    await house.refuses(() => confirm({ waveId, task: 2, ...ofBatch }), "task-unknown");
  });

  test("in a wave that is not released yet", async () => {
    const { orderId } = await house.sells({ TEE: 1 });
    const { data } = await house.client.waves.planWave({ orderIds: [orderId] });
    const pick = () => confirm({ waveId: data.waveId, task: 1, ...ofBatch });
    await house.refuses(pick, "wave-status-forbids");
  });

  test("of a task that is another's, or that has ended", async () => {
    const { waveId } = await waveOfPieces(2);
    await house.client.waves.assignTasks({ waveId, picker: "anna", tasks: [1] });
    const { data } = await house.client.waves.pickList({ waveId });
    const scans = data.rows.map(({ lpn }) => ({ scannedLpn: lpn ?? "" }));
    const error = await house.refuses(
      () => confirm({ waveId, task: 1, ...scans[0] }),
      "task-of-another",
    );
    expect(error).toMatchObject({ details: { waveId, task: 1, picker: "anna" } });
    await house.client.waves.reportShortPick({ waveId, task: 2, reason: "bin is empty" });
    await house.refuses(() => confirm({ waveId, task: 2, ...scans[1] }), "task-ended");
  });

  test("where the scan is of something else: unique pieces are never substituted", async () => {
    const { waveId, lpns } = await waveOfPieces(2);
    const [first = "", second = ""] = lpns;
    const error = await house.refuses(
      () => confirm({ waveId, task: 1, scannedLpn: second }),
      "scan-differs",
    );
    expect(error).toMatchObject({ details: { wanted: { lpn: first, bin: "A-1" } } });
    const elsewhere = { scannedLpn: first, scannedBin: "A-2" };
    await house.refuses(() => confirm({ waveId, task: 1, ...elsewhere }), "scan-differs");
    const batch = await waveOfBatch(2);
    const few = { waveId: batch.waveId, task: 1, ...ofBatch };
    await house.refuses(() => confirm(few), "scan-differs");
  });

  test("while its order is held, and goes on once it is released", async () => {
    const { waveId, orderId } = await waveOfBatch();
    const pick = { waveId, task: 1, ...ofBatch };
    await house.client.orders.holdOrder({ orderId, reason: "address in doubt" });
    const error = await house.refuses(() => confirm(pick), "order-held");
    expect(error).toMatchObject({ details: { orderId, reason: "address in doubt" } });
    await house.client.orders.releaseOrder({ orderId, reason: "address confirmed" });
    expect((await confirm(pick)).data.waveDone).toBe(true);
  });

  test("for a cancelled order, whose task has ended", async () => {
    const { waveId, orderId } = await waveOfBatch();
    await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
    await house.refuses(() => confirm({ waveId, task: 1, ...ofBatch }), "task-ended");
  });

  test("for pieces that its line loses meanwhile: by then its task has ended", async () => {
    await house.stocks("LOSE", 1);
    const { orderId } = await house.sells({ LOSE: 1 });
    const { waveId } = await releasedWave(house, orderId);
    const [, picked] = await inTurn(
      house,
      "LOSE",
      () => house.client.stock.changeBatchQuantity({ ref: "LOSE/1", qty: 0 }),
      () => confirm({ waveId, task: 1, scannedSku: "LOSE", qty: 1 }),
    );
    expect(picked).toMatchObject({ status: "rejected", reason: { reason: "task-ended" } });
  });

  test("out of a bin that is being counted", async () => {
    const pieces = await waveOfPieces();
    const batch = await waveOfBatch();
    const count = (state: string) =>
      house.database.query("update selvedge.bin set count_state = $1", [state]);
    await count("counting");
    const piece = { waveId: pieces.waveId, task: 1, scannedLpn: pieces.lpn };
    const some = { waveId: batch.waveId, task: 1, ...ofBatch };
    for (const pick of [piece, some]) {
      await house.refuses(() => confirm(pick), "bin-being-counted");
    }
    await count("none");
    for (const pick of [piece, some]) await confirm(pick);
  });
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
