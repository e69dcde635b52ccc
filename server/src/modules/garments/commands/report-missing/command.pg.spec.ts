import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  binOf,
  expectSoundBooks,
  hasBin,
  hasPieces,
  pieceOf,
  sellsPieces,
} from "../../../../../../test/harness/pieces.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.client.catalogue.registerVariant({ sku: "TEE" });
});
afterAll(() => house.stop());

const report = (lpn: string, bin: string) => house.client.garments.reportMissing({ lpn, bin });

test("a missing piece leaves its bin, which is to be counted", async () => {
  await hasBin(house, "A-1");
  await hasPieces(house, { lpn: "GONE", bin: "A-1" }, { lpn: "THERE", bin: "A-1" });
  const answer = await report("GONE", "A-1");
  expect(answer.data).toEqual({ lpn: "GONE", freed: null });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Garment", id: "GONE", version: 2, type: "GarmentMissing" },
      data: { from: "A-1", reason: "reported missing", freed: null },
    },
    {
      ...{ kind: "Bin", id: "main/A-1", version: 2, type: "BinCountAsked" },
      data: { reason: "GONE is missing" },
    },
  ]);
  expect(await pieceOf(house, "GONE")).toMatchObject({ status: "missing", bin: null });
  expect(await binOf(house, "A-1")).toEqual({
    ...{ occupied: 1, countState: "due", countReason: "GONE is missing" },
  });
});

test("a second missing piece is another piece, and no other count", async () => {
  await hasBin(house, "A-2");
  await hasPieces(house, { lpn: "M-1", bin: "A-2" }, { lpn: "M-2", bin: "A-2" });
  await report("M-1", "A-2");
  const types = (await house.journalOf(await report("M-2", "A-2"))).map(({ type }) => type);
  expect(types).toEqual(["GarmentMissing"]);
  expect(await binOf(house, "A-2")).toMatchObject({ occupied: 0, countReason: "M-1 is missing" });
});

test("an order line that had the piece gets another one at once", async () => {
  const orderId = await sellsPieces(house, { sku: "TWO", bin: "T", lpns: ["T-1", "T-2"] });
  const answer = await report("T-1", "T");
  expect(answer.data.freed).toEqual({ orderId, line: 1, batch: null, lpns: ["T-2"] });
  expect((await house.journalOf(answer)).map(({ id, type }) => `${id} ${type}`)).toEqual([
    ...["T-1 GarmentMissing", "T-2 PieceReserved", "main/T BinCountAsked"],
  ]);
  const second = await report("T-2", "T");
  expect(second.data.freed).toEqual({ orderId, line: 1, batch: null, lpns: [] });
});

test("a piece of a cancelled order is nobody's", async () => {
  const orderId = await sellsPieces(house, { sku: "GIVEN", bin: "G", lpns: ["G-1"] });
  await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
  expect((await report("G-1", "G")).data.freed).toBeNull();
});

test("a report that is sent again under the same command id is taken once", async () => {
  await sellsPieces(house, { sku: "AGAIN", bin: "R", lpns: ["R-1", "R-2"] });
  await house.answersOnce((options) =>
    house.client.garments.reportMissing({ lpn: "R-1", bin: "R" }, options),
  );
});

describe("a report is refused", () => {
  test("for a piece that is not here", async () => {
    await house.refuses(() => report("nobody", "A-1"), "garment-unknown");
  });

  test("for a piece that should be elsewhere, or nowhere", async () => {
    await hasBin(house, "B-1");
    await hasBin(house, "B-2");
    await hasPieces(house, { lpn: "B", bin: "B-1" }, { lpn: "LOOSE" });
    const error = await house.refuses(() => report("B", "B-2"), "garment-elsewhere");
    expect(error.details).toEqual({ lpn: "B", bin: "B-2", isIn: "B-1" });
    await house.refuses(() => report("LOOSE", "B-2"), "garment-elsewhere");
    await house.refuses(() => report("B", "nowhere"), "garment-elsewhere");
  });

  test("while the bin is being counted: the count will say", async () => {
    await hasBin(house, "C-1");
    await hasPieces(house, { lpn: "C", bin: "C-1" });
    await house.client.bins.startCount({ bin: "C-1" });
    await house.refuses(() => report("C", "C-1"), "bin-being-counted");
  });
});

test("of two who report one piece at once one is told of the other", async () => {
  await sellsPieces(house, { sku: "TOLD", bin: "D", lpns: ["D-1", "D-2"] });
  const all = await Promise.allSettled([report("D-1", "D"), report("D-1", "D")]);
  const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(reasons.length).toBe(1);
  expect(["changed-in-between", "garment-elsewhere"]).toContain(reasons[0]);
});

test("every bin's books are right, and every history is whole", () => expectSoundBooks(house));
