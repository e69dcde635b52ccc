import type { GradingBoardRow } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { comesIn } from "../../../../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let ask: House["client"]["garments"]["gradingBoard"];

/** Seven gradings of shirts and one of a cap, and what came of them; one was long ago. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.garments.gradingBoard;
  const { catalogue, garments } = house.client;
  await catalogue.registerVariant({ sku: "TEE", category: "T-shirt" });
  const grade = async (lpn: string, grade: string, sku = "TEE") => {
    await comesIn(house, lpn, { sku });
    await garments.gradeGarment({ lpn, grade });
  };
  await grade("a", "A");
  await grade("b", "A");
  await grade("c", "B");
  await grade("cap", "N", "CAP");
  await garments.regradeGarment({ lpn: "a", grade: "B", reason: "stain" });
  await garments.regradeGarment({ lpn: "a", grade: "C", reason: "hole" });
  await garments.sendToRework({ lpn: "c", work: "wash" });
  await garments.completeRework({ lpn: "c", result: "clean" });
  await garments.gradeGarment({ lpn: "c", grade: "A" });
  await grade("long-ago", "D");
  await house.database.query(
    `update selvedge.journal set at = '2026-01-02T23:30:00Z', actor = 'anna'
     where id = 'long-ago' and type = 'GarmentGraded'`,
  );
  await garments.regradeGarment({ lpn: "long-ago", grade: "C", reason: "not so bad" });
});
afterAll(() => house.stop());

/** Sums over days, for a test may run while one begins. */
function sums(rows: readonly GradingBoardRow[]) {
  const grades: Record<string, number> = {};
  const sum = { pieces: 0, reworked: 0, regraded: 0 };
  for (const row of rows) {
    for (const [grade, pieces] of Object.entries(row.grades)) {
      grades[grade] = (grades[grade] ?? 0) + pieces;
    }
    sum.pieces += row.pieces;
    sum.reworked += row.reworked;
    sum.regraded += row.regraded;
  }
  return { ...sum, grades };
}

test("a grader's day says how many pieces in which grades, and what came of them", async () => {
  const { data } = await ask({ grader: "spec", category: "T-shirt" });
  expect(sums(data.rows)).toEqual({
    ...{ pieces: 4, reworked: 1, regraded: 1 },
    grades: { A: 3, B: 1 },
  });
});

test("what was wrong counts for the day and the grader it was graded by", async () => {
  const { data } = await ask({ grader: "anna" });
  expect(data.rows).toEqual([
    {
      ...{ day: "2026-01-02", grader: "anna", category: "T-shirt" },
      ...{ pieces: 1, grades: { D: 1 }, reworked: 0, regraded: 1 },
      firstGradedAt: expect.stringContaining("2026-01-02T23:30:00"),
      lastGradedAt: expect.stringContaining("2026-01-02T23:30:00"),
    },
  ]);
});

test("a variant of no category has a row too, until somebody says its category", async () => {
  expect(sums((await ask({ category: "(none)" })).data.rows)).toMatchObject({ grades: { N: 1 } });
  await house.client.catalogue.registerVariant({ sku: "CAP", category: "Hat" });
  expect((await ask({ category: "(none)" })).data.rows).toEqual([]);
  expect(sums((await ask({ category: "Hat" })).data.rows)).toMatchObject({ grades: { N: 1 } });
});

test("the first and the last grading tell how long it took", async () => {
  const { data } = await ask({ grader: "spec", category: "T-shirt" });
  expect(data.rows.length).toBeGreaterThan(0);
  for (const { day, firstGradedAt, lastGradedAt } of data.rows) {
    expect(new Date(firstGradedAt).toISOString().slice(0, 10)).toBe(day);
    expect(Date.parse(firstGradedAt)).toBeLessThanOrEqual(Date.parse(lastGradedAt));
  }
});

describe("rows are filtered", () => {
  test.each([
    ["by day", { day: "2026-01-02" }, ["anna"]],
    ["by grader", { grader: ["anna", "nobody"] }, ["anna"]],
    ["by category", { category: "T-shirt" }, ["anna", "spec"]],
    ["by what is not there", { day: "2025-01-01" }, []],
  ])("%s", async (_, filter, expected) => {
    const { data } = await ask(filter);
    expect([...new Set(data.rows.map(({ grader }) => grader))].sort()).toEqual(expected);
  });
});

test.each([1, 2, 500])("pages of %i show every row exactly once, in order", async (limit) => {
  const seen: GradingBoardRow[] = [];
  for await (const row of ask.rows({ limit })) seen.push(row);
  expect(seen).toEqual((await ask()).data.rows);
  expect(seen.length).toBeGreaterThanOrEqual(3);
});

test("another house sees its own graders only", async () => {
  expect((await house.elsewhere.garments.gradingBoard()).data.rows).toEqual([]);
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("grading_board")).toEqual(["tenant, day, grader, category"]);
  await comesIn(house, "last");
  await house.client.garments.gradeGarment({ lpn: "last", grade: "C" });
  expect((await ask()).freshness.includesReceipt).toBe(true);
  expect(await house.differences("grading_board")).toEqual([]);
});
