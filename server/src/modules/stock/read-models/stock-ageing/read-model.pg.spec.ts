import type { StockAgeingRow } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { hasBin, hasPieces } from "../../../../../../test/harness/pieces.ts";

let house: House;
let ask: House["client"]["stock"]["stockAgeing"];

const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
const facts = { brand: "Nord", category: "Shirt" };

/** Pieces of one brand of every age, a batch, and a piece of which the brand is not known. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.stock.stockAgeing;
  await house.client.catalogue.registerVariant({ sku: "TEE", ...facts });
  await house.client.catalogue.registerVariant({ sku: "BARE" });
  await hasBin(house, "A-1", { capacity: 100 });
  for (const days of [0, 30, 31, 60, 61, 90, 91, 180, 181, 365, 366, 1_000]) {
    await hasPieces(house, { lpn: `${days}`, bin: "A-1", receivedAt: daysAgo(days) });
  }
  const bin = "A-1";
  await hasPieces(house, { lpn: "B", bin, grade: "B" }, { lpn: "BARE", sku: "BARE", bin });
  await hasPieces(house, { lpn: "LOOSE" }, { lpn: "ASIDE", bin, status: "quarantined" });
  await house.client.stock.addBatch({ ref: "lot", sku: "TEE", qty: 40 });
  await house.client.stock.addBatch({ ref: "coming", sku: "TEE", qty: 9, eta: daysAgo(-9) });
});
afterAll(() => house.stop());

/** Rows in short: brand, grade, band and pieces. */
const told = (rows: readonly StockAgeingRow[]) =>
  rows.map(({ brand, grade, ageBand, pieces }) => `${brand} ${grade} ${ageBand}: ${pieces}`);
const bands = ["0-30", "31-60", "61-90", "91-180", "181-365", "over 365"];

test("a piece stands in the band of its days in the house, each band's ends included", async () => {
  const { data } = await ask({ brand: "Nord", grade: "A" });
  expect(told(data.rows).sort()).toEqual(bands.map((band) => `Nord A ${band}: 2`).sort());
  const oldest = new Map(data.rows.map(({ ageBand, oldestDays }) => [ageBand, oldestDays]));
  expect(bands.map((band) => oldest.get(band as "0-30"))).toEqual([30, 60, 90, 180, 365, 1_000]);
});

test("a batch in the house counts with all its pieces, one on its way does not", async () => {
  const { data } = await ask({ grade: "N" });
  expect(data.rows).toEqual([
    {
      ...{ brand: "Nord", category: "Shirt", grade: "N", ageBand: "0-30", pieces: 40 },
      ...{ oldestDays: 0, lastMoveAt: expect.any(String) },
    },
  ]);
});

describe("rows are filtered", () => {
  test.each([
    ["by brand, where none is known", { brand: "(none)" }, ["(none) A 0-30: 1"]],
    ["by category", { category: "Shirt", grade: "B" }, ["Nord B 0-30: 1"]],
    ["by grade", { grade: ["B", "N"] }, ["Nord B 0-30: 1", "Nord N 0-30: 40"]],
    ["by band", { ageBand: "over 365" as const }, ["Nord A over 365: 2"]],
    ["by what is not there", { brand: "nord" }, []],
  ])("%s", async (_, filter, expected) => {
    expect(told((await ask(filter)).data.rows)).toEqual(expected);
  });
});

test.each([1, 3, 8, 500])("pages of %i show every row exactly once, in order", async (limit) => {
  const seen: StockAgeingRow[] = [];
  for await (const row of ask.rows({ limit })) seen.push(row);
  expect(seen).toEqual((await ask()).data.rows);
  expect(seen.length).toBe(9);
});

test("a move is the band's last one, and makes nothing younger", async () => {
  await hasBin(house, "A-2");
  const before = (await ask({ ageBand: "over 365" })).data.rows[0];
  await house.client.garments.movePiece({ lpn: "1000", fromBin: "A-1", toBin: "A-2" });
  const after = (await ask({ ageBand: "over 365" })).data.rows[0];
  expect(after).toMatchObject({ pieces: 2, oldestDays: before?.oldestDays });
  expect(Date.parse(after?.lastMoveAt ?? "")).toBeGreaterThan(Date.parse(before?.lastMoveAt ?? ""));
});

test("what is no longer for sale is no longer there", async () => {
  await house.client.garments.writeOffGarment({ lpn: "B", reason: "torn" });
  expect((await ask({ grade: "B" })).data.rows).toEqual([]);
});

test("another house sees its own stock only", async () => {
  expect((await house.elsewhere.stock.stockAgeing()).data.rows).toEqual([]);
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("stock_ageing")).toEqual([
    "tenant, brand, category, grade, age_band",
  ]);
  await house.stocks("LAST", 1);
  expect((await ask({ brand: "(none)" })).freshness.includesReceipt).toBe(true);
  expect(await house.differences("stock_ageing")).toEqual([]);
});
