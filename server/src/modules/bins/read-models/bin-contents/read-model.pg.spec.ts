import type { BinContentsRow } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { hasBin, hasPieces } from "../../../../../../test/harness/pieces.ts";

let house: House;
let ask: House["client"]["bins"]["binContents"];
let orderId: string;

/** Two bins with pieces and a batch, one of which is sold, and an empty bin. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.bins.binContents;
  await house.stocks("LOT", 6);
  await hasBin(house, "A-1", { zone: "A" });
  await hasBin(house, "B-1", { zone: "B", kind: "reserve" });
  await hasBin(house, "EMPTY");
  await house.client.catalogue.registerVariant({ sku: "TEE" });
  await hasPieces(house, { lpn: "P-1" }, { lpn: "P-2" }, { lpn: "P-3" });
  for (const [lpn, bin] of Object.entries({ "P-1": "A-1", "P-2": "A-1", "P-3": "B-1" })) {
    await house.client.garments.putAway({ lpn, bin });
  }
  await house.client.stock.putAwayLot({ ref: "LOT/1", bin: "A-1" });
  const lines = [
    { sku: "TEE", grade: "A", qty: 1 },
    { sku: "LOT", grade: "N", qty: 2 },
  ];
  ({ orderId } = await house.sells({}, { lines }));
});
afterAll(() => house.stop());

const names = (rows: readonly BinContentsRow[]) => rows.map(({ bin, item }) => `${bin} ${item}`);
const all = ["A-1 LOT/1", "A-1 P-1", "A-1 P-2", "B-1 P-3"];

test("a piece shows what it is, since when it lies there, and who has it", async () => {
  const { data } = await ask({ item: "P-1" });
  expect(data.rows).toEqual([
    {
      ...{ warehouse: "main", bin: "A-1", kind: "piece", item: "P-1", sku: "TEE", grade: "A" },
      ...{ status: "reserved", qty: 1, reserved: 1, orderId, orderLine: 1 },
      ...{ storedAt: expect.any(String), zone: "A", countState: "none" },
    },
  ]);
});

test("a batch shows what is left of it and how many are promised", async () => {
  const { data } = await ask({ item: "LOT/1" });
  expect(data.rows).toEqual([
    {
      ...{ warehouse: "main", bin: "A-1", kind: "batch", item: "LOT/1", sku: "LOT", grade: "N" },
      ...{ status: "stored", qty: 6, reserved: 2, orderId: null, orderLine: null },
      ...{ storedAt: expect.any(String), zone: "A", countState: "none" },
    },
  ]);
});

describe("rows are filtered", () => {
  test.each([
    ["by nothing", {}, all],
    ["by bin", { bin: "B-1" }, ["B-1 P-3"]],
    ["by an empty bin", { bin: "EMPTY" }, []],
    ["by warehouse", { warehouse: "north" }, []],
    ["by kind", { kind: "batch" as const }, ["A-1 LOT/1"]],
    ["by SKU", { sku: "TEE" }, all.slice(1)],
    ["by status", { status: "reserved" }, ["A-1 P-1"]],
    ["by count", { countState: "counting" as const }, []],
  ])("%s", async (_, filter, expected) => {
    expect(names((await ask(filter)).data.rows)).toEqual(expected);
  });

  test("by order", async () => {
    expect(names((await ask({ orderId })).data.rows)).toEqual(["A-1 P-1"]);
  });
});

test.each([1, 2, 3, 500])("pages of %i show every row exactly once, in order", async (limit) => {
  const seen: BinContentsRow[] = [];
  for await (const row of ask.rows({ limit })) seen.push(row);
  expect(names(seen)).toEqual(all);
});

test("a piece that is moved leaves the one bin and shows in the other", async () => {
  const move = { lpn: "P-3", fromBin: "B-1", toBin: "EMPTY" };
  await house.client.garments.movePiece(move);
  expect(names((await ask({ item: "P-3" })).data.rows)).toEqual(["EMPTY P-3"]);
  await house.client.garments.movePiece({ lpn: "P-3", fromBin: "EMPTY", toBin: "B-1" });
});

test("a count shows with everything in the bin, and with nothing else", async () => {
  await house.client.bins.startCount({ bin: "A-1" });
  const { data } = await ask({ countState: "counting" });
  expect(names(data.rows)).toEqual(["A-1 LOT/1", "A-1 P-1", "A-1 P-2"]);
  const seen = { lpns: ["P-1", "P-2"], batches: [{ ref: "LOT/1", qty: 6 }] };
  await house.client.bins.submitCount({ bin: "A-1", seen, reason: "look" });
  expect(names((await ask({ countState: "none" })).data.rows)).toEqual(all);
});

test("what is picked has left the bin, and a batch of which nothing is left lies nowhere", async () => {
  await house.database.query("update selvedge.batch set picked = 2 where ref = 'LOT/1'");
  await hasBin(house, "GONE");
  await house.stocks("GONE", 3);
  await house.client.stock.putAwayLot({ ref: "GONE/1", bin: "GONE" });
  await house.client.stock.changeBatchQuantity({ ref: "GONE/1", qty: 0 });
  const { data } = await ask({ kind: "batch" });
  expect(data.rows).toMatchObject([{ item: "LOT/1", qty: 4, reserved: 0 }]);
});

test("a plate and a batch may read alike, in one bin", async () => {
  await hasBin(house, "TWINS");
  await house.stocks("TWIN", 1);
  await hasPieces(house, { lpn: "TWIN/1", bin: "TWINS" });
  await house.client.stock.putAwayLot({ ref: "TWIN/1", bin: "TWINS" });
  const { data } = await ask({ bin: "TWINS" });
  expect(data.rows.map(({ kind, item }) => [kind, item])).toEqual([
    ["batch", "TWIN/1"],
    ["piece", "TWIN/1"],
  ]);
});

test("another house sees its own bins only", async () => {
  expect((await house.elsewhere.bins.binContents()).data.rows).toEqual([]);
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("bin_contents")).toEqual(["tenant, warehouse, bin, kind, item"]);
  await hasPieces(house, { lpn: "LAST" });
  await house.client.garments.putAway({ lpn: "LAST", bin: "B-1" });
  expect((await ask({ item: "LAST" })).freshness.includesReceipt).toBe(true);
  expect(await house.differences("bin_contents")).toEqual([]);
});
