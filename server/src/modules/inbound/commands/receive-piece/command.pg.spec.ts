import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { announces, hasLeft, isShipped, sendsBack } from "../../../../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let receive: House["client"]["inbound"]["receivePiece"];
beforeAll(async () => {
  house = await startHouse();
  receive = house.client.inbound.receivePiece;
  await house.stocks("TEE", 1_000);
});
afterAll(() => house.stop());

/** What is known of a piece and of its inbound's line. */
async function seen(lpn: string) {
  const [row] = await house.database.query(
    `select g.sku, g.owner, g.consignor, g.status, g.grade, g.grade_before, g.order_id,
       l.inbound_id, l.line, l.received, l.discrepancy, i.status as inbound
     from selvedge.garment as g
     join selvedge.inbound_line as l on (l.tenant, l.inbound_id, l.line)
       = (g.tenant, g.inbound_id, g.inbound_line)
     join selvedge.inbound as i on i.tenant = l.tenant and i.id = l.inbound_id
     where g.tenant = 'default' and g.lpn = $1`,
    [lpn],
  );
  return row;
}

test("a piece that comes in is a garment to be graded", async () => {
  const inboundId = await announces(house, { TEE: 2, CAP: 1 });
  const answer = await receive({ inboundId, line: 2, lpn: "cap-1" });
  expect(answer.data).toEqual({ lpn: "cap-1", sku: "CAP", received: 1, expected: 1 });
  expect(await seen("cap-1")).toMatchObject({
    ...{ sku: "CAP", owner: "own", status: "received", grade: null },
    ...{ inbound_id: inboundId, line: 2, received: 1, inbound: "receiving" },
  });
  const piece = { sku: "CAP", owner: "own", inboundId, inboundLine: 2 };
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Inbound", id: inboundId, version: 2, type: "PieceReceived" },
      data: { line: 2, lpn: "cap-1", sku: "CAP", qty: 1 },
    },
    { kind: "Garment", id: "cap-1", version: 1, type: "GarmentReceived", data: piece },
  ]);
});

test("a seller's piece stays theirs", async () => {
  const inboundId = await announces(house, { TEE: 1 }, "seller");
  await receive({ inboundId, line: 1, lpn: "anna-1", sku: "TEE", consignor: "anna" });
  expect(await seen("anna-1")).toMatchObject({ owner: "consignor", consignor: "anna" });
});

test("a piece that is received again under the same command id is received once", async () => {
  const inboundId = await announces(house, { TEE: 5 });
  const answer = await house.answersOnce((options) =>
    receive({ inboundId, line: 1, lpn: "once" }, options),
  );
  expect(answer.data.received).toBe(1);
});

test("sixteen who receive on one line at once all get their piece in", async () => {
  const inboundId = await announces(house, { TEE: 16 });
  const all = await Promise.all(
    Array.from({ length: 16 }, (_, i) => receive({ inboundId, line: 1, lpn: `at-once-${i}` })),
  );
  const counts = all.map(({ data }) => data.received).sort((a, b) => a - b);
  expect(counts).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
});

test("pieces and lots that come in at once are all counted", async () => {
  const inboundId = await announces(house, { TEE: 16 });
  const { receiveLot } = house.client.inbound;
  await Promise.all(
    Array.from({ length: 8 }, (_, i) => [
      receive({ inboundId, line: 1, lpn: `mixed-${i}` }),
      receiveLot({ inboundId, line: 1, batchRef: `mixed-${i}`, qty: 1, grade: "B" }),
    ]).flat(),
  );
  expect(await seen("mixed-0")).toMatchObject({ received: 16, discrepancy: null });
});

describe("a licence plate that names a piece already is refused", () => {
  test("on the same inbound and on another", async () => {
    const inboundId = await announces(house, { TEE: 2 });
    await receive({ inboundId, line: 1, lpn: "taken" });
    const details = { lpn: "taken", sku: "TEE" };
    const other = await announces(house, { CAP: 1 });
    for (const id of [inboundId, other]) {
      const call = () => receive({ inboundId: id, line: 1, lpn: "taken" });
      expect((await house.refuses(call, "lpn-taken")).details).toEqual(details);
    }
  });

  test("but for one of eight who take it at once", async () => {
    const inboundId = await announces(house, { TEE: 8 });
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, () => receive({ inboundId, line: 1, lpn: "race" })),
    );
    const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
    expect(reasons).toEqual(Array(7).fill("lpn-taken"));
    expect(await seen("race")).toMatchObject({ received: 1 });
  });

  test("but not in another house", async () => {
    const inboundId = await announces(house, { TEE: 1 });
    await receive({ inboundId, line: 1, lpn: "apart" });
    await house.elsewhere.catalogue.registerVariant({ sku: "TEE" });
    const facts = { source: "s", ref: "r", kind: "supplier" as const };
    const theirs = await house.elsewhere.inbound.announceInbound({
      ...{ ...facts, lines: [{ sku: "TEE", qty: 1 }] },
    });
    const { inboundId: there } = theirs.data;
    await house.elsewhere.inbound.receivePiece({ inboundId: there, line: 1, lpn: "apart" });
    await house.refuses(
      () => receive({ inboundId: there, line: 1, lpn: "not-ours" }),
      "inbound-unknown",
    );
  });
});

