import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

async function available(sku: string, warehouse = "main") {
  const { data } = await house.client.stock.sellableAvailability({ sku, warehouse });
  return data.rows;
}

test("a batch in the house can be sold at once", async () => {
  await house.stocks("HERE");
  const answer = await house.client.stock.addBatch({ ref: "here", sku: "HERE", qty: 40 });
  expect(answer.data).toEqual({ ref: "here" });
  const [row, ...more] = await available("HERE");
  expect(more).toEqual([]);
  expect(row).toMatchObject({ grade: "N", onHand: 40, reserved: 0, available: 40, incoming: 0 });
  expect(row?.nextEta).toBeNull();
  expect(Date.parse(row?.oldestReceivedAt ?? "")).toBeLessThanOrEqual(Date.now());
  expect(await house.journalOf(answer)).toEqual([
    {
      kind: "SkuStock",
      id: "main/HERE/N",
      version: 1,
      type: "BatchAdded",
      data: { ref: "here", qty: 40, inHouse: true, eta: null },
    },
  ]);
});

test("a batch on its way is announced with its day, and is not in the house", async () => {
  await house.stocks("SOON");
  const eta = "2026-06-01T08:00:00+02:00";
  const answer = await house.client.stock.addBatch({ ref: "soon", sku: "SOON", qty: 40, eta });
  const [row] = await available("SOON");
  expect(row).toMatchObject({ onHand: 0, available: 0, incoming: 40, oldestReceivedAt: null });
  expect(Date.parse(row?.nextEta ?? "")).toBe(Date.parse(eta));
  const data = { inHouse: false, eta: "2026-06-01T06:00:00.000Z" };
  expect(await house.journalOf(answer)).toMatchObject([{ type: "BatchAdded", data }]);
});

test("batches of one SKU and grade are one stock, others are another", async () => {
  await house.stocks("MANY", 3, 4);
  const { addBatch } = house.client.stock;
  await addBatch({ ref: "many-b", sku: "MANY", grade: "B", qty: 5 });
  const answer = await addBatch({ ref: "many-n", sku: "MANY", warehouse: "north", qty: 6 });
  expect(await available("MANY")).toMatchObject([
    { grade: "B", onHand: 5 },
    { grade: "N", onHand: 7 },
  ]);
  expect(await available("MANY", "north")).toMatchObject([{ grade: "N", onHand: 6 }]);
  expect(await house.journalOf(answer)).toMatchObject([{ id: "north/MANY/N", version: 1 }]);
});

test("stocks whose names run together are told apart", async () => {
  await house.stocks("A/B");
  await house.stocks("B");
  const { addBatch } = house.client.stock;
  const one = await addBatch({ ref: "run-1", sku: "A/B", qty: 1 });
  const other = await addBatch({ ref: "run-2", warehouse: "main/A", sku: "B", qty: 2 });
  expect(await house.journalOf(one)).toMatchObject([{ id: "main/A%2FB/N", version: 1 }]);
  expect(await house.journalOf(other)).toMatchObject([{ id: "main%2FA/B/N", version: 1 }]);
  expect(await available("A/B")).toMatchObject([{ onHand: 1 }]);
  expect(await available("B", "main/A")).toMatchObject([{ onHand: 2 }]);
});

test("a batch that is added again under the same command id is added once", async () => {
  await house.stocks("AGAIN");
  await house.answersOnce((options) =>
    house.client.stock.addBatch({ ref: "again", sku: "AGAIN", qty: 4 }, options),
  );
  expect(await available("AGAIN")).toMatchObject([{ onHand: 4 }]);
});

