import { describe, expect, test } from "vitest";
import { nextOf, type OnRefused, orderOf, withThoseAfter } from "./order.ts";
import type { Outcome, QueuedCommand, StoredCommand } from "./queued-command.ts";

const settledAt = "2026-01-05T10:00:00.000Z";
const outcomes: Readonly<Record<string, Outcome>> = {
  applied: { state: "applied", data: {}, receipt: "r1.e.1", repeated: false, settledAt },
  refused: { state: "refused", error: { code: "REFUSED", message: "No." }, settledAt },
};

/** A list written as `name state group after`, with `-` for none. */
function listOf(...lines: string[]): StoredCommand[] {
  return lines.map((line) => {
    const [commandId = "", state = "", group = "-", after = "-", insteadOf = "-"] = line.split(" ");
    const command = {
      ...{
        commandId,
        path: "garments.putAway",
        input: { lpn: commandId, bin: "A" },
        at: settledAt,
      },
      ...(group !== "-" && { group }),
      ...(after !== "-" && { after: after.split("+") }),
      ...(insteadOf !== "-" && { insteadOf: [insteadOf] }),
    } as QueuedCommand;
    const outcome = outcomes[state];
    return { command, ...(outcome && { outcome }) };
  });
}

const names = (commands: readonly QueuedCommand[]) =>
  commands.map((one) => one.commandId).join(" ");

describe("what is sent, and what is held", () => {
  test.each<[string, OnRefused, string[], string, string]>([
    ["in the order in which it was put in", "continue", ["a wait", "b wait"], "a b", ""],
    ["what was applied is done", "continue", ["a applied", "b wait"], "b", ""],
    ["a refused one holds nothing else", "continue", ["a refused", "b wait"], "b", ""],
    ["but all, where it is to stop", "stop", ["b wait", "a refused", "c wait"], "", "b c"],
    ["the later ones of its group", "continue", ["a refused g", "b wait g", "c wait h"], "c", "b"],
    ["not the earlier ones", "continue", ["a wait g", "b refused g", "c wait g"], "a", "c"],
    [
      "those that are to come after it",
      "continue",
      ["a refused", "b wait - a", "c wait"],
      "c",
      "b",
    ],
    ["and after those", "continue", ["a refused", "b wait - a", "c wait - b"], "", "b c"],
    ["and the groups of those", "continue", ["a refused", "b wait g a", "c wait g"], "", "b c"],
    ["after what was applied is now", "continue", ["a applied", "b wait - a"], "b", ""],
    ["and so is after what is no longer there", "continue", ["b wait - gone"], "b", ""],
    ["after one of several", "continue", ["a applied", "c refused", "b wait - a+c"], "", "b"],
    ["by the name of the one before", "continue", ["b refused - - a", "c wait - a"], "", "c"],
  ])("%s", (_title, onRefused, lines, pending, held) => {
    const order = orderOf(listOf(...lines), onRefused);
    expect(names(order.pending)).toBe(pending);
    expect(names(order.held)).toBe(held);
  });
});

test.each([
  [["a wait", "b wait"], "a"],
  [["b wait - a", "a wait"], "a"],
  [["a applied", "b wait - a"], "b"],
  [["a refused", "b wait - a"], undefined],
  [[], undefined],
])("of %j the next is %s", (lines, next) => {
  expect(nextOf(orderOf(listOf(...lines), "continue"))?.commandId).toBe(next);
});

test.each([
  [["a refused g", "b wait g", "c wait h", "d wait - b"], "a b d"],
  [["a refused", "b wait"], "a"],
  [["a refused g", "b refused g", "c wait g"], "a c"],
])("of %j those that go with a are %s", (lines, going) => {
  expect(withThoseAfter(listOf(...lines), "a").join(" ")).toBe(going);
});
