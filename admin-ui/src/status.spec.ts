import { expect, test } from "vitest";
import { countStatuses, describeCount, wordsFor, wordsNow, worstTone } from "./status.ts";

test("the most alarming status gives the tone of the whole", () => {
  expect(worstTone(["fresh", "fresh"])).toBe("good");
  expect(worstTone(["fresh", "refreshing"])).toBe("busy");
  expect(worstTone(["refreshing", "behind", "fresh"])).toBe("warn");
  expect(worstTone(["behind", "unknown"])).toBe("unknown");
  expect(worstTone(["unknown", "failing", "fresh"])).toBe("bad");
});

test("with no read model at all nothing is claimed", () => {
  expect(worstTone([])).toBe("unknown");
});

test("a status of a newer server keeps its name and is not taken for a good one", () => {
  expect(wordsFor("verifying")).toMatchObject({ label: "Verifying", tone: "unknown" });
  expect(wordsFor("constructor")).toMatchObject({ label: "Constructor", tone: "unknown" });
  expect(worstTone(["fresh", "verifying"])).toBe("unknown");
});

test("without news from the server no status is called Fresh", () => {
  expect(wordsNow("fresh", true).label).toBe("Fresh");
  for (const status of ["fresh", "refreshing", "failing", "unknown"]) {
    expect(wordsNow(status, false)).toMatchObject({ label: "Unknown", tone: "unknown" });
  }
});

test("read models are counted by status, trouble first, with the way to the first of them", () => {
  const counts = countStatuses(["fresh", "behind", "fresh", "failing", "behind"]);
  expect(counts).toEqual([
    { status: "failing", count: 1 },
    { status: "behind", count: 2 },
    { status: "fresh", count: 2 },
  ]);
  expect(counts.map(describeCount)).toEqual([
    "1 read model is Failing",
    "2 read models are Behind",
    "2 read models are Fresh",
  ]);
});
