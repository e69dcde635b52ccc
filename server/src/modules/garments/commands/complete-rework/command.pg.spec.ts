import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { comesIn, pieceOf } from "../../../../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let complete: House["client"]["garments"]["completeRework"];
beforeAll(async () => {
  house = await startHouse();
  complete = house.client.garments.completeRework;
});
afterAll(() => house.stop());

const result = "hem sewn";

async function inWorkshop(lpn: string) {
  await comesIn(house, lpn);
  await house.client.garments.gradeGarment({ lpn, grade: "C" });
  await house.client.garments.sendToRework({ lpn, work: "sew the hem" });
}

test("a piece comes back to be graded anew, and may be worth more then", async () => {
  await inWorkshop("first");
  const answer = await complete({ lpn: "first", result });
  expect(answer.data).toEqual({ lpn: "first" });
  expect(await pieceOf(house, "first")).toMatchObject({ status: "received", grade: null });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Garment", id: "first", version: 4, type: "ReworkCompleted" },
      data: { result, gradeBefore: "C" },
    },
  ]);
  await house.client.garments.gradeGarment({ lpn: "first", grade: "A" });
  expect(await pieceOf(house, "first")).toMatchObject({ grade: "A", gradeBefore: "C" });
});

test("work that is done again under the same command id is done once", async () => {
  await inWorkshop("once");
  await house.answersOnce((options) => complete({ lpn: "once", result }, options));
});

describe("work is not done", () => {
  test("on a piece that there is not", async () => {
    await house.refuses(() => complete({ lpn: "nowhere", result }), "garment-unknown");
  });

  test("on a piece that is not in the workshop, or no longer", async () => {
    await comesIn(house, "raw");
    await inWorkshop("done");
    await complete({ lpn: "done", result });
    for (const lpn of ["raw", "done"]) {
      await house.refuses(() => complete({ lpn, result }), "garment-status-forbids");
    }
  });
});

test("every piece's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
