import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  putBatch,
  putUpBins,
  sellPieces,
  storePieces,
} from "../../../../../../test/harness/waves.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await putUpBins(house.database, "A-1", "A-2", "A-3");
  for (const sku of ["TEE", "CAP"]) await house.stocks(sku, 100);
  await putBatch(house.database, "TEE/1", "A-2");
  await house.stocks("RARE");
});
afterAll(() => house.stop());

type PlanWave = Parameters<House["client"]["waves"]["planWave"]>[0];
const plan = (orderIds: readonly string[], rules: Partial<PlanWave> = {}) =>
  house.client.waves.planWave({ orderIds, ...rules });
const order = async (more: object = {}) => (await house.sells({ TEE: 1 }, more)).orderId;

test("a wave has a task a piece and one for each batch line, in the order of the walk", async () => {
  const { database } = house;
  await storePieces(database, { sku: "RARE", bin: "A-3" }, "L1", "L2");
  await storePieces(database, { sku: "RARE", bin: "A-1" }, "L3");
  const pieces = await sellPieces(house, "RARE", 3);
  const batches = await house.sells({ TEE: 5, CAP: 2 });
  const orderIds = [pieces.orderId, batches.orderId];
  const cutOff = "2026-03-02T17:00:00.000Z";
  const answer = await plan(orderIds, { carrier: "DHL", cutOff });
  const { waveId, tasks, ...rest } = answer.data;
  expect(rest).toEqual({ orders: 2, leftOut: [] });
  expect(tasks.map(({ task, bin, lpn, sku, qty }) => [task, bin, lpn, sku, qty])).toEqual([
    [1, "A-1", "L3", "RARE", 1],
    [2, "A-2", null, "TEE", 5],
    [3, "A-3", "L1", "RARE", 1],
    [4, "A-3", "L2", "RARE", 1],
    [5, null, null, "CAP", 2],
  ]);
  const data = { warehouse: "main", carrier: "DHL", cutOff, orders: 2, tasks: 5 };
  expect(await house.journalOf(answer)).toEqual([
    { kind: "PickWave", id: waveId, version: 1, type: "WavePlanned", data },
  ]);
});

describe("of the named orders", () => {
  test("the most urgent go first: priority, then ship-by, then age", async () => {
    const someday = await order({ orderedAt: "2026-03-01T08:00:00Z" });
    const older = await order({ orderedAt: "2026-02-01T08:00:00Z" });
    const soon = await order({ promise: { shipBy: "2026-03-02T17:00:00Z" } });
    const urgent = await order({ priority: 3 });
    const all = [someday, older, soon, urgent];
    const inTurn = [urgent, soon, older, someday];
    for (const [turn, orderId] of inTurn.entries()) {
      const { data } = await plan(inTurn.slice(turn).sort(), { maxOrders: 1 });
      expect(data.tasks.map((task) => task.orderId)).toEqual([orderId]);
      const full = inTurn.slice(turn + 1).map((one) => ({ orderId: one, reason: "wave-full" }));
      expect(data.leftOut).toEqual(full);
    }
    expect(new Set(all).size).toBe(4);
  });

  test("those that would not fit stay out whole, but a wave has one order at least", async () => {
    const large = await house.sells({ TEE: 1, CAP: 1 }, { priority: 9 });
    const small = await order();
    const { data: first } = await plan([small, large.orderId], { maxTasks: 1 });
    expect(first.tasks.map(({ orderId }) => orderId)).toEqual([large.orderId, large.orderId]);
    expect(first.leftOut).toEqual([{ orderId: small, reason: "wave-full" }]);
    const { data: second } = await plan([small], { maxTasks: 1 });
    expect(second.tasks.length).toBe(1);
  });

  test("those that cannot be picked, or that the rules leave out, are told with why", async () => {
    const { orders } = house.client;
    const fits = await order({ channel: "market", promise: { shipBy: "2026-03-02T16:00:00Z" } });
    const held = await order();
    await orders.holdOrder({ orderId: held, reason: "address in doubt" });
    const off = await order();
    await orders.cancelOrder({ orderId: off, reason: "changed mind" });
    const { orderId: waits } = await house.sells({ TEE: 1, RARE: 1 });
    await house.client.stock.addBatch({ ref: "coming", sku: "CAP", grade: "A", qty: 5, eta });
    const incoming = await house.sells({}, { lines: [{ sku: "CAP", grade: "A", qty: 1 }] });
    const inWave = await order();
    await plan([inWave]);
    const later = await order({ channel: "market", promise: { shipBy: "2026-03-09T16:00:00Z" } });
    const fair = await order({ channel: "fair" });
    const all = [fits, held, off, waits, incoming.orderId, inWave, later, fair];
    const { data } = await plan(all, { channel: "market", shipBefore: "2026-03-02T17:00:00Z" });
    expect(data.tasks.map(({ orderId }) => orderId)).toEqual([fits]);
    expect(new Map(data.leftOut.map(({ orderId, reason }) => [orderId, reason]))).toEqual(
      new Map([
        [held, "order-held"],
        [off, "order-cancelled"],
        [waits, "other-channel"],
        [incoming.orderId, "other-channel"],
        [inWave, "other-channel"],
        [later, "ships-later"],
        [fair, "other-channel"],
      ]),
    );
    const { data: others } = await plan([waits, incoming.orderId, inWave, fair]);
    expect(new Map(others.leftOut.map(({ orderId, reason }) => [orderId, reason]))).toEqual(
      new Map([
        [waits, "order-incomplete"],
        [incoming.orderId, "order-incomplete"],
        [inWave, "line-in-wave"],
      ]),
    );
  });
});

