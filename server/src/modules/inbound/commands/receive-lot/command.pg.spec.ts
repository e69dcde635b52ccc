import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  announces,
  hasBin,
  isShipped,
  occupiedOf,
  sendsBack,
} from "../../../../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let receive: House["client"]["inbound"]["receiveLot"];
beforeAll(async () => {
  house = await startHouse();
  receive = house.client.inbound.receiveLot;
});
afterAll(() => house.stop());

async function stockOf(sku: string) {
  const { data } = await house.client.stock.sellableAvailability({ sku });
  return data.rows;
}

const lot = { line: 1, grade: "N" };

test("a lot that comes in is a batch that can be sold at once", async () => {
  const inboundId = await announces(house, { TEE: 40 });
  const answer = await receive({ ...lot, inboundId, batchRef: "PO-1/1", qty: 30 });
  expect(answer.data).toEqual({ batchRef: "PO-1/1", received: 30, expected: 40 });
  expect(await stockOf("TEE")).toMatchObject([{ grade: "N", onHand: 30, available: 30 }]);
  const data = { line: 1, batch: "PO-1/1", grade: "N", sku: "TEE", qty: 30 };
  expect(await house.journalOf(answer)).toMatchObject([
    { kind: "Inbound", id: inboundId, version: 2, type: "LotReceived", data },
    { kind: "SkuStock", id: "main/TEE/N", version: 1, type: "BatchAdded" },
  ]);
  const [batch] = await house.database.query(
    "select inbound_id, inbound_line, bin from selvedge.batch where ref = 'PO-1/1'",
  );
  expect(batch).toEqual({ inbound_id: inboundId, inbound_line: 1, bin: null });
});

test("a lot may go into a bin at once, which holds it then", async () => {
  await hasBin(house, "P-01");
  const inboundId = await announces(house, { BINNED: 10 });
  await receive({ ...lot, inboundId, batchRef: "binned-1", qty: 4, bin: "P-01" });
  await receive({ ...lot, inboundId, batchRef: "binned-2", qty: 6, bin: "P-01" });
  expect(await occupiedOf(house, "P-01")).toBe(10);
});

test("a lot that is received again under the same command id is received once", async () => {
  const inboundId = await announces(house, { ONCE: 5 });
  await house.answersOnce((options) =>
    receive({ ...lot, inboundId, batchRef: "once", qty: 2 }, options),
  );
  expect(await stockOf("ONCE")).toMatchObject([{ onHand: 2 }]);
});

test("sixteen lots of a stock that is new are all there", async () => {
  const inboundId = await announces(house, { BEGIN: 16 });
  await Promise.all(
    Array.from({ length: 16 }, (_, i) =>
      receive({ ...lot, inboundId, batchRef: `begin-${i}`, qty: 1 }),
    ),
  );
  expect(await stockOf("BEGIN")).toMatchObject([{ onHand: 16 }]);
});

test("lots of many inbounds, batches and orders of a stock that is new get in each other's way, and in", async () => {
  const inbounds = await Promise.all(
    Array.from({ length: 8 }, () => announces(house, { MANY: 1 })),
  );
  await Promise.all(
    inbounds.flatMap((inboundId, i) => [
      receive({ ...lot, inboundId, batchRef: `many-${i}`, qty: 1 }),
      house.client.stock.addBatch({ ref: `many-too-${i}`, sku: "MANY", qty: 1 }),
      house.sells({ MANY: 1 }),
    ]),
  );
  expect(await stockOf("MANY")).toMatchObject([{ onHand: 16 }]);
});

test("more than was announced needs a reason, which is kept", async () => {
  const inboundId = await announces(house, { OVER: 3 });
  const over = { ...lot, inboundId, batchRef: "over", qty: 5 };
  const { details } = await house.refuses(() => receive(over), "over-receipt");
  expect(details).toEqual({ line: 1, expected: 3, received: 0, qty: 5 });
  await receive({ ...over, overReason: "supplier sent more" });
  expect(await stockOf("OVER")).toMatchObject([{ onHand: 5 }]);
});

describe("a lot is refused", () => {
  test("that nobody announced, or in a grade that there is not", async () => {
    const inboundId = await announces(house, { ODD: 3 });
    const odd = { ...lot, inboundId, batchRef: "odd", qty: 1 };
    const elsewhere = () => receive({ ...odd, inboundId: randomUUID() });
    await house.refuses(elsewhere, "inbound-unknown");
    await house.refuses(() => receive({ ...odd, line: 2 }), "inbound-line-unknown");
    await house.refuses(() => receive({ ...odd, grade: "Z" }), "grade-unknown");
  });

  test("once the inbound is closed", async () => {
    const inboundId = await announces(house, { LATE: 1 });
    const discrepancies = [{ line: 1, reason: "never came" }];
    await house.client.inbound.closeInbound({ inboundId, discrepancies });
    await house.refuses(
      () => receive({ ...lot, inboundId, batchRef: "late", qty: 1 }),
      "inbound-closed",
    );
  });

  test.each([
    ["in the same stock", "N"],
    ["in another grade", "B"],
  ])("under the reference of another batch %s", async (_, grade) => {
    const ref = `taken-${grade}`;
    await house.stocks("TAKEN");
    await house.client.stock.addBatch({ ref, sku: "TAKEN", qty: 1 });
    const inboundId = await announces(house, { TAKEN: 3 });
    await house.refuses(
      () => receive({ inboundId, line: 1, grade, batchRef: ref, qty: 1 }),
      "batch-ref-taken",
    );
  });

  test.each([
    ["that there is not", "bin-unknown", undefined],
    ["that sets pieces aside", "bin-unfit", { kind: "quarantine" }],
    ["that has no room for it", "bin-full", { capacity: 3 }],
    ["that is being counted", "bin-being-counted", { countState: "counting" }],
  ])("into a bin %s", async (_, reason, bin) => {
    if (bin) await hasBin(house, reason, bin);
    const inboundId = await announces(house, { NOWHERE: 4 });
    await house.refuses(
      () => receive({ ...lot, inboundId, batchRef: reason, qty: 4, bin: reason }),
      reason,
    );
  });
});

describe("with a return", () => {
  test("pieces of a batch come back as one, as many as were shipped", async () => {
    await house.stocks("BACK", 10);
    const { orderId } = await house.sells({ BACK: 5 });
    await isShipped(house, { orderId, sku: "BACK", qty: 5 });
    const inboundId = await sendsBack(house, { orderId, sku: "BACK", qty: 4 });
    const answer = await receive({ ...lot, inboundId, batchRef: "back", qty: 4, grade: "A" });
    expect(await house.journalOf(answer)).toMatchObject([
      { type: "ReturnReceived", data: { batch: "back", qty: 4, orderId, orderLine: 1 } },
      { type: "BatchAdded" },
    ]);
    const over = { ...lot, inboundId, batchRef: "over", qty: 2, overReason: "two more" };
    const { details } = await house.refuses(() => receive(over), "piece-not-shipped");
    expect(details).toEqual({ line: 1, qty: 2, left: 1 });
  });

  test("pieces that left under licence plates do not come back as a lot", async () => {
    await house.stocks("PLATED", 10);
    const { orderId } = await house.sells({ PLATED: 1 });
    await isShipped(house, { orderId, sku: "PLATED" }, { lpn: "plated" });
    const inboundId = await sendsBack(house, { orderId, sku: "PLATED" });
    await house.refuses(
      () => receive({ ...lot, inboundId, batchRef: "plated", qty: 1 }),
      "piece-not-shipped",
    );
  });
});

test("the version of every inbound, stock and bin is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
