import { Writable } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CliIo } from "./cli-io.ts";
import { progressLine, progressView } from "./import-progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watching(isTTY: boolean) {
  const notes: string[] = [];
  let drawn = "";
  const progress = Object.assign(
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        drawn += chunk.toString();
        done();
      },
    }),
    { isTTY, columns: 120, rows: 40 },
  );
  const io: CliIo = {
    env: {},
    out: () => {},
    note: (line) => notes.push(line),
    progress,
    readStdin: async () => "",
    exitWith: () => {},
  };
  return { view: progressView(io), notes, drawn: () => drawn };
}

const half = { rowsInFile: 200, rowsDone: 100, rejected: 3, noted: 4 };

test("a log file gets a plain line every few seconds", () => {
  const { view, notes, drawn } = watching(false);
  view.show(half);
  expect(notes).toEqual([]);
  vi.advanceTimersByTime(10_000);
  view.end();
  vi.advanceTimersByTime(60_000);
  expect(notes.length).toBe(2);
  expect(notes[1]).toBe("100 of 200 rows (50 %), 10 rows/s, 10 s left, 3 rejected");
  expect(drawn()).toBe("");
});

test("a person sees a bar with rows, rate and rejected rows", () => {
  const { view, drawn, notes } = watching(true);
  view.show(half);
  vi.advanceTimersByTime(1_000);
  view.show(half);
  view.end();
  expect(drawn()).toMatch(/50 % \| 100 of 200 rows \| \d+ rows\/s \| eta .* \| 3 rejected/);
  expect(notes).toEqual([]);
});

test("a file without rows is done, and a standstill has no end in sight", () => {
  const none = { rowsInFile: 0, rowsDone: 0, rejected: 0, noted: 0 };
  expect(progressLine(none, 0)).toBe("0 of 0 rows (100 %), 0 rows/s, ? s left, 0 rejected");
});
