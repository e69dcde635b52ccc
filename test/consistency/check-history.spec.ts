import { describe, expect, test } from "vitest";
import { checkHistory } from "./check-history.ts";
import type { Read, ReadFreshness, Rest, Write } from "./history.ts";

/** The registers `a` and `b` hold 1 before anything else happens. */
const first = write(1, ["a", "b"], { begunAt: 0, ackedAt: 1, committedByMs: 1_000 });

function write(n: number, registers: string[], facts: Partial<Write> = {}): Write {
  const outcome = facts.outcome ?? "committed";
  const times = { begunAt: 10 * n, ackedAt: 10 * n + 5, committedByMs: 1_000 + 10 * n };
  const { ackedAt: _acked, committedByMs: _by, ...begun } = times;
  return { n, registers, outcome, ...(outcome === "committed" ? times : begun), ...facts };
}

/** A query sent at a tick, answered at the next, when the database's clock was 1,000 ms further. */
function read(sentAt: number, shown: Read["shown"], facts: Partial<Read> = {}): Read {
  const asked = { session: "s", receipts: [], onMiss: "serve" } as const;
  return { ...asked, sentAt, answeredAt: sentAt + 1, clockMs: 1_000 + sentAt, shown, ...facts };
}

/** What an answer says of itself: that it is far behind, unless it says otherwise. */
function says(said: Partial<ReadFreshness> = {}): ReadFreshness {
  const behind = { asOfMs: 1_000, lagMs: 5_000, pending: 9, includesReceipt: null };
  return { ...behind, servedFrom: "readModel", ...said };
}

function broken(history: { writes?: Write[]; reads?: Read[]; rests?: Rest[] }): string[] {
  const { writes = [], reads = [], rests = [] } = history;
  const violations = checkHistory({ writes: [first, ...writes], reads, rests });
  return [...new Set(violations.map(({ rule }) => rule))];
}

test("nothing is wrong with a history in which everything is as promised", () => {
  const history = {
    writes: [
      write(2, ["a", "b"]),
      write(3, ["b"], { outcome: "rolledBack" }),
      write(4, ["a"], { outcome: "open" }),
    ],
    reads: [
      read(22, { a: 1, b: 1 }, { freshness: says() }),
      read(
        30,
        { a: 2 },
        { receipts: [2], onMiss: "wait", freshness: says({ includesReceipt: true }) },
      ),
      read(32, { a: 2, b: 2 }, { freshness: says({ asOfMs: 1_030, lagMs: 0, pending: 0 }) }),
      read(60, { a: 4, b: 2 }),
      read(70, {}, { failure: "NOT_FRESH", onMiss: "wait" }),
    ],
    rests: [{ settledMs: 12, differences: { stock: 0 } }],
  };
  expect(broken(history)).toEqual([]);
});

describe("a read that fails", () => {
  test("breaks a promise, whatever it failed with", () => {
    expect(broken({ reads: [read(5, {}, { failure: "INTERNAL" })] })).toEqual(["read-answers"]);
    const waits = { failure: "INTERNAL", onMiss: "wait" } as const;
    expect(broken({ reads: [read(5, {}, waits)] })).toEqual(["read-answers"]);
  });

  test.each(["wait", "error"] as const)("may be not fresh with onMiss %s", (onMiss) => {
    expect(broken({ reads: [read(5, {}, { failure: "NOT_FRESH", onMiss })] })).toEqual([]);
  });

  test.each(["serve", "patch", "live"] as const)("is never not fresh with onMiss %s", (onMiss) => {
    const reads = [read(5, {}, { failure: "NOT_FRESH", onMiss })];
    expect(broken({ reads })).toEqual(["read-answers"]);
  });
});

describe("a value", () => {
  test("is found out that nobody wrote", () => {
    expect(broken({ reads: [read(50, { a: 7 })] })).toEqual(["value-was-written"]);
  });

  test("is found out that was written to another register", () => {
    const history = { writes: [write(2, ["b"])], reads: [read(50, { a: 2 })] };
    expect(broken(history)).toEqual(["value-was-written"]);
  });

  test("is found out that was taken back", () => {
    const writes = [write(2, ["a"], { outcome: "rolledBack" })];
    expect(broken({ writes, reads: [read(50, { a: 2 })] })).toEqual(["value-was-written"]);
  });

  test("is found out that is seen before it was written", () => {
    const history = { writes: [write(2, ["a"])], reads: [read(10, { a: 2 })] };
    expect(broken(history)).toContain("value-was-written");
  });

  test("may be seen while nobody knows yet whether it was committed", () => {
    const writes = [write(2, ["a"], { outcome: "open" })];
    expect(broken({ writes, reads: [read(50, { a: 2 })] })).toEqual([]);
  });
});

describe("one answer over several registers", () => {
  test("shows all of a write or nothing of it", () => {
    const writes = [write(2, ["a", "b"])];
    const shownIn = (shown: Read["shown"]) => broken({ writes, reads: [read(22, shown)] });
    expect(shownIn({ a: 1, b: 1 })).toEqual([]);
    expect(shownIn({ a: 2, b: 2 })).toEqual([]);
    expect(shownIn({ a: 2, b: 1 })).toEqual(["one-instant"]);
  });

  test("shows all of a write that was written over in one register since", () => {
    const writes = [write(2, ["a", "b"]), write(3, ["a"], { begunAt: 21 })];
    expect(broken({ writes, reads: [read(50, { a: 3, b: 1 })] })).toEqual(["one-instant"]);
  });

  test("shows whatever was acknowledged before a write began that it shows", () => {
    const [before, beside] = [write(2, ["a"]), write(2, ["a"], { ackedAt: 35 })];
    const later = write(3, ["b"]);
    const reads = [read(50, { a: 1, b: 3 })];
    expect(broken({ writes: [before, later], reads })).toEqual(["one-instant"]);
    expect(broken({ writes: [beside, later], reads })).toEqual([]);
  });

  test("has every row that was there from the first", () => {
    expect(broken({ reads: [read(50, { a: 1, b: 0 })] })).toEqual(["one-instant"]);
  });
});