test("more than was announced needs a reason, which is kept", async () => {
  const inboundId = await announces(house, { TEE: 1 });
  await receive({ inboundId, line: 1, lpn: "over-1" });
  const over = { inboundId, line: 1, lpn: "over-2" };
  const { details } = await house.refuses(() => receive(over), "over-receipt");
  expect(details).toEqual({ line: 1, expected: 1, received: 1, qty: 1 });
  const answer = await receive({ ...over, overReason: "one more in the box" });
  expect(answer.data).toMatchObject({ received: 2, expected: 1 });
  expect(await seen("over-2")).toMatchObject({ discrepancy: "one more in the box" });
});

test("what nobody announced is refused", async () => {
  const inboundId = await announces(house, { TEE: 1, CAP: 1 });
  const lpn = "odd";
  await house.refuses(() => receive({ inboundId: randomUUID(), line: 1, lpn }), "inbound-unknown");
  await house.refuses(() => receive({ inboundId, line: 3, lpn }), "inbound-line-unknown");
  await house.refuses(() => receive({ inboundId, line: 2, lpn, sku: "TEE" }), "sku-not-expected");
});

test("nothing comes in once the inbound is closed", async () => {
  const inboundId = await announces(house, { TEE: 1 });
  const discrepancies = [{ line: 1, reason: "never came" }];
  await house.client.inbound.closeInbound({ inboundId, discrepancies });
  await house.refuses(() => receive({ inboundId, line: 1, lpn: "late" }), "inbound-closed");
});

describe("with a return", () => {
  test("a piece comes back under its own licence plate, to be graded anew", async () => {
    const { orderId } = await house.sells({ TEE: 1 });
    await hasLeft(house, "back", { orderId, sku: "TEE" });
    const inboundId = await sendsBack(house, { orderId, sku: "TEE" });
    const answer = await receive({ inboundId, line: 1, lpn: "back", sku: "TEE" });
    expect(await seen("back")).toMatchObject({
      ...{ status: "received", grade: null, grade_before: "A", order_id: null },
      ...{ inbound_id: inboundId, received: 1 },
    });
    const of = { orderId, orderLine: 1 };
    const piece = { sku: "TEE", inboundId, inboundLine: 1, orderId, line: 1, gradeBefore: "A" };
    expect(await house.journalOf(answer)).toMatchObject([
      { type: "ReturnReceived", data: { line: 1, lpn: "back", sku: "TEE", qty: 1, ...of } },
      { kind: "Garment", id: "back", version: 4, type: "GarmentReturned", data: piece },
    ]);
  });

  test("a piece of a batch comes back under a new licence plate, as many as were shipped", async () => {
    const { orderId } = await house.sells({ TEE: 2 });
    await isShipped(house, { orderId, sku: "TEE", qty: 2 });
    const first = await sendsBack(house, { orderId, sku: "TEE" });
    const second = await sendsBack(house, { orderId, sku: "TEE" });
    await receive({ inboundId: first, line: 1, lpn: "batch-1" });
    await receive({ inboundId: second, line: 1, lpn: "batch-2" });
    expect(await seen("batch-2")).toMatchObject({ status: "received", grade_before: null });
    const third = { inboundId: second, line: 1, lpn: "batch-3", overReason: "one more" };
    const { details } = await house.refuses(() => receive(third), "piece-not-shipped");
    expect(details).toEqual({ line: 1, qty: 1, left: 0 });
  });

  test("a new licence plate is refused for a piece that left under another", async () => {
    const { orderId } = await house.sells({ TEE: 1 });
    await hasLeft(house, "own-plate", { orderId, sku: "TEE" });
    const inboundId = await sendsBack(house, { orderId, sku: "TEE" });
    await house.refuses(
      () => receive({ inboundId, line: 1, lpn: "new-plate" }),
      "piece-not-shipped",
    );
  });

  test("a piece that another order has had is refused", async () => {
    const mine = await house.sells({ TEE: 1 });
    await hasLeft(house, "mine", { orderId: mine.orderId, sku: "TEE" });
    const other = await house.sells({ TEE: 1 });
    await hasLeft(house, "other", { orderId: other.orderId, sku: "TEE" });
    const inboundId = await sendsBack(house, { orderId: mine.orderId, sku: "TEE" });
    await house.refuses(() => receive({ inboundId, line: 1, lpn: "other" }), "lpn-taken");
  });

  test("a piece comes back once", async () => {
    const { orderId } = await house.sells({ TEE: 1 });
    await hasLeft(house, "boomerang", { orderId, sku: "TEE" });
    const inboundId = await sendsBack(house, { orderId, sku: "TEE" });
    await receive({ inboundId, line: 1, lpn: "boomerang" });
    const again = { inboundId, line: 1, lpn: "boomerang", overReason: "again" };
    await house.refuses(() => receive(again), "lpn-taken");
  });

  test("a piece that was not handed over yet does not come back", async () => {
    const { orderId } = await house.sells({ TEE: 1 });
    await hasLeft(house, "still-here", { orderId, sku: "TEE" });
    await house.database.query(
      "update selvedge.garment set status = 'packed' where lpn = 'still-here'",
    );
    const inboundId = await sendsBack(house, { orderId, sku: "TEE" });
    await house.refuses(
      () => receive({ inboundId, line: 1, lpn: "still-here" }),
      "garment-status-forbids",
    );
  });
});

test("the version of every inbound and piece is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
