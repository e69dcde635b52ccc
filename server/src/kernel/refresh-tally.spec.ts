import { expect, test } from "vitest";
import { RefreshTally } from "./refresh-tally.ts";

const stagesOf = (lagMs: number) => ({ toNoticedMs: 0, toStartedMs: 0, toVisibleMs: lagMs });
const refreshOf = (tookMs: number, keys: number, lagMs: number | null, error?: unknown) => ({
  tookMs,
  readModels: [
    { name: "board", keys, lagMs, isRead: true, ...(error !== undefined && { error }) },
    { name: "board", keys: 1_000, lagMs: 60_000, isRead: false, error: "of a generation aside" },
  ],
});

test("a window has the number of refreshes, their keys, and the worst of each", () => {
  const tally = new RefreshTally();
  tally.refreshed("orders", 1, refreshOf(5, 2, 40), stagesOf);
  tally.refreshed("orders", 2, refreshOf(9, 3, 70), stagesOf);
  tally.refreshed("orders", 3, refreshOf(7, 0, null), stagesOf);
  tally.refreshed("orders", 4, refreshOf(1, 1, 10), stagesOf);
  tally.refreshed("floor", 5, refreshOf(2, 1, null), stagesOf);
  const worst = { lagMs: 70, stages: stagesOf(70) };
  expect(tally.take()).toEqual([
    {
      ...{ group: "orders", startedAt: 1, refreshes: 4, tookMsMax: 9 },
      readModels: new Map([["board", { keys: 6, worst, held: null }]]),
    },
    {
      ...{ group: "floor", startedAt: 5, refreshes: 1, tookMsMax: 2 },
      readModels: new Map([["board", { keys: 1, worst: null, held: null }]]),
    },
  ]);
  expect(tally.take()).toEqual([]);
});

test("a window has how often keys had to be held, and the first error", () => {
  const tally = new RefreshTally();
  tally.refreshed("orders", 1, refreshOf(5, 2, null), stagesOf);
  tally.refreshed("orders", 2, refreshOf(5, 2, null, new Error("bad size")), stagesOf);
  tally.refreshed("orders", 3, refreshOf(5, 2, null, new Error("bad size again")), stagesOf);
  const held = { refreshes: 2, error: "bad size" };
  expect(tally.take()[0]?.readModels.get("board")).toEqual({ keys: 6, worst: null, held });
});

test("a failure has all that the database said, within bounds, as text it takes back", () => {
  const tally = new RefreshTally();
  const error = Object.assign(new Error("no \0 room"), {
    code: "53100",
    detail: "disk",
    hint: undefined,
    where: "x".repeat(9_000),
  });
  tally.failed("orders", performance.now(), error);
  tally.failed("orders", performance.now(), `${"y".repeat(7_999)}\u{1f455}`);
  const [first, second] = tally.takeFailures().map((failure) => failure.error);
  expect(first?.slice(0, 41)).toBe("no  room\ncode: 53100\ndetail: disk\nwhere: ");
  expect(first?.length).toBe(8_000);
  expect([second?.length, second?.isWellFormed()]).toEqual([8_000, true]);
});

test("failures that could not be stored wait, the first hundred of them", () => {
  const tally = new RefreshTally();
  for (let i = 0; i < 90; i += 1) tally.failed("orders", i, "away");
  const taken = tally.takeFailures();
  for (let i = 90; i < 180; i += 1) tally.failed("orders", i, "away");
  tally.keep(taken);
  const kept = tally.takeFailures().map(({ startedAt }) => startedAt);
  expect(kept).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(tally.takeFailures()).toEqual([]);
});
