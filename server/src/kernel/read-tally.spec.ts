import { expect, test } from "vitest";
import { type Again, ReadTally } from "./read-tally.ts";

const readNo = (n: number): Again => {
  return () => ({ text: String(n) });
};
const textOf = (tally: ReadTally) => tally.pick(() => true).map(({ again }) => again("kept").text);

test("reads are counted by where their rows came from, with their time", () => {
  const tally = new ReadTally();
  tally.answered("board", "kept", 2);
  tally.answered("board", "kept", 3);
  tally.answered("board", "patched", 7);
  tally.answered("stock", "live", 40);
  expect(tally.costs.take()).toEqual(
    new Map([
      ["board", { keptReads: 2, keptMs: 5, patchedReads: 1, patchedMs: 7 }],
      ["stock", { liveReads: 1, liveMs: 40 }],
    ]),
  );
  expect(tally.costs.take()).toEqual(new Map());
});

test("each of the reads since the last pick is as likely to be the next one", () => {
  const picks = [0, 0, 0];
  const steps = 6;
  // All chances that two later reads can have, in equal steps.
  for (let second = 0; second < steps; second += 1) {
    for (let third = 0; third < steps; third += 1) {
      const chances = [second / steps, third / steps];
      const tally = new ReadTally(() => chances.shift() ?? expect.fail("asked too often"));
      for (const n of picks.keys()) tally.answered("board", "kept", 1, readNo(n));
      const [picked] = textOf(tally);
      picks[Number(picked)] = (picks[Number(picked)] ?? 0) + 1;
    }
  }
  expect(picks).toEqual([12, 12, 12]);
});

test("a pick is handed over once, and only where it is wanted", () => {
  const tally = new ReadTally();
  tally.answered("board", "kept", 1, readNo(1));
  tally.answered("stock", "live", 1, readNo(2));
  tally.answered("floor", "live", 1);
  expect(tally.pick((name) => name === "stock").map(({ readModel }) => readModel)).toEqual([
    "stock",
  ]);
  expect(textOf(tally)).toEqual(["1"]);
  expect(textOf(tally)).toEqual([]);
});
