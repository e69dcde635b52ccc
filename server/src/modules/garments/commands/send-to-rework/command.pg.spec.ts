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
let send: House["client"]["garments"]["sendToRework"];
beforeAll(async () => {
  house = await startHouse();
  send = house.client.garments.sendToRework;
});
afterAll(() => house.stop());

const work = "sew the hem";

async function graded(lpn: string) {
  await comesIn(house, lpn);
  await house.client.garments.gradeGarment({ lpn, grade: "C" });
}

test("a graded piece goes to the workshop, and its grade holds no longer", async () => {
  await graded("first");
  const answer = await send({ lpn: "first", work });
  expect(answer.data).toEqual({ lpn: "first" });
  const known = { status: "rework", grade: null, gradeBefore: "C" };
  expect(await pieceOf(house, "first")).toMatchObject(known);
  const data = { work, gradeBefore: "C", from: null };
  expect(await house.journalOf(answer)).toEqual([
    { kind: "Garment", id: "first", version: 3, type: "ReworkStarted", data },
  ]);
});

test("a stored piece leaves its bin, which has room again", async () => {
  await graded("stored");
  await hasBin(house, "P-01");
  await liesIn(house, "stored", "P-01");
  expect(await occupiedOf(house, "P-01")).toBe(1);
  await send({ lpn: "stored", work });
  expect(await pieceOf(house, "stored")).toMatchObject({ bin: null, disposition: null });
  expect(await occupiedOf(house, "P-01")).toBe(0);
});

test("a piece that is sent again under the same command id is sent once", async () => {
  await graded("once");
  await house.answersOnce((options) => send({ lpn: "once", work }, options));
});

describe("rework is refused", () => {
  test("for a piece that there is not", async () => {
    await house.refuses(() => send({ lpn: "nowhere", work }), "garment-unknown");
  });

  test("before the first grade, in the workshop, and while an order has the piece", async () => {
    await comesIn(house, "raw");
    await graded("there");
    await send({ lpn: "there", work });
    await hasBin(house, "P-02");
    await graded("promised");
    await liesIn(house, "promised", "P-02", "reserved");
    for (const lpn of ["raw", "there", "promised"]) {
      await house.refuses(() => send({ lpn, work }), "garment-status-forbids");
    }
  });

  test("for a piece in a bin that is being counted", async () => {
    await hasBin(house, "P-03", { countState: "counting" });
    await graded("counted");
    await liesIn(house, "counted", "P-03");
    await house.refuses(() => send({ lpn: "counted", work }), "bin-being-counted");
  });
});

test("every piece's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
