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

const reason = "aired";
const release = (lpn: string) => house.client.garments.releaseQuarantine({ lpn, reason });

const inBin = { status: "quarantined", bin: "A-1" } as const;

test.each([
  ["in a pick bin is for sale again", { ...inBin }, "stored"],
  [
    "that nobody has decided to sell is to be decided on",
    { ...inBin, disposition: null },
    "graded",
  ],
  [
    "that was never graded is to be graded",
    { ...inBin, grade: null, disposition: null },
    "received",
  ],
  ["in a quarantine bin is to be put away", { ...inBin, bin: "Q-1" }, "graded"],
  ["in no bin is to be put away", { ...inBin, bin: null }, "graded"],
])("a piece %s", async (name, told, status) => {
  await hasBin(house, "A-1");
  await hasBin(house, "Q-1", { kind: "quarantine" });
  await hasPieces(house, { lpn: name, ...told });
  const answer = await release(name);
  expect(answer.data).toEqual({ lpn: name, status });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Garment", id: name, version: 2, type: "QuarantineReleased" },
      data: { reason },
    },
  ]);
  expect(await pieceOf(house, name)).toMatchObject({ status, bin: told.bin });
});

test("a piece that was never put away is for sale since its release", async () => {
  await hasBin(house, "A-3");
  await hasPieces(house, { lpn: "FOUND", ...inBin, bin: "A-3" });
  await house.database.query("update selvedge.garment set stored_at = null where lpn = 'FOUND'");
  await release("FOUND");
  const rows = await house.database.query(
    "select stored_at > received_at as since from selvedge.garment where lpn = 'FOUND'",
  );
  expect(rows).toEqual([{ since: true }]);
});

test("a piece that comes out of a quarantine bin is put away, and leaves it", async () => {
  await hasBin(house, "Q-2", { kind: "quarantine" });
  await hasBin(house, "A-2");
  await hasPieces(house, { lpn: "OUT", status: "quarantined", bin: "Q-2" });
  await release("OUT");
  await house.client.garments.putAway({ lpn: "OUT", bin: "A-2" });
  expect(await binOf(house, "Q-2")).toMatchObject({ occupied: 0 });
  expect(await pieceOf(house, "OUT")).toMatchObject({ status: "stored", bin: "A-2" });
});

test("a release that is sent again under the same command id is done once", async () => {
  await hasPieces(house, { lpn: "AGAIN", status: "quarantined" });
  await house.answersOnce((options) =>
    house.client.garments.releaseQuarantine({ lpn: "AGAIN", reason }, options),
  );
});

describe("a release is refused", () => {
  test("for a piece that is not here", async () => {
    await house.refuses(() => release("nobody"), "garment-unknown");
  });

  test.each(["received", "graded", "stored", "missing", "shipped"])(
    "for a piece that is %s",
    async (status) => {
      await hasPieces(house, { lpn: `S ${status}`, status });
      await house.refuses(() => release(`S ${status}`), "garment-status-forbids");
    },
  );
});

test("every bin's books are right, and every history is whole", () => expectSoundBooks(house));
