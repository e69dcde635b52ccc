import { expect, test } from "vitest";
import { duration, lagExitCode, lagTable, type ReadModelLag } from "./table.ts";

function aReadModel(facts: Partial<ReadModelLag> = {}): ReadModelLag {
  return {
    name: "orderBoard",
    status: "fresh",
    lagMs: 0,
    trend: "steady",
    pending: 0,
    pendingIsAtLeast: false,
    promiseMs: 2_000,
    asOf: "2026-03-02T08:00:00.000Z",
    rows: 72_358,
    lastError: null,
    ...facts,
  };
}

test("the table shows the sentence, a row a read model, and whole errors below", () => {
  const readModels = [
    aReadModel(),
    aReadModel({
      name: "throughput",
      status: "failing",
      lagMs: 48_000,
      pending: 1_204,
      rows: null,
      lastError: "statement timeout\nwhile refreshing",
    }),
  ];
  const text = lagTable({ sentence: "throughput is 48 s behind", readModels });
  expect(text.split("\n")[0]).toBe("throughput is 48 s behind");
  expect(text).toMatch(/orderBoard +│ fresh +│ +0 ms │ +2\.0 s │ +0 │ ~72,358 │ 2026-03-02T08/);
  expect(text).toMatch(/throughput +│ failing +│ +48\.0 s │ +2\.0 s │ +1,204 │ +- │/);
  expect(text.split("\n").at(-1)).toBe("throughput: statement timeout; while refreshing");
});

test("of what is not counted to the end it says that there may be more", () => {
  const readModels = [aReadModel({ pending: 100_000, pendingIsAtLeast: true })];
  expect(lagTable({ sentence: "", readModels })).toMatch(/ 100,000 or more │/);
});

test("what is not known is a dash, never 0", () => {
  expect(duration(null)).toBe("-");
  const readModels = [aReadModel({ status: "unknown", lagMs: null, asOf: null })];
  expect(lagTable({ sentence: "", readModels })).toMatch(/unknown +│ +- │/);
});

test.each([
  [0, "0 ms"],
  [420, "420 ms"],
  [2_140, "2.1 s"],
  [300_000, "5 min"],
  [9_000_000, "2.5 h"],
])("%i ms reads %s", (spanMs, text) => {
  expect(duration(spanMs)).toBe(text);
});

test.each<[string, Partial<ReadModelLag>, number]>([
  ["fresh", {}, 0],
  ["refreshing within its promise", { status: "refreshing", lagMs: 1_999 }, 0],
  ["exactly at its promise", { lagMs: 2_000 }, 0],
  ["over its promise", { status: "refreshing", lagMs: 2_001 }, 2],
  ["behind", { status: "behind", lagMs: 100 }, 2],
  ["stalled", { status: "stalled", lagMs: 100 }, 2],
  ["failing", { status: "failing", lagMs: 0 }, 2],
  ["unknown", { status: "unknown", lagMs: null }, 2],
])("a read model that is %s decides the exit code", (_what, facts, code) => {
  expect(lagExitCode({ sentence: "", readModels: [aReadModel(), aReadModel(facts)] })).toBe(code);
});
