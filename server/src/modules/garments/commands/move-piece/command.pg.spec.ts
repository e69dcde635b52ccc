import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  binOf,
  expectSoundBooks,
  hasBin,
  hasPieces,
  pieceOf,
} from "../../../../../../test/harness/pieces.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.client.catalogue.registerVariant({ sku: "TEE" });
});
afterAll(() => house.stop());

const move = (lpn: string, fromBin: string, toBin: string) =>
  house.client.garments.movePiece({ lpn, fromBin, toBin });

test("a piece is moved from one bin to another", async () => {
  await hasBin(house, "A-1");
  await hasBin(house, "A-2", { kind: "reserve" });
  await hasPieces(house, { lpn: "P-1", bin: "A-1" });
  const answer = await move("P-1", "A-1", "A-2");
  expect(answer.data).toEqual({ lpn: "P-1", bin: "A-2" });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Garment", id: "P-1", version: 2, type: "GarmentMoved" },
      data: { from: "A-1", to: "A-2" },
    },
  ]);
  expect(await pieceOf(house, "P-1")).toMatchObject({ status: "stored", bin: "A-2" });
  expect(await binOf(house, "A-1")).toMatchObject({ occupied: 0 });
  expect(await binOf(house, "A-2")).toMatchObject({ occupied: 1 });
});

test("a piece that an order has is moved, and the order keeps it", async () => {
  await hasBin(house, "R-1");
  await hasBin(house, "R-2");
  await house.client.catalogue.registerVariant({ sku: "KEPT" });
  await hasPieces(house, { lpn: "KEPT", sku: "KEPT", bin: "R-1" });
  const { orderId } = await house.sells({}, { lines: [{ sku: "KEPT", grade: "A", qty: 1 }] });
  await move("KEPT", "R-1", "R-2");
  expect(await pieceOf(house, "KEPT")).toMatchObject({ status: "reserved", bin: "R-2", orderId });
});

test("pieces that are moved while they are sold are moved and sold", async () => {
  await hasBin(house, "S-1", { capacity: 8 });
  await hasBin(house, "S-2", { capacity: 8 });
  await house.client.catalogue.registerVariant({ sku: "SOLD" });
  const lpns = Array.from({ length: 8 }, (_, i) => `SOLD-${i}`);
  await hasPieces(house, ...lpns.map((lpn) => ({ lpn, sku: "SOLD", bin: "S-1" })));
  const lines = [{ sku: "SOLD", grade: "A", qty: 1 }];
  await Promise.all(lpns.flatMap((lpn) => [move(lpn, "S-1", "S-2"), house.sells({}, { lines })]));
  const { data: waiting } = await house.client.orders.orderBoard({ status: "backordered" });
  for (const { orderId } of waiting.rows) {
    await house.client.stock.allocateLine({ orderId, line: 1 });
  }
  const pieces = await Promise.all(lpns.map((lpn) => pieceOf(house, lpn)));
  expect(pieces).toMatchObject(lpns.map(() => ({ status: "reserved", bin: "S-2" })));
});

test("a piece in quarantine is moved between such bins only", async () => {
  await hasBin(house, "Q-1", { kind: "quarantine" });
  await hasBin(house, "Q-2", { kind: "quarantine" });
  await hasPieces(house, { lpn: "Q", bin: "Q-1", status: "quarantined" });
  await move("Q", "Q-1", "Q-2");
  await hasBin(house, "A-9");
  await house.refuses(() => move("Q", "Q-2", "A-9"), "bin-unfit");
});

test("a move that is sent again under the same command id is done once", async () => {
  await hasBin(house, "T-1");
  await hasBin(house, "T-2");
  await hasPieces(house, { lpn: "AGAIN", bin: "T-1" });
  await house.answersOnce((options) =>
    house.client.garments.movePiece({ lpn: "AGAIN", fromBin: "T-1", toBin: "T-2" }, options),
  );
});

describe("a move is refused", () => {
  test("of a piece that is not there", async () => {
    await house.refuses(() => move("nobody", "A-1", "A-2"), "garment-unknown");
  });

  test("of a piece that is in another bin", async () => {
    await hasBin(house, "B-1");
    await hasBin(house, "B-2");
    await hasPieces(house, { lpn: "HERE", bin: "B-1" });
    const error = await house.refuses(() => move("HERE", "B-2", "B-1"), "garment-elsewhere");
    expect(error.details).toEqual({ lpn: "HERE", bin: "B-2", isIn: "B-1" });
  });

  test.each(["received", "graded", "picked", "shipped", "missing"])(
    "of a piece that is %s",
    async (status) => {
      await hasPieces(house, { lpn: `S ${status}`, status });
      await house.refuses(() => move(`S ${status}`, "B-1", "B-2"), "garment-status-forbids");
    },
  );

  test("into a bin that is not there, of another kind, full, or being counted", async () => {
    await hasBin(house, "D-1");
    await hasBin(house, "D-2", { kind: "pack" });
    await hasBin(house, "D-3", { capacity: 1 });
    await hasBin(house, "D-4");
    await hasPieces(house, { lpn: "D", bin: "D-1" }, { lpn: "FULL", bin: "D-3" });
    await house.refuses(() => move("D", "D-1", "nowhere"), "bin-unknown");
    await house.refuses(() => move("D", "D-1", "D-2"), "bin-unfit");
    await house.refuses(() => move("D", "D-1", "D-3"), "bin-full");
    await house.client.bins.startCount({ bin: "D-4" });
    await house.refuses(() => move("D", "D-1", "D-4"), "bin-being-counted");
  });

  test("where it lies, if it must not lie there", async () => {
    await hasBin(house, "D-5");
    await hasPieces(house, { lpn: "ASIDE", bin: "D-5", status: "quarantined" });
    await house.refuses(() => move("ASIDE", "D-5", "D-5"), "bin-unfit");
  });

  test("out of a bin that is being counted", async () => {
    await hasBin(house, "E-1");
    await hasBin(house, "E-2");
    await hasPieces(house, { lpn: "E", bin: "E-1" });
    await house.client.bins.startCount({ bin: "E-1" });
    await house.refuses(() => move("E", "E-1", "E-2"), "bin-being-counted");
  });
});

test("moves to and fro at once leave the books right", async () => {
  await hasBin(house, "X");
  await hasBin(house, "Y");
  const lpns = Array.from({ length: 10 }, (_, i) => `XY-${i}`);
  await hasPieces(house, ...lpns.map((lpn, i) => ({ lpn, bin: i % 2 ? "X" : "Y" })));
  await Promise.all(lpns.map((lpn, i) => (i % 2 ? move(lpn, "X", "Y") : move(lpn, "Y", "X"))));
  expect(await binOf(house, "X")).toMatchObject({ occupied: 5 });
  expect(await binOf(house, "Y")).toMatchObject({ occupied: 5 });
});

test("every bin's books are right, and every history is whole", () => expectSoundBooks(house));