describe("a reference that is taken is refused", () => {
  test.each([
    ["in the same stock", { sku: "TAKEN" }],
    ["in another grade", { sku: "TAKEN", grade: "B" }],
    ["in another warehouse", { sku: "TAKEN", warehouse: "north" }],
    ["for another SKU", { sku: "TAKEN-TOO" }],
    ["with a date", { sku: "TAKEN", eta: "2026-06-01T08:00:00Z" }],
  ])("%s", async (_, where) => {
    await house.stocks("TAKEN-TOO");
    await house.stocks("TAKEN");
    await house.client.stock
      .addBatch({ ref: "taken", sku: "TAKEN", qty: 1 })
      .catch(() => undefined);
    const error = await house.refuses(
      () => house.client.stock.addBatch({ ref: "taken", qty: 1, ...where }),
      "batch-ref-taken",
    );
    expect(error.kind).toBe("conflict");
    expect(await available("TAKEN")).toMatchObject([{ onHand: 1 }]);
  });

  test("but for one of sixteen who add it at once", async () => {
    await house.stocks("RACE");
    const all = await Promise.allSettled(
      Array.from({ length: 16 }, () =>
        house.client.stock.addBatch({ ref: "race", sku: "RACE", qty: 1 }),
      ),
    );
    expect(all.filter(({ status }) => status === "fulfilled").length).toBe(1);
    const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
    expect(reasons).toEqual(Array(15).fill("batch-ref-taken"));
    expect(await available("RACE")).toMatchObject([{ onHand: 1 }]);
  });

  test("but not in another house", async () => {
    await house.stocks("APART", 1);
    await house.elsewhere.catalogue.registerVariant({ sku: "APART" });
    await house.elsewhere.stock.addBatch({ ref: "APART/1", sku: "APART", qty: 9 });
    expect(await available("APART")).toMatchObject([{ onHand: 1 }]);
    const there = await house.elsewhere.stock.sellableAvailability({ sku: "APART" });
    expect(there.data.rows).toMatchObject([{ onHand: 9 }]);
  });
});

test("a batch of a variant that nobody registered is refused", async () => {
  const error = await house.refuses(
    () => house.client.stock.addBatch({ ref: "unknown", sku: "UNKNOWN", qty: 1 }),
    "variant-unknown",
  );
  expect(error).toMatchObject({ kind: "not-found", details: { skus: ["UNKNOWN"] } });
});

test("a variant that another house registered is as unknown", async () => {
  await house.elsewhere.catalogue.registerVariant({ sku: "THEIRS" });
  await house.refuses(
    () => house.client.stock.addBatch({ ref: "theirs", sku: "THEIRS", qty: 1 }),
    "variant-unknown",
  );
});

test("sixteen batches that begin a stock at once are all there", async () => {
  await house.stocks("BEGIN");
  await Promise.all(
    Array.from({ length: 16 }, (_, i) =>
      house.client.stock.addBatch({ ref: `begin-${i}`, sku: "BEGIN", qty: 1 }),
    ),
  );
  expect(await available("BEGIN")).toMatchObject([{ onHand: 16 }]);
});

test.each([
  ["no piece", { qty: 0 }],
  ["less than no piece", { qty: -1 }],
  ["half a piece", { qty: 1.5 }],
  ["more than a million pieces", { qty: 1_000_001 }],
  ["a number as text", { qty: "1" }],
  ["a date without a time zone", { eta: "2026-06-01T08:00:00" }],
  ["a date in the year 300000", { eta: "+300000-01-01T00:00:00Z" }],
  ["an empty warehouse", { warehouse: "" }],
])("input with %s is not taken", async (_, odd) => {
  await house.stocks("ODD");
  const call = house.client.stock.addBatch({ ref: "odd", sku: "ODD", qty: 1, ...(odd as object) });
  await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
  expect(await available("ODD")).toEqual([]);
});

test("every stock's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});

test("a batch may lie in a bin from the start, if it goes in there", async () => {
  const { bins, stock } = house.client;
  await house.stocks("BINNED");
  const facts = { zone: "A", pickSequence: 1, capacity: 10 } as const;
  await bins.registerBin({ code: "A-1", kind: "pick", ...facts });
  await bins.registerBin({ code: "Q-1", kind: "quarantine", ...facts });
  const add = (ref: string, bin: string, more = {}) =>
    stock.addBatch({ ref, sku: "BINNED", qty: 6, bin, ...more });
  const { receipt } = await add("binned", "A-1");
  const { data } = await bins.binContents({ bin: "A-1" }, { atLeast: [receipt] });
  expect(data.rows).toMatchObject([{ item: "binned", qty: 6 }]);
  await house.refuses(() => add("second", "A-1"), "bin-full");
  await house.refuses(() => add("second", "Q-1"), "bin-unfit");
  await house.refuses(() => add("second", "Z-9"), "bin-unknown");
  const later = { eta: "2026-12-01T08:00:00Z" };
  await house.refuses(() => add("second", "A-1", later), "batch-not-here");
  await bins.startCount({ bin: "A-1" });
  await house.refuses(() => add("second", "A-1"), "bin-being-counted");
  expect(await house.gaps()).toEqual([]);
});
