import { expect, test } from "vitest";
import { costsTable, type ReadModelCosts } from "./costs.ts";

type Cost = ReadModelCosts["readModels"][number];

function aCost(facts: Partial<Cost> = {}): Cost {
  return {
    ...{ readModel: "orderBoard", group: "fulfilment", maintain: "byKey" },
    ...{ refreshes: 1_204, keys: 2_000, refreshMs: 12_340 },
    kept: { reads: 900, ms: 1_800 },
    patched: { reads: 60, ms: 60 },
    live: { reads: 40, ms: 800 },
    trials: { reads: 24, cut: 0, keptMs: 0.346, liveMs: 21.5 },
    ...{ liveMsPerRead: 21.5, liveMeasuredBy: "trials", liveIsAtLeast: false },
    ...{ keptMsPerHour: 528.6, liveMsPerHour: 895.8, cheaper: "kept" },
    ...facts,
  };
}

const since = "2026-03-02T08:00:00.000Z";
const rowOf = (facts: Partial<Cost>) => {
  const lines = costsTable({ since, hours: 24, readModels: [aCost(facts)] }).split("\n");
  const row = lines.find((line) => line.includes("orderBoard")) ?? "";
  return row
    .split("│")
    .map((cell) => cell.trim())
    .filter((cell) => cell !== "");
};

test("a row has what was counted, both ways of a read and of an hour, and which is cheaper", () => {
  expect(rowOf({})).toEqual([
    ...["orderBoard", "1,204", "2,000", "12 s", "1,000"],
    ...["0.35 ms", "21.50 ms", "529 ms", "896 ms", "kept"],
  ]);
});

test("what was cut off is marked, and what is not known is a dash, never 0", () => {
  const cut = rowOf({ liveIsAtLeast: true, liveMsPerHour: 20_000 });
  expect([cut[6], cut[8]]).toEqual(["> 21.50 ms", "> 20 s"]);
  const nothing = { reads: 0, ms: 0 };
  const untried = { trials: null, liveMsPerRead: null, keptMsPerHour: null, liveMsPerHour: null };
  expect(rowOf({ ...untried, kept: nothing, cheaper: null }).slice(5)).toEqual(Array(5).fill("-"));
  expect(rowOf(untried)[5]).toBe("2.00 ms");
});

test("what the figures are, and what they leave out, stands below them", () => {
  const text = costsTable({ since, hours: 23.5, readModels: [aCost()] });
  expect(text.split("\n")[0]).toBe(`Counted since ${since} (23.5 h).`);
  expect(text.split("\n").at(-1)).toBe("What noting changes costs inside commands is not in it.");
  expect(costsTable({ since: null, hours: 0, readModels: [aCost()] })).toBe(
    "Nothing has been counted in this time.",
  );
});
