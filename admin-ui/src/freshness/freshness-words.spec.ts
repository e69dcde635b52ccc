import { expect, test } from "vitest";
import type { LagReport, ReadModelLag } from "../lag-report.ts";
import { freshnessWords } from "./freshness-words.ts";

const report = (over: Partial<ReadModelLag>): LagReport => ({
  ...{ at: "2026-01-05T10:00:00Z", sentence: "", refresherHeardAt: null },
  readModels: [
    {
      ...{ name: "orderBoard", group: "orders", maintain: "byKey", status: "fresh", lagMs: 0 },
      ...{ pending: 0, held: 0, promiseMs: 2_000, asOf: null, rows: 1, lastRefresh: null },
      ...{ lastError: null, building: null, paused: null, p95LagMs: null, spark: [], ...over },
    } as ReadModelLag,
  ],
});

test.each([
  [{}, "fresh", "Fresh", "promised within 2 s"],
  [{ lagMs: 1_400, pending: 3 }, "fresh", "Fresh", "promised within 2 s"],
  [{ status: "refreshing", lagMs: 400 }, "fresh", "Fresh", "promised within 2 s"],
  [{ status: "behind", lagMs: 48_000 }, "behind", "Behind", "behind, 48 s behind, promised"],
  [{ status: "paused" }, "behind", "Behind", "paused, promised"],
  [{ status: "failing", lagMs: 90_000 }, "behind", "Behind", "failing, 90 s behind"],
  [{ status: "unknown", lagMs: null }, "unknown", "Unknown", "no refresher is heard"],
  // Of a newer server, which says what this script does not know.
  [{ status: "dreaming" }, "behind", "Behind", "dreaming"],
] as const)("of %j it says %s", (over, state, label, detail) => {
  const words = freshnessWords(report(over as Partial<ReadModelLag>), "orderBoard");
  expect(words).toMatchObject({ state, label });
  expect(words.detail).toContain(`orderBoard: `);
  expect(words.detail).toContain(detail);
});

test("without an answer, or without such a read model, it is unknown", () => {
  expect(freshnessWords(undefined, "orderBoard").state).toBe("unknown");
  expect(freshnessWords(report({}), "constructor").detail).toContain("no read model of this name");
});
