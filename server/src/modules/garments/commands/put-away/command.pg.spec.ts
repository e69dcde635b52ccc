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

const putAway = (lpn: string, bin: string) => house.client.garments.putAway({ lpn, bin });

test("a piece that is to be sold is put away, and may be sold from then on", async () => {
  await hasBin(house, "A-1");
  await hasPieces(house, { lpn: "P-1" });
  const answer = await putAway("P-1", "A-1");
  expect(answer.data).toEqual({ lpn: "P-1", bin: "A-1", status: "stored" });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Garment", id: "P-1", version: 2, type: "GarmentStored" },
      data: { bin: "A-1", from: null },
    },
  ]);
  expect(await pieceOf(house, "P-1")).toMatchObject({ status: "stored", bin: "A-1" });
  expect(await binOf(house, "A-1")).toMatchObject({ occupied: 1 });
  const { lines } = await house.sells({}, { lines: [{ sku: "TEE", grade: "A", qty: 1 }] });
  expect(lines[0]?.lpns).toEqual(["P-1"]);
});

test("a piece in quarantine is put where such pieces are, and leaves its bin", async () => {
  await hasBin(house, "A-2");
  await hasBin(house, "Q-1", { kind: "quarantine" });
  await hasPieces(house, { lpn: "Q", bin: "A-2", status: "quarantined" });
  const { data } = await putAway("Q", "Q-1");
  expect(data).toEqual({ lpn: "Q", bin: "Q-1", status: "quarantined" });
  expect(await binOf(house, "A-2")).toMatchObject({ occupied: 0 });
  expect(await binOf(house, "Q-1")).toMatchObject({ occupied: 1 });
});

test("a piece that is put away again under the same command id is put away once", async () => {
  await hasBin(house, "A-3");
  await hasPieces(house, { lpn: "AGAIN" });
  await house.answersOnce((options) =>
    house.client.garments.putAway({ lpn: "AGAIN", bin: "A-3" }, options),
  );
});

describe("putting away is refused", () => {
  test("for a piece that nobody has received here", async () => {
    await hasBin(house, "B-1");
    await hasPieces(house, { lpn: "THEIRS", tenant: "elsewhere" });
    const error = await house.refuses(() => putAway("THEIRS", "B-1"), "garment-unknown");
    expect(error).toMatchObject({ kind: "not-found", details: { lpn: "THEIRS" } });
  });

  test.each(["received", "rework", "stored", "picked", "shipped", "missing"])(
    "for a piece that is %s",
    async (status) => {
      await hasBin(house, "B-2");
      await hasPieces(house, { lpn: `S ${status}`, status });
      await house.refuses(() => putAway(`S ${status}`, "B-2"), "garment-status-forbids");
    },
  );

  test("while nobody has decided that it is sold", async () => {
    await hasBin(house, "B-3");
    await hasPieces(house, { lpn: "UNDECIDED", disposition: null });
    await house.refuses(() => putAway("UNDECIDED", "B-3"), "not-for-sale");
  });

  test("into a bin that its warehouse has not", async () => {
    await hasBin(house, "NORTH", { warehouse: "north" });
    await hasPieces(house, { lpn: "LOST" });
    const error = await house.refuses(() => putAway("LOST", "NORTH"), "bin-unknown");
    expect(error.details).toEqual({ warehouse: "main", bin: "NORTH" });
  });

  test.each([
    ["graded", "quarantine"],
    ["graded", "return"],
    ["graded", "pack"],
    ["quarantined", "pick"],
    ["quarantined", "reserve"],
  ] as const)("of a piece that is %s into a bin of kind %s", async (status, kind) => {
    await hasBin(house, `K ${kind}`, { kind });
    await hasPieces(house, { lpn: `K ${status} ${kind}`, status });
    await house.refuses(() => putAway(`K ${status} ${kind}`, `K ${kind}`), "bin-unfit");
  });

  test("where it lies, if nothing is sold from there", async () => {
    await hasBin(house, "LIES", { kind: "quarantine" });
    await hasPieces(house, { lpn: "LIES", bin: "LIES", status: "graded" });
    await house.refuses(() => putAway("LIES", "LIES"), "bin-unfit");
  });

  test("into a bin without room", async () => {
    await hasBin(house, "SMALL", { capacity: 1 });
    await hasPieces(house, { lpn: "IN", bin: "SMALL" }, { lpn: "OUT" });
    const error = await house.refuses(() => putAway("OUT", "SMALL"), "bin-full");
    expect(error.details).toEqual({ bin: "SMALL", capacity: 1, occupied: 1 });
  });

  test("into a bin that is being counted, and out of one", async () => {
    await hasBin(house, "COUNT");
    await hasBin(house, "Q-2", { kind: "quarantine" });
    await hasPieces(house, { lpn: "C-1" }, { lpn: "C-2", bin: "COUNT", status: "quarantined" });
    await house.client.bins.startCount({ bin: "COUNT" });
    await house.refuses(() => putAway("C-1", "COUNT"), "bin-being-counted");
    await house.refuses(() => putAway("C-2", "Q-2"), "bin-being-counted");
  });
});

test("sixteen who fill one bin at once fill it, and no more", async () => {
  await hasBin(house, "RUSH", { capacity: 5 });
  const lpns = Array.from({ length: 16 }, (_, i) => `R-${i}`);
  await hasPieces(house, ...lpns.map((lpn) => ({ lpn })));
  const all = await Promise.allSettled(lpns.map((lpn) => putAway(lpn, "RUSH")));
  const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(reasons).toEqual(Array(11).fill("bin-full"));
  expect(await binOf(house, "RUSH")).toMatchObject({ occupied: 5 });
});

test("of two who put one piece away at once one is told of the other", async () => {
  await hasBin(house, "C-1");
  await hasBin(house, "C-2");
  await hasPieces(house, { lpn: "TWICE" });
  const all = await Promise.allSettled([putAway("TWICE", "C-1"), putAway("TWICE", "C-2")]);
  const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(reasons.length).toBe(1);
  expect(["changed-in-between", "garment-status-forbids"]).toContain(reasons[0]);
});

test("every bin's books are right, and every history is whole", () => expectSoundBooks(house));