describe("a receipt", () => {
  const writes = [write(2, ["a"]), write(3, ["b"])];
  const asking = (receipts: number[], shown: Read["shown"], said: Partial<ReadFreshness>) => {
    const facts = { receipts, onMiss: "wait", freshness: says(said) } as const;
    return broken({ writes, reads: [read(50, shown, facts)] });
  };

  test("is honoured by an answer that shows its write", () => {
    expect(asking([2, 3], { a: 2, b: 3 }, { includesReceipt: true })).toEqual([]);
    expect(asking([2], { a: 1 }, { includesReceipt: true })).toEqual(["receipt-honoured"]);
    expect(asking([2, 3], { b: 1 }, { includesReceipt: true })).toEqual(["receipt-honoured"]);
  });

  test("stands for what was acknowledged before its write began", () => {
    expect(asking([3], { a: 1 }, { includesReceipt: true })).toEqual(["receipt-honoured"]);
    expect(asking([2], { b: 1 }, { includesReceipt: true })).toEqual([]);
  });

  test("is in where the answer was to wait for it", () => {
    expect(asking([2], { a: 1 }, { includesReceipt: false })).toEqual(["receipt-honoured"]);
    expect(asking([2], { a: 2 }, { includesReceipt: null })).toEqual(["receipt-honoured"]);
  });

  test("may be missing where rows are served as they are, unless nothing is pending", () => {
    const serve = (pending: number) => {
      const freshness = says({ includesReceipt: false, pending });
      return broken({ writes, reads: [read(50, { a: 2 }, { receipts: [2], freshness })] });
    };
    expect(serve(1)).toEqual([]);
    expect(serve(0)).toEqual(["receipt-honoured"]);
  });
});

describe("a read model never goes back", () => {
  const writes = [write(2, ["a"])];

  test("behind what somebody had been answered when the query was sent", () => {
    const reads = [
      read(30, { a: 2 }, { session: "one" }),
      read(40, { a: 1 }, { session: "other" }),
    ];
    expect(broken({ writes, reads })).toEqual(["never-back"]);
  });

  test("but answers under way at the same time may be either way", () => {
    const reads = [read(30, { a: 2 }, { answeredAt: 50 }), read(40, { a: 1 })];
    expect(broken({ writes, reads })).toEqual([]);
  });

  test("but rows that were computed for one answer are ahead of it", () => {
    const freshness = says({ servedFrom: "patched" });
    const ahead = [read(30, { a: 2 }, { freshness }), read(40, { a: 1 })];
    expect(broken({ writes, reads: ahead })).toEqual([]);
    const behind = [read(30, { a: 2 }), read(40, { a: 1 }, { freshness })];
    expect(broken({ writes, reads: behind })).toEqual(["never-back"]);
  });
});

describe("freshness", () => {
  // Committed by 1,020 ms; the query is sent at 1,050 ms.
  const writes = [write(2, ["a"])];
  const saying = (said: Partial<ReadFreshness>, shown = { a: 1 }) =>
    broken({ writes, reads: [read(50, shown, { freshness: says(said) })] });

  test("tells of the oldest write that is missing", () => {
    expect(saying({ lagMs: 30 })).toEqual([]);
    expect(saying({ lagMs: 29.95 })).toEqual([]);
    expect(saying({ lagMs: 29 })).toEqual(["lag-not-flattered"]);
    expect(saying({ lagMs: 0 }, { a: 2 })).toEqual([]);
  });

  test("may call lag unknown", () => {
    expect(saying({ lagMs: null })).toEqual([]);
  });

  test("counts what is missing", () => {
    expect(saying({ pending: 0 })).toEqual(["lag-not-flattered"]);
    expect(saying({ pending: 0 }, { a: 2 })).toEqual([]);
  });

  test("says of no instant that the rows show it where they lack a write of before it", () => {
    expect(saying({ asOfMs: 1_019 })).toEqual([]);
    expect(saying({ asOfMs: 1_020 })).toEqual(["as-of-not-flattered"]);
    expect(saying({ asOfMs: null })).toEqual([]);
  });

  test("is not held to a write whose commit may have come later", () => {
    const late = [write(2, ["a"], { ackedAt: 60, committedByMs: 1_060 })];
    const freshness = says({ lagMs: 0, pending: 0 });
    expect(broken({ writes: late, reads: [read(50, { a: 1 }, { freshness })] })).toEqual([]);
  });
});

describe("at rest", () => {
  test("nothing stays pending", () => {
    expect(broken({ rests: [{ settledMs: null, differences: {} }] })).toEqual(["comes-to-rest"]);
  });

  test("each read model equals its defining query", () => {
    const rests = [{ settledMs: 5, differences: { stock: 0, lines: 2 } }];
    expect(broken({ rests })).toEqual(["equals-definition"]);
  });
});

test("no more is told than a person reads", () => {
  const reads = Array.from({ length: 1_000 }, (_, i) => read(50 + i, { a: 7 }));
  expect(checkHistory({ writes: [first], reads, rests: [] })).toHaveLength(20);
});
