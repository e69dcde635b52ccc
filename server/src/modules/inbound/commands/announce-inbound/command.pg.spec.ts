import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasLeft, isShipped, sendsBack } from "../../../../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let announce: House["client"]["inbound"]["announceInbound"];
beforeAll(async () => {
  house = await startHouse();
  announce = house.client.inbound.announceInbound;
  await house.stocks("TEE", 1_000);
  await house.stocks("CAP");
});
afterAll(() => house.stop());

const byOne = { source: "nordic-supply", kind: "supplier" as const };
const lines = [{ sku: "TEE", qty: 40 }];

/** An order for so many tees; answers its id. */
const sold = async (qty = 2) => (await house.sells({ TEE: qty })).orderId;

test("what a supplier announces is known, line by line", async () => {
  const said = [
    { sku: "TEE", grade: "N", qty: 40 },
    { sku: "CAP", qty: 2 },
  ];
  const eta = "2026-06-01T08:00:00+02:00";
  const answer = await announce({ ...byOne, ref: "PO-1", eta, warehouse: "north", lines: said });
  const { inboundId } = answer.data;
  const facts = { source: "nordic-supply", ref: "PO-1", kind: "supplier", warehouse: "north" };
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Inbound", id: inboundId, version: 1, type: "InboundAnnounced" },
      data: { ...facts, lines: 2, qty: 42 },
    },
  ]);
  const kept = "select line, sku, grade, expected, received from selvedge.inbound_line";
  const rows = await house.database.query(`${kept} where inbound_id = $1 order by line`, [
    inboundId,
  ]);
  expect(rows).toEqual([
    { line: 1, sku: "TEE", grade: "N", expected: 40, received: 0 },
    { line: 2, sku: "CAP", grade: null, expected: 2, received: 0 },
  ]);
});

test("what is announced again under the same command id is announced once", async () => {
  await house.answersOnce((options) => announce({ ...byOne, ref: "once", lines }, options));
});

describe("a reference", () => {
  test("that the source has used is refused", async () => {
    await announce({ ...byOne, ref: "twice", lines });
    const again = () => announce({ ...byOne, ref: "twice", kind: "seller", lines });
    expect(await house.refuses(again, "inbound-ref-taken")).toMatchObject({ kind: "conflict" });
  });

  test("may be used by another source, and by another house's", async () => {
    await announce({ ...byOne, ref: "shared", lines });
    await announce({ ...byOne, source: "anna", kind: "seller", ref: "shared", lines });
    await house.elsewhere.catalogue.registerVariant({ sku: "TEE" });
    await house.elsewhere.inbound.announceInbound({ ...byOne, ref: "shared", lines });
  });
});

test("pieces of a variant that nobody registered are refused", async () => {
  const error = await house.refuses(
    () => announce({ ...byOne, ref: "odd", lines: [...lines, { sku: "UNKNOWN", qty: 1 }] }),
    "variant-unknown",
  );
  expect(error.details).toEqual({ skus: ["UNKNOWN"] });
});

test("pieces in a grade that the house does not have are refused", async () => {
  const odd = [{ sku: "TEE", grade: "Z", qty: 1 }];
  await house.refuses(() => announce({ ...byOne, ref: "odd", lines: odd }), "grade-unknown");
});

