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
let regrade: House["client"]["garments"]["regradeGarment"];
beforeAll(async () => {
  house = await startHouse();
  regrade = house.client.garments.regradeGarment;
  await hasBin(house, "P-01");
});
afterAll(() => house.stop());

const stain = { kind: "stain", place: "sleeve", severity: "minor" } as const;
const hole = { kind: "hole", place: "elbow", severity: "major" } as const;
const reason = "seen in daylight";

async function graded(lpn: string) {
  await comesIn(house, lpn);
  await house.client.garments.gradeGarment({ lpn, grade: "A", defects: [stain] });
}

test("a grade is corrected, and the old one is kept with the reason", async () => {
  await graded("first");
  const answer = await regrade({ lpn: "first", grade: "B", defects: [stain, hole], reason });
  expect(answer.data).toEqual({ lpn: "first", grade: "B", before: "A" });
  const known = { grade: "B", gradeBefore: "A", defects: [stain, hole] };
  expect(await pieceOf(house, "first")).toMatchObject(known);
  const data = { sku: "TEE", before: "A", grade: "B", defects: [stain, hole], reason };
  expect(await house.journalOf(answer)).toEqual([
    { kind: "Garment", id: "first", version: 3, type: "GarmentRegraded", data },
  ]);
});

test("defects that are not named stay, and those that are gone are named as none", async () => {
  await graded("same");
  await regrade({ lpn: "same", grade: "B", reason });
  expect(await pieceOf(house, "same")).toMatchObject({ defects: [stain] });
  await regrade({ lpn: "same", grade: "N", defects: [], reason });
  expect(await pieceOf(house, "same")).toMatchObject({ defects: [], gradeBefore: "B" });
});

test("a stored piece that is not sold any more waits for a decision in its bin", async () => {
  await graded("unsold");
  await liesIn(house, "unsold", "P-01");
  const before = await occupiedOf(house, "P-01");
  await regrade({ lpn: "unsold", grade: "D", reason });
  const known = { status: "graded", grade: "D", disposition: null, bin: "P-01" };
  expect(await pieceOf(house, "unsold")).toMatchObject(known);
  expect(await occupiedOf(house, "P-01")).toBe(before);
});

test("a piece that is regraded again under the same command id is regraded once", async () => {
  await graded("once");
  await house.answersOnce((options) => regrade({ lpn: "once", grade: "B", reason }, options));
});

describe("regrading is refused", () => {
  test("of a piece that there is not", async () => {
    await house.refuses(() => regrade({ lpn: "nowhere", grade: "A", reason }), "garment-unknown");
  });

  test("before the first grade, and while an order has the piece", async () => {
    await comesIn(house, "raw");
    const raw = () => regrade({ lpn: "raw", grade: "A", reason });
    expect((await house.refuses(raw, "garment-status-forbids")).details).toMatchObject({
      status: "received",
    });
    await graded("promised");
    await liesIn(house, "promised", "P-01", "reserved");
    const promised = () => regrade({ lpn: "promised", grade: "B", reason });
    expect((await house.refuses(promised, "garment-status-forbids")).details).toMatchObject({
      status: "reserved",
    });
  });

  test("in a grade that the house does not have", async () => {
    await graded("odd");
    await house.refuses(() => regrade({ lpn: "odd", grade: "Z", reason }), "grade-unknown");
  });

  test("as new as long as the defects that are known are from wear", async () => {
    await graded("new");
    await house.refuses(() => regrade({ lpn: "new", grade: "N", reason }), "grade-forbids-defects");
  });
});

test("every piece's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
