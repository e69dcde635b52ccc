import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  comesIn,
  hasBin,
  liesIn,
  occupiedOf,
  pieceOf,
} from "../../../../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let decide: House["client"]["garments"]["decideDisposition"];
beforeAll(async () => {
  house = await startHouse();
  decide = house.client.garments.decideDisposition;
});
afterAll(() => house.stop());

async function graded(lpn: string, grade = "B", consignor?: string) {
  await comesIn(house, lpn, consignor === undefined ? {} : { consignor });
  await house.client.garments.gradeGarment({ lpn, grade });
}

test.each([
  ["sell", "graded"],
  ["donate", "donated"],
  ["recycle", "recycled"],
  ["returnToOwner", "returnedToOwner"],
] as const)("a piece of which it is decided to %s is %s", async (disposition, status) => {
  await graded(disposition, "B", "anna");
  const answer = await decide({ lpn: disposition, disposition });
  expect(answer.data).toEqual({ lpn: disposition, disposition });
  expect(await pieceOf(house, disposition)).toMatchObject({ disposition, status });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Garment", id: disposition, version: 3, type: "DispositionDecided" },
      data: { disposition, from: null },
    },
  ]);
});

test("a stored piece that is not sold after all leaves its bin", async () => {
  await hasBin(house, "P-01");
  await graded("stored");
  await liesIn(house, "stored", "P-01");
  await decide({ lpn: "stored", disposition: "sell" });
  expect(await occupiedOf(house, "P-01")).toBe(1);
  await decide({ lpn: "stored", disposition: "donate" });
  expect(await pieceOf(house, "stored")).toMatchObject({ status: "donated", bin: null });
  expect(await occupiedOf(house, "P-01")).toBe(0);
});

test("what is decided again under the same command id is decided once", async () => {
  await graded("once");
  await house.answersOnce((options) => decide({ lpn: "once", disposition: "sell" }, options));
});

describe("a decision is refused", () => {
  test("on a piece that there is not", async () => {
    await house.refuses(() => decide({ lpn: "nowhere", disposition: "sell" }), "garment-unknown");
  });

  test("before the first grade, once the piece is gone, and while an order has it", async () => {
    await comesIn(house, "raw");
    await graded("gone");
    await decide({ lpn: "gone", disposition: "recycle" });
    await hasBin(house, "P-02");
    await graded("promised");
    await liesIn(house, "promised", "P-02", "reserved");
    for (const lpn of ["raw", "gone", "promised"]) {
      const call = () => decide({ lpn, disposition: "donate" });
      const { details } = await house.refuses(call, "garment-status-forbids");
      expect(details).toMatchObject({ needs: ["graded", "stored"] });
    }
  });

  test("to sell what its grade rules out", async () => {
    await graded("worn-out", "D");
    const call = () => decide({ lpn: "worn-out", disposition: "sell" });
    const { details } = await house.refuses(call, "grade-not-sellable");
    expect(details).toEqual({ lpn: "worn-out", grade: "D" });
    await decide({ lpn: "worn-out", disposition: "recycle" });
  });

  test("to give back what is the house's own", async () => {
    await graded("own");
    const call = () => decide({ lpn: "own", disposition: "returnToOwner" });
    await house.refuses(call, "not-consigned");
  });

  test("to take a piece out of a bin that is being counted", async () => {
    await hasBin(house, "P-03", { countState: "counting" });
    await graded("counted");
    await liesIn(house, "counted", "P-03");
    const call = () => decide({ lpn: "counted", disposition: "donate" });
    await house.refuses(call, "bin-being-counted");
  });
});

test("every piece's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
