import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { binOf, expectSoundBooks, hasBin } from "../../../../../../test/harness/pieces.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.client.catalogue.registerVariant({ sku: "TEE" });
});
afterAll(() => house.stop());

const putAway = (ref: string, bin: string) => house.client.stock.putAwayLot({ ref, bin });

test("a batch is put into a bin, which holds all of its pieces from then on", async () => {
  await hasBin(house, "A-1", { capacity: 40 });
  await house.stocks("LOT", 30);
  const answer = await putAway("LOT/1", "A-1");
  expect(answer.data).toEqual({ ref: "LOT/1", bin: "A-1", from: null });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "SkuStock", id: "main/LOT/N", version: 2, type: "BatchStored" },
      data: { ref: "LOT/1", bin: "A-1", from: null, qty: 30 },
    },
  ]);
  expect(await binOf(house, "A-1")).toMatchObject({ occupied: 30 });
});

test("a batch is moved whole, with what is promised of it", async () => {
  await hasBin(house, "B-1");
  await hasBin(house, "B-2", { kind: "reserve" });
  await house.stocks("MOVE", 7);
  await putAway("MOVE/1", "B-1");
  await house.sells({ MOVE: 3 });
  expect((await putAway("MOVE/1", "B-2")).data).toEqual({ ref: "MOVE/1", bin: "B-2", from: "B-1" });
  expect(await binOf(house, "B-1")).toMatchObject({ occupied: 0 });
  expect(await binOf(house, "B-2")).toMatchObject({ occupied: 7 });
});

test("a batch that is put where it lies stays there, and nothing happens", async () => {
  await hasBin(house, "C-1");
  await house.stocks("STAY", 4);
  await putAway("STAY/1", "C-1");
  const again = await putAway("STAY/1", "C-1");
  expect(again.data).toEqual({ ref: "STAY/1", bin: "C-1", from: "C-1" });
  expect(await house.journalOf(again)).toEqual([]);
});

test("a batch that is put away again under the same command id is put away once", async () => {
  await hasBin(house, "D-1");
  await house.stocks("AGAIN", 4);
  await house.answersOnce((options) =>
    house.client.stock.putAwayLot({ ref: "AGAIN/1", bin: "D-1" }, options),
  );
});

describe("putting a batch away is refused", () => {
  test("where there is no such batch", async () => {
    await house.refuses(() => putAway("nothing", "A-1"), "batch-unknown");
  });

  test("while it is on its way", async () => {
    await hasBin(house, "E-1");
    const eta = "2026-06-01T08:00:00Z";
    await house.client.stock.addBatch({ ref: "coming", sku: "TEE", qty: 2, eta });
    await house.refuses(() => putAway("coming", "E-1"), "batch-not-here");
  });

  test("into a bin that is not there, of another kind, or without room", async () => {
    await hasBin(house, "F-1", { kind: "quarantine", capacity: 99 });
    await hasBin(house, "F-2", { capacity: 5 });
    await house.stocks("FULL", 6);
    await house.refuses(() => putAway("FULL/1", "nowhere"), "bin-unknown");
    await house.refuses(() => putAway("FULL/1", "F-1"), "bin-unfit");
    const error = await house.refuses(() => putAway("FULL/1", "F-2"), "bin-full");
    expect(error.details).toEqual({ bin: "F-2", capacity: 5, occupied: 0 });
  });

  test("into a bin that is being counted, and out of one", async () => {
    await hasBin(house, "G-1");
    await hasBin(house, "G-2");
    await house.stocks("COUNT", 2, 3);
    await putAway("COUNT/1", "G-1");
    await house.client.bins.startCount({ bin: "G-1" });
    await house.refuses(() => putAway("COUNT/1", "G-2"), "bin-being-counted");
    await house.refuses(() => putAway("COUNT/2", "G-1"), "bin-being-counted");
  });
});

test("eight batches for a bin with room for three: three go in", async () => {
  await hasBin(house, "RUSH", { capacity: 9 });
  await house.stocks("RUSH", ...Array<number>(8).fill(3));
  const refs = Array.from({ length: 8 }, (_, i) => `RUSH/${i + 1}`);
  const all = await Promise.allSettled(refs.map((ref) => putAway(ref, "RUSH")));
  const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(reasons).toEqual(Array(5).fill("bin-full"));
});

test("every bin's books are right, and every history is whole", () => expectSoundBooks(house));
