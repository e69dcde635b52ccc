import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hasLeft, sendsBack } from "../../../../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  expectSoundBooks,
  hasBin,
  hasPieces,
  pieceOf,
} from "../../../../../../test/harness/pieces.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await hasBin(house, "A-1", { capacity: 50 });
});
afterAll(() => house.stop());

let sku = "";
beforeEach(async () => {
  sku = `COAT-${randomUUID()}`;
  await house.client.catalogue.registerVariant({ sku });
});

/** An order that waits for so many coats in grade B, of which there are none to be allocated. */
async function waiting(qty = 1): Promise<string> {
  const lines = [{ sku, grade: "B", qty }];
  return (await house.sells({}, { lines })).orderId;
}

/** A piece in grade B that comes in once the order waits. */
const comes = (lpn: string) => hasPieces(house, { lpn, sku, grade: "B", bin: "A-1" });

const reserve = (orderId: string, lpn: string, until?: string) =>
  house.client.garments.reservePiece({ orderId, line: 1, lpn, ...(until && { until }) });

test("a piece is reserved for one line, and for no other", async () => {
  const orderId = await waiting(2);
  const other = await waiting();
  await comes("L1");
  const answer = await house.answersOnce((options) =>
    house.client.garments.reservePiece({ orderId, line: 1, lpn: "L1" }, options),
  );
  expect(answer.data).toEqual({ lpn: "L1", missing: 1 });
  expect(await house.journalOf(answer)).toMatchObject([{ kind: "Garment", type: "PieceReserved" }]);
  const { details } = await house.refuses(() => reserve(other, "L1"), "reserved-for-another");
  expect(details).toMatchObject({ lpn: "L1", orderId, line: 1 });
  await expectSoundBooks(house);
});

test("a line takes no more pieces than it needs", async () => {
  const orderId = await waiting();
  await comes("L2");
  await comes("L3");
  await reserve(orderId, "L2");
  await house.refuses(() => reserve(orderId, "L3"), "line-served");
});

test("what has expired is free for another line at once", async () => {
  const first = await waiting();
  const second = await waiting();
  await comes("L4");
  await reserve(first, "L4", "2026-01-01T00:00:00Z");
  const { commandId } = await reserve(second, "L4");
  const types = (await house.journalOf({ commandId })).map(({ type }) => type);
  expect(types).toEqual(["ReservationExpired", "PieceReserved"]);
  expect(await pieceOf(house, "L4")).toMatchObject({ status: "reserved", orderId: second });
  expect(await house.gaps()).toEqual([]);
});

test("what has expired is no longer picked for the line that had it", async () => {
  const first = await waiting();
  const second = await waiting();
  await comes("L7");
  await reserve(first, "L7", "2026-01-01T00:00:00Z");
  const { waveId } = (await house.client.waves.planWave({ orderIds: [first] })).data;
  await reserve(second, "L7");
  const rows = await house.database.query(
    "select state, reason from selvedge.pick_task where wave_id = $1",
    [waveId],
  );
  expect(rows).toEqual([{ state: "cancelled", reason: "time has run out" }]);
  const planned = await house.client.waves.planWave({ orderIds: [second] });
  expect(planned.data.tasks).toMatchObject([{ orderId: second, lpn: "L7" }]);
});

test("a line whose piece was sent and has come back wants no other", async () => {
  const orderId = await waiting();
  await hasLeft(house, "L8", { orderId, sku });
  const inboundId = await sendsBack(house, { orderId, sku });
  await house.client.inbound.receivePiece({ inboundId, line: 1, lpn: "L8" });
  await comes("L9");
  await house.refuses(() => reserve(orderId, "L9"), "line-served");
});

test("only a stored piece of the line's variant and grade is reserved", async () => {
  const orderId = await waiting();
  await hasPieces(
    house,
    { lpn: "other-grade", sku, grade: "A", bin: "A-1" },
    { lpn: "not-stored", sku, grade: "B" },
  );
  await house.refuses(() => reserve(orderId, "other-grade"), "wrong-piece");
  await house.refuses(() => reserve(orderId, "not-stored"), "garment-status-forbids");
  await house.refuses(() => reserve(orderId, "unknown"), "garment-unknown");
});

test("nothing is reserved for an order or a line that there is not, or that is cancelled", async () => {
  const orderId = await waiting();
  await comes("L5");
  const unknown = { orderId: randomUUID(), line: 1, lpn: "L5" };
  await house.refuses(() => house.client.garments.reservePiece(unknown), "order-unknown");
  const noLine = { orderId, line: 9, lpn: "L5" };
  await house.refuses(() => house.client.garments.reservePiece(noLine), "line-unknown");
  await house.client.orders.cancelOrder({ orderId, reason: "no" });
  await house.refuses(() => reserve(orderId, "L5"), "order-cancelled");
});

test("of sixteen lines that want one piece at once one has it", async () => {
  const orders = [];
  for (let i = 0; i < 16; i += 1) orders.push(await waiting());
  await comes("HOT");
  const tries = await Promise.allSettled(orders.map((orderId) => reserve(orderId, "HOT")));
  expect(tries.filter(({ status }) => status === "fulfilled").length).toBe(1);
  const reasons = tries.flatMap((one) => (one.status === "rejected" ? one.reason.reason : []));
  expect(reasons.filter((one) => !/^(reserved-for-another|changed-in-between)$/.test(one))).toEqual(
    [],
  );
  expect(await house.gaps()).toEqual([]);
});