describe("a return", () => {
  test("is announced with its order, and why it comes", async () => {
    const orderId = await sold();
    await isShipped(house, { orderId, sku: "TEE", qty: 2 });
    const back = { source: "shop", ref: "R-1", kind: "return" as const, orderId };
    const answer = await announce({
      ...{ ...back, returnReason: "too small" },
      lines: [{ sku: "TEE", qty: 2, orderLine: 1 }],
    });
    expect(await house.journalOf(answer)).toMatchObject([
      { type: "ReturnAnnounced", data: { orderId, reason: "too small", kind: "return", qty: 2 } },
    ]);
  });

  test("of a piece with a licence plate is announced like any other", async () => {
    const orderId = await sold(1);
    await hasLeft(house, "back-1", { orderId, sku: "TEE" });
    await sendsBack(house, { orderId, sku: "TEE" });
  });

  test("of an order that there is not is refused", async () => {
    const orderId = randomUUID();
    await house.refuses(() => sendsBack(house, { orderId, sku: "TEE" }), "order-unknown");
  });

  const halves = { kind: "return" as const, source: "shop", ref: "halves" };
  test.each([
    ["twice on two lines", [1, 2], 2],
    ["once on one", [3], 2],
  ])("of more than was shipped is refused: %s", async (_, quantities, left) => {
    const orderId = await sold();
    await isShipped(house, { orderId, sku: "TEE", qty: 2 });
    const back = quantities.map((qty) => ({ sku: "TEE", qty, orderLine: 1 }));
    const error = await house.refuses(
      () => announce({ ...halves, orderId, lines: back }),
      "more-than-shipped",
    );
    expect(error.details).toEqual({ orderId, orderLine: 1, sku: "TEE", qty: 3, left });
  });

  test.each([
    ["another SKU", { sku: "CAP", orderLine: 1 }],
    ["another line", { sku: "TEE", orderLine: 2 }],
  ])("of %s than was shipped is refused", async (_, of) => {
    const orderId = await sold();
    await isShipped(house, { orderId, sku: "TEE", qty: 2 });
    await house.refuses(
      () => announce({ ...halves, orderId, lines: [{ qty: 1, ...of }] }),
      "more-than-shipped",
    );
  });

  test.each(["never left the house", "was lost on its way"])(
    "of what %s is refused",
    async (how) => {
      const orderId = await sold();
      if (how.includes("lost")) {
        await isShipped(house, { orderId, sku: "TEE", qty: 2 }, undefined, "lost");
      }
      await house.refuses(() => sendsBack(house, { orderId, sku: "TEE" }), "more-than-shipped");
    },
  );

  test("counts what comes back already, however it is announced", async () => {
    const orderId = await sold(3);
    await isShipped(house, { orderId, sku: "TEE", qty: 3 });
    await sendsBack(house, { orderId, sku: "TEE", qty: 2 });
    const two = () => sendsBack(house, { orderId, sku: "TEE", qty: 2 });
    expect((await house.refuses(two, "more-than-shipped")).details).toMatchObject({ left: 1 });
    await sendsBack(house, { orderId, sku: "TEE" });
    await house.refuses(() => sendsBack(house, { orderId, sku: "TEE" }), "more-than-shipped");
  });

  test("that never came leaves its pieces to be announced once more", async () => {
    const orderId = await sold(2);
    await isShipped(house, { orderId, sku: "TEE", qty: 2 });
    const inboundId = await sendsBack(house, { orderId, sku: "TEE", qty: 2 });
    const discrepancies = [{ line: 1, reason: "customer keeps them" }];
    await house.client.inbound.closeInbound({ inboundId, discrepancies });
    await sendsBack(house, { orderId, sku: "TEE", qty: 2 });
  });

  test("is taken on the last day of the window, and refused a day later", async () => {
    const inTime = await sold(1);
    await isShipped(house, { orderId: inTime, sku: "TEE", daysAgo: 29.99 });
    await sendsBack(house, { orderId: inTime, sku: "TEE" });
    const late = await sold(1);
    await isShipped(house, { orderId: late, sku: "TEE", daysAgo: 30.01 });
    const call = () => sendsBack(house, { orderId: late, sku: "TEE" });
    const { details } = await house.refuses(call, "return-window-over");
    expect(details).toMatchObject({ orderLine: 1, qty: 1, leftInTime: 0, windowDays: 30 });
  });

  test("keeps to the window that the house has decided on", async () => {
    const orderId = await sold(3);
    await isShipped(house, { orderId, sku: "TEE", qty: 1, daysAgo: 40 });
    await isShipped(house, { orderId, sku: "TEE", qty: 2, daysAgo: 2 });
    const three = () => sendsBack(house, { orderId, sku: "TEE", qty: 3 });
    expect((await house.refuses(three, "return-window-over")).details).toMatchObject({
      leftInTime: 2,
    });
    await sendsBack(house, { orderId, sku: "TEE", qty: 2 });
  });

  test("of the same pieces is announced by one of eight who do it at once", async () => {
    const orderId = await sold(1);
    await isShipped(house, { orderId, sku: "TEE" });
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, () => sendsBack(house, { orderId, sku: "TEE" })),
    );
    expect(all.filter(({ status }) => status === "fulfilled").length).toBe(1);
    const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
    expect(reasons).toEqual(Array(7).fill("more-than-shipped"));
  });
});

const orderId = "0199c0de-0000-4000-8000-000000000001";
test.each([
  ["no line", { lines: [] }],
  ["no piece", { lines: [{ sku: "TEE", qty: 0 }] }],
  ["a kind that there is not", { kind: "gift" }],
  ["an order that is not returned", { orderId }],
  ["an order's line that is not returned", { lines: [{ sku: "TEE", qty: 1, orderLine: 1 }] }],
  ["a reason though nothing is returned", { returnReason: "too small" }],
  ["a return of no order", { kind: "return", lines: [{ sku: "TEE", qty: 1, orderLine: 1 }] }],
  ["a return of no order's line", { kind: "return", orderId }],
])("input with %s is not taken", async (_, odd) => {
  const call = announce({ ...byOne, ref: "odd", lines, ...(odd as object) });
  await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("every inbound's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
