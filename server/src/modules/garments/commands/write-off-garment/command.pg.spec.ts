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

const reason = "not found in three counts";
const writeOff = (lpn: string) => house.client.garments.writeOffGarment({ lpn, reason });

test("a piece that is written off leaves its bin", async () => {
  await hasBin(house, "A-1");
  await hasPieces(house, { lpn: "TORN", bin: "A-1" });
  const answer = await writeOff("TORN");
  expect(answer.data).toEqual({ lpn: "TORN" });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Garment", id: "TORN", version: 2, type: "GarmentWrittenOff" },
      data: { reason, from: "A-1" },
    },
  ]);
  expect(await pieceOf(house, "TORN")).toMatchObject({ status: "writtenOff", bin: null });
  expect(await binOf(house, "A-1")).toMatchObject({ occupied: 0 });
});

test.each(["received", "graded", "rework", "quarantined", "missing"])(
  "a piece that is %s may be written off",
  async (status) => {
    await hasPieces(house, { lpn: `W ${status}`, status });
    await writeOff(`W ${status}`);
    expect(await pieceOf(house, `W ${status}`)).toMatchObject({ status: "writtenOff" });
  },
);

test("a piece that is written off again under the same command id is written off once", async () => {
  await hasPieces(house, { lpn: "AGAIN" });
  await house.answersOnce((options) =>
    house.client.garments.writeOffGarment({ lpn: "AGAIN", reason }, options),
  );
});

describe("writing off is refused", () => {
  test("for a piece that is not here", async () => {
    await house.refuses(() => writeOff("nobody"), "garment-unknown");
  });

  test("for a piece that an order line has", async () => {
    await sellsPieces(house, { sku: "SOLD", bin: "S", lpns: ["S-1"] });
    await house.refuses(() => writeOff("S-1"), "garment-status-forbids");
  });

  test.each(["picked", "packed", "shipped", "writtenOff", "donated"])(
    "for a piece that is %s",
    async (status) => {
      await hasPieces(house, { lpn: `N ${status}`, status });
      await house.refuses(() => writeOff(`N ${status}`), "garment-status-forbids");
    },
  );

  test("out of a bin that is being counted", async () => {
    await hasBin(house, "C-1");
    await hasPieces(house, { lpn: "C", bin: "C-1" });
    await house.client.bins.startCount({ bin: "C-1" });
    await house.refuses(() => writeOff("C"), "bin-being-counted");
  });
});

test("every bin's books are right, and every history is whole", () => expectSoundBooks(house));
