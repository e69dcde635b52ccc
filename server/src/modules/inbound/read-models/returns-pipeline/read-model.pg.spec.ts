import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { announces, hasLeft, isShipped } from "../../../../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let ask: House["client"]["inbound"]["returnsPipeline"];
const orders: Record<string, string> = {};

/** Returns at each stage: of two pieces, of a lot, and of one that never came. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.inbound.returnsPipeline;
  await house.stocks("TEE", 100);
  const returns = async (ref: string, sku: string, qty: number, returnReason = "too small") => {
    const orderId = orders[ref] ?? "";
    const lines = [{ sku, qty, orderLine: 1 }];
    const facts = { source: "shop", kind: "return" as const, ref, orderId, returnReason, lines };
    return (await house.client.inbound.announceInbound(facts)).data.inboundId;
  };
  for (const ref of ["pair", "lot", "kept"]) {
    const channel = ref === "lot" ? "market" : "shop";
    orders[ref] = (await house.sells({ TEE: 2 }, { externalRef: ref, channel })).orderId;
  }
  const of = (ref: string) => ({ orderId: orders[ref] ?? "", sku: "TEE" });
  await hasLeft(house, "pair-1", of("pair"));
  await hasLeft(house, "pair-2", of("pair"));
  await isShipped(house, { ...of("lot"), qty: 2 });
  await isShipped(house, { ...of("kept"), qty: 2 });
  const pair = await returns("pair", "TEE", 2);
  const lot = await returns("lot", "TEE", 2);
  await returns("kept", "TEE", 1);
  const { receivePiece, receiveLot } = house.client.inbound;
  await receivePiece({ inboundId: pair, line: 1, lpn: "pair-1" });
  await receiveLot({ inboundId: lot, line: 1, batchRef: "back", qty: 2, grade: "B" });
  await announces(house, { TEE: 5 });
});
afterAll(() => house.stop());

async function only(ref: string) {
  const { data } = await ask({ ref });
  expect(data.rows.length).toBe(1);
  return data.rows[0] ?? expect.fail(`There is no return ${ref}.`);
}

test("a return that is announced says of which order it is, and why", async () => {
  expect(await only("kept")).toEqual({
    inboundId: expect.any(String),
    ...{ line: 1, source: "shop", ref: "kept", sku: "TEE", reason: "too small" },
    ...{ orderId: orders.kept, orderLine: 1, channel: "shop", externalRef: "kept" },
    ...{ expected: 1, received: 0, graded: 0, decided: 0, gradeBefore: "N", pieces: [] },
    ...{ stage: "announced", discrepancy: null, firstReceivedAt: null, closedAt: null },
    announcedAt: expect.any(String),
  });
});

test("what came as a lot is stock again", async () => {
  const row = await only("lot");
  expect(row).toMatchObject({ received: 2, pieces: [], stage: "decided", channel: "market" });
  expect(Date.parse(row.firstReceivedAt ?? "")).toBeGreaterThan(0);
});

test("a piece is followed from its coming to what becomes of it", async () => {
  const { garments, inbound } = house.client;
  const first = { lpn: "pair-1", gradeBefore: "N" };
  expect(await only("pair")).toMatchObject({
    ...{ expected: 2, received: 1, graded: 0, stage: "received" },
    pieces: [{ ...first, status: "received", gradeAfter: null, disposition: null }],
  });
  await garments.gradeGarment({ lpn: "pair-1", grade: "B" });
  expect(await only("pair")).toMatchObject({
    ...{ graded: 1, decided: 0, stage: "graded" },
    pieces: [{ ...first, status: "graded", gradeAfter: "B", disposition: null }],
  });
  const { inboundId } = await only("pair");
  await inbound.receivePiece({ inboundId, line: 1, lpn: "pair-2" });
  expect(await only("pair")).toMatchObject({ received: 2, graded: 1, stage: "received" });
  await garments.gradeGarment({ lpn: "pair-2", grade: "D" });
  await garments.decideDisposition({ lpn: "pair-1", disposition: "sell" });
  await garments.decideDisposition({ lpn: "pair-2", disposition: "recycle" });
  expect(await only("pair")).toMatchObject({
    ...{ graded: 2, decided: 2, stage: "decided", closedAt: null },
    pieces: [
      { ...first, status: "graded", gradeAfter: "B", disposition: "sell" },
      { lpn: "pair-2", status: "recycled", gradeAfter: "D", disposition: "recycle" },
    ],
  });
  await inbound.closeInbound({ inboundId });
  const closed = await only("pair");
  expect(closed.stage).toBe("closed");
  expect(Date.parse(closed.closedAt ?? "")).toBeGreaterThan(Date.parse(closed.announcedAt));
});

test("a return that never came is closed with its reason", async () => {
  const { inboundId } = await only("kept");
  const discrepancies = [{ line: 1, reason: "customer keeps it" }];
  await house.client.inbound.closeInbound({ inboundId, discrepancies });
  expect(await only("kept")).toMatchObject({ stage: "closed", discrepancy: "customer keeps it" });
});

describe("rows are filtered", () => {
  test.each([
    ["by nothing", {}, ["kept", "lot", "pair"]],
    ["by channel", { channel: "market" }, ["lot"]],
    ["by the channel's reference", { externalRef: ["pair", "lot"] }, ["lot", "pair"]],
    ["by SKU", { sku: "TEE" }, ["kept", "lot", "pair"]],
    ["by stage", { stage: ["decided", "announced"] as const }, ["lot"]],
    ["by what is not there", { sku: "CAP" }, []],
  ])("%s", async (_, filter, expected) => {
    const { data } = await ask(filter);
    expect(data.rows.map(({ ref }) => ref).sort()).toEqual(expected);
  });

  test("by order and by inbound", async () => {
    const { inboundId } = await only("lot");
    expect((await ask({ inboundId })).data.rows).toMatchObject([{ ref: "lot" }]);
    const orderId = orders.pair ?? "";
    expect((await ask({ orderId })).data.rows).toMatchObject([{ ref: "pair" }]);
  });
});

test.each([1, 2, 3, 4])("pages of %i show every row exactly once, in order", async (limit) => {
  const seen: string[] = [];
  for await (const row of ask.rows({ limit })) seen.push(`${row.inboundId} ${row.line}`);
  const { data } = await ask();
  expect(seen).toEqual(data.rows.map((row) => `${row.inboundId} ${row.line}`));
  expect(new Set(seen).size).toBe(3);
});

test("another house sees its own returns only", async () => {
  expect((await house.elsewhere.inbound.returnsPipeline()).data.rows).toEqual([]);
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("returns_pipeline")).toEqual(["tenant, inbound_id, line"]);
  const answer = { lpn: "pair-1", grade: "A", reason: "better than it looked" };
  await house.client.garments.regradeGarment(answer);
  expect((await ask()).freshness.includesReceipt).toBe(true);
  expect((await only("pair")).pieces[0]).toMatchObject({ gradeAfter: "A" });
  expect(await house.differences("returns_pipeline")).toEqual([]);
});
