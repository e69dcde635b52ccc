import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let ask: House["client"]["inbound"]["intakeQueue"];

const eta = "2026-06-01T08:00:00Z";
const dayMs = 86_400_000;

/** What two suppliers and a seller send, into two warehouses; what is done is not there. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.inbound.intakeQueue;
  const { inbound, catalogue, garments } = house.client;
  for (const sku of ["TEE", "CAP"]) await catalogue.registerVariant({ sku });
  const announce = async (source: string, ref: string, more: object = {}) => {
    const lines = [
      { sku: "TEE", qty: 3 },
      { sku: "CAP", qty: 1 },
    ];
    const facts = { source, ref, kind: "supplier" as const, eta, lines, ...more };
    return (await inbound.announceInbound(facts)).data.inboundId;
  };
  await announce("nordic", "coming");
  await announce("nordic", "far", { warehouse: "north", eta: undefined });
  const busy = await announce("anna", "busy", { kind: "seller" });
  for (const lpn of ["busy-1", "busy-2", "busy-3"]) {
    await inbound.receivePiece({ inboundId: busy, line: 1, lpn });
  }
  await garments.gradeGarment({ lpn: "busy-1", grade: "A" });
  const late = await announce("nordic", "late");
  await inbound.receivePiece({ inboundId: late, line: 2, lpn: "late-1" });
  const discrepancies = [{ line: 1, reason: "never came" }];
  await inbound.closeInbound({ inboundId: late, discrepancies });
  const done = await announce("nordic", "done");
  await inbound.receivePiece({ inboundId: done, line: 2, lpn: "done-1" });
  await inbound.closeInbound({ inboundId: done, discrepancies });
  await garments.gradeGarment({ lpn: "done-1", grade: "A" });
  await house.elsewhere.catalogue.registerVariant({ sku: "TEE" });
  await house.elsewhere.inbound.announceInbound({
    ...{ source: "nordic", ref: "coming", kind: "supplier", lines: [{ sku: "TEE", qty: 99 }] },
  });
});
afterAll(() => house.stop());

async function only(ref: string) {
  const { data } = await ask({ ref });
  return data.rows;
}

test("what is to come says what it will be, and is late from its time on", async () => {
  const rows = await only("coming");
  expect(rows).toEqual([
    {
      inboundId: expect.any(String),
      ...{ kind: "supplier", source: "nordic", ref: "coming", warehouse: "main", orderId: null },
      ...{ status: "announced", lines: 2, linesInFull: 0, expected: 4, received: 0, ungraded: 0 },
      ...{ oldestUngradedAt: null, firstReceivedAt: null, announcedAt: expect.any(String) },
      eta: expect.stringContaining("2026-06-01T08:00:00"),
      dueAt: expect.stringContaining("2026-06-01T08:00:00"),
    },
  ]);
});

test("what comes without a time is never late", async () => {
  expect(await only("far")).toMatchObject([{ warehouse: "north", eta: null, dueAt: null }]);
});

test("what is coming in says what waits for its grade, and is late a day after the first", async () => {
  const [row, ...more] = await only("busy");
  expect(more).toEqual([]);
  const counts = { expected: 4, received: 3, ungraded: 2, lines: 2, linesInFull: 1 };
  expect(row).toMatchObject({ kind: "seller", status: "receiving", ...counts });
  const [oldest] = await house.database.query<{ at: Date }>(
    "select received_at as at from selvedge.garment where lpn = 'busy-2'",
  );
  const waitsSince = oldest?.at.getTime() ?? 0;
  expect(Date.parse(row?.oldestUngradedAt ?? "")).toBe(waitsSince);
  expect(Date.parse(row?.dueAt ?? "")).toBe(waitsSince + dayMs);
});

test("what is closed stays until its last piece is graded", async () => {
  expect(await only("late")).toMatchObject([{ status: "closed", ungraded: 1, received: 1 }]);
  expect(await only("done")).toEqual([]);
});

test("a piece is waited for no longer once it is graded, and again after rework", async () => {
  const { garments } = house.client;
  await garments.gradeGarment({ lpn: "busy-2", grade: "B" });
  expect(await only("busy")).toMatchObject([{ ungraded: 1 }]);
  await garments.sendToRework({ lpn: "busy-2", work: "wash" });
  expect(await only("busy")).toMatchObject([{ ungraded: 1 }]);
  await garments.completeRework({ lpn: "busy-2", result: "clean" });
  expect(await only("busy")).toMatchObject([{ ungraded: 2 }]);
});

describe("rows are filtered", () => {
  test.each([
    ["by nothing", {}, ["busy", "coming", "far", "late"]],
    ["by kind", { kind: "seller" as const }, ["busy"]],
    ["by source", { source: "nordic" }, ["coming", "far", "late"]],
    ["by reference", { ref: ["busy", "late"] }, ["busy", "late"]],
    ["by warehouse", { warehouse: "north" }, ["far"]],
    ["by status", { status: ["announced", "closed"] as const }, ["coming", "far", "late"]],
    ["by what is not there", { source: "nobody" }, []],
  ])("%s", async (_, filter, expected) => {
    const { data } = await ask(filter);
    expect(data.rows.map(({ ref }) => ref).sort()).toEqual(expected);
  });

  test("by inbound", async () => {
    const [{ inboundId } = { inboundId: "" }] = await only("busy");
    expect((await ask({ inboundId })).data.rows).toMatchObject([{ ref: "busy" }]);
  });
});

test.each([1, 2, 4, 5])("pages of %i show every row exactly once, in order", async (limit) => {
  const seen: string[] = [];
  for await (const { inboundId } of ask.rows({ limit })) seen.push(inboundId);
  const { data } = await ask();
  expect(seen).toEqual(data.rows.map(({ inboundId }) => inboundId));
  expect(new Set(seen).size).toBe(4);
});

test("another house sees its own dock only", async () => {
  const { data } = await house.elsewhere.inbound.intakeQueue();
  expect(data.rows).toMatchObject([{ ref: "coming", expected: 99 }]);
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("intake_queue")).toEqual(["tenant, inbound_id"]);
  const [{ inboundId } = { inboundId: "" }] = await only("busy");
  await house.client.inbound.receivePiece({ inboundId, line: 2, lpn: "last" });
  expect((await ask()).freshness.includesReceipt).toBe(true);
  expect(await only("busy")).toMatchObject([{ received: 4, linesInFull: 2 }]);
  expect(await house.differences("intake_queue")).toEqual([]);
});
