import { expect, test } from "vitest";
import type { ReadModelLag } from "./lag.ts";
import { sentenceOf } from "./sentence.ts";

const board = { name: "orderBoard", group: "fulfilment", status: "fresh", lagMs: 0, paused: null };
const told = (...readModels: Partial<ReadModelLag>[]) =>
  sentenceOf({
    readModels: readModels.map((one) => ({ ...board, ...one }) as ReadModelLag),
    refresherHeardAt: "2026-03-02T12:03:00.000Z",
    heard: true,
  });
const late = { status: "behind", lagMs: 48_000 } as const;

test.each<[string, Partial<ReadModelLag>[], string]>([
  ["all is well", [{}, { lagMs: 430 }], "All 2 read models fresh, oldest data 0.4 s."],
  ["one is late", [late], "orderBoard is 48 s behind."],
  ["and getting later", [{ ...late, trend: "growing" }], "orderBoard is 48 s behind and growing."],
  ["or less", [{ ...late, trend: "shrinking" }], "orderBoard is 48 s behind and shrinking."],
  ["or neither", [{ ...late, trend: "steady" }], "orderBoard is 48 s behind."],
  [
    "nothing moves",
    [{ ...late, status: "stalled", trend: "growing" }, late],
    "orderBoard is 48 s behind, and nothing moves; 1 more behind.",
  ],
  [
    "a refresh failed",
    [late, { status: "failing", name: "pickList", lastError: "statement timeout" }],
    "pickList cannot be refreshed; last refresh failed: statement timeout",
  ],
  [
    "somebody paused it",
    [{ status: "paused", paused: "the count" }],
    "Paused: fulfilment (the count).",
  ],
])("where %s", (_what, readModels, sentence) => {
  expect(told(...readModels)).toBe(sentence);
});

test("where no refresher is heard, nobody knows", () => {
  const nothing = { readModels: [], heard: false };
  expect(sentenceOf({ ...nothing, refresherHeardAt: "2026-03-02T12:03:00.000Z" })).toBe(
    "Lag unknown since 12:03:00 UTC: no refresher heard.",
  );
  expect(sentenceOf({ ...nothing, refresherHeardAt: null })).toBe(
    "Lag unknown: no refresher has been heard yet.",
  );
});