const eta = "2026-06-01T00:00:00Z";

test("what a cancelled wave leaves open may go into another one", async () => {
  const orderId = await order();
  const { data } = await plan([orderId]);
  await house.client.waves.cancelWave({ waveId: data.waveId, reason: "carrier comes tomorrow" });
  expect((await plan([orderId])).data.tasks.length).toBe(1);
});

test("of sixteen who plan the same orders at once one gets them", async () => {
  const orderIds = await Promise.all(Array.from({ length: 5 }, () => order()));
  const turned = (by: number) => [...orderIds.slice(by % 5), ...orderIds.slice(0, by % 5)];
  const all = await Promise.allSettled(Array.from({ length: 16 }, (_, i) => plan(turned(i))));
  const done = all.flatMap((one) => (one.status === "fulfilled" ? [one.value.data] : []));
  expect(done.map(({ tasks }) => tasks.length)).toEqual([5]);
  const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(reasons).toEqual(Array(15).fill("line-in-wave"));
});

test("what is sent again under the same command id is planned once", async () => {
  const orderIds = [await order()];
  await house.answersOnce((options) => house.client.waves.planWave({ orderIds }, options));
});

describe("planning is refused where nothing can be picked", () => {
  test("of an order that nobody placed, or that another house has", async () => {
    await house.refuses(() => plan([randomUUID()]), "order-unknown");
    const orderIds = [await order()];
    const theirs = house.elsewhere.waves;
    await house.refuses(() => theirs.planWave({ orderIds }), "order-unknown");
  });

  test("since the order waits for pieces, and it says so for each", async () => {
    const { orderId } = await house.sells({ TEE: 1, RARE: 1 });
    const error = await house.refuses(() => plan([orderId]), "order-incomplete");
    const leftOut = [{ orderId, reason: "order-incomplete" }];
    expect(error).toMatchObject({ kind: "conflict", details: { leftOut } });
  });

  test("since the order is in a wave already", async () => {
    const orderId = await order();
    await plan([orderId]);
    await house.refuses(() => plan([orderId]), "line-in-wave");
  });

  test("since the order is held, or cancelled", async () => {
    const orderId = await order();
    await house.client.orders.holdOrder({ orderId, reason: "address in doubt" });
    await house.refuses(() => plan([orderId]), "order-held");
    await house.client.orders.cancelOrder({ orderId, reason: "fraud" });
    await house.refuses(() => plan([orderId]), "order-cancelled");
  });

  test("since all is picked, or the rules leave it out", async () => {
    const orderId = await order();
    await house.refuses(() => plan([orderId], { channel: "market" }), "nothing-to-pick");
    await house.refuses(() => plan([orderId], { warehouse: "north" }), "nothing-to-pick");
    const { data } = await plan([orderId]);
    const { waveId } = data;
    await house.client.waves.releaseWave({ waveId });
    await house.client.waves.confirmPick({ waveId, task: 1, scannedSku: "TEE", qty: 1 });
    await house.refuses(() => plan([orderId]), "nothing-to-pick");
  });
});

test("an order is named once", async () => {
  const orderId = await order();
  await expect(plan([orderId, orderId])).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
