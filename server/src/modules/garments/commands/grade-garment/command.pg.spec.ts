import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { comesIn, pieceOf } from "../../../../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let grade: House["client"]["garments"]["gradeGarment"];
beforeAll(async () => {
  house = await startHouse();
  grade = house.client.garments.gradeGarment;
});
afterAll(() => house.stop());

const stain = { kind: "stain", place: "sleeve", severity: "minor", photo: "p/1.jpg" } as const;
const openSeam = { kind: "production", place: "hem", severity: "major" } as const;

test("a piece gets its grade and its defects", async () => {
  await comesIn(house, "first");
  const answer = await grade({ lpn: "first", grade: "B", defects: [stain] });
  expect(answer.data).toEqual({ lpn: "first", grade: "B", sellable: true });
  const known = { status: "graded", grade: "B", defects: [stain], disposition: null };
  expect(await pieceOf(house, "first")).toMatchObject(known);
  const data = { sku: "TEE", grade: "B", defects: [stain] };
  expect(await house.journalOf(answer)).toEqual([
    { kind: "Garment", id: "first", version: 2, type: "GarmentGraded", data },
  ]);
});

test("a piece that is not to be sold is graded like any other", async () => {
  await comesIn(house, "torn");
  expect((await grade({ lpn: "torn", grade: "D" })).data.sellable).toBe(false);
  expect(await pieceOf(house, "torn")).toMatchObject({ grade: "D", defects: [] });
});

test("a piece that is graded again under the same command id is graded once", async () => {
  await comesIn(house, "once");
  await house.answersOnce((options) => grade({ lpn: "once", grade: "A" }, options));
});

test("pieces are graded at once, each by its own grader", async () => {
  const lpns = Array.from({ length: 8 }, (_, i) => `many-${i}`);
  for (const lpn of lpns) await comesIn(house, lpn);
  await Promise.all(lpns.map((lpn) => grade({ lpn, grade: "A" })));
  for (const lpn of lpns) expect(await pieceOf(house, lpn)).toMatchObject({ grade: "A" });
});

test("one piece is graded by one of two graders who do it at once", async () => {
  await comesIn(house, "two");
  const all = await Promise.allSettled(["A", "B"].map((one) => grade({ lpn: "two", grade: one })));
  const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(reasons.length).toBe(1);
  // Whether it had been read before or after the other grader's word makes the difference.
  expect(["changed-in-between", "garment-status-forbids"]).toContain(reasons[0]);
});

describe("grading is refused", () => {
  test("of a piece that there is not, here or in another house", async () => {
    await house.refuses(() => grade({ lpn: "nowhere", grade: "A" }), "garment-unknown");
    await comesIn(house, "ours");
    const { garments } = house.elsewhere;
    const call = () => garments.gradeGarment({ lpn: "ours", grade: "A" });
    await house.refuses(call, "garment-unknown");
  });

  test("of a piece that is graded already", async () => {
    await comesIn(house, "twice");
    await grade({ lpn: "twice", grade: "A" });
    const call = () => grade({ lpn: "twice", grade: "B" });
    const { details } = await house.refuses(call, "garment-status-forbids");
    expect(details).toEqual({ lpn: "twice", status: "graded", needs: ["received"] });
  });

  test("in a grade that the house does not have", async () => {
    await comesIn(house, "odd");
    const { details } = await house.refuses(
      () => grade({ lpn: "odd", grade: "Z" }),
      "grade-unknown",
    );
    expect(details).toEqual({ grade: "Z", known: ["N", "A", "B", "C", "D"] });
  });

  test("as new for what is worn, but not for what was made badly", async () => {
    await comesIn(house, "new");
    const defects = [openSeam, stain];
    const { details } = await house.refuses(
      () => grade({ lpn: "new", grade: "N", defects }),
      "grade-forbids-defects",
    );
    expect(details).toEqual({ grade: "N", defects: ["stain"] });
    await grade({ lpn: "new", grade: "N", defects: [openSeam] });
  });
});

test.each([
  ["a defect of a kind that there is not", { defects: [{ ...stain, kind: "ugly" }] }],
  ["a defect nowhere", { defects: [{ kind: "hole", severity: "major" }] }],
  ["more defects than a piece can have", { defects: Array(21).fill(stain) }],
  ["no grade", { grade: "" }],
])("input with %s is not taken", async (_, odd) => {
  const call = grade({ lpn: "first", grade: "A", ...(odd as object) });
  await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("every piece's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
