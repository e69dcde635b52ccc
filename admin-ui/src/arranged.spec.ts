import { expect, test } from "vitest";
import { found, sorted } from "./arranged.ts";

const rows = [
  { name: "orderBoard", lag: 5 },
  { name: "allocations", lag: null },
  { name: "binContents", lag: 40 },
  { name: "wavePicks", lag: 5 },
];
const names = (of: readonly { name: string }[]) => of.map(({ name }) => name);

test("rows are found by every word, in any order and case", () => {
  const by = (text: string) => names(found(rows, text, ({ name }) => `${name} group`));
  expect(by("BOARD group")).toEqual(["orderBoard"]);
  expect(by("  ")).toHaveLength(4);
  expect(by("board bins")).toEqual([]);
});

test("rows are ordered either way, equal ones stay, and what is unknown comes last", () => {
  const by = (isDescending: boolean) => names(sorted(rows, ({ lag }) => lag, isDescending));
  expect(by(false)).toEqual(["orderBoard", "wavePicks", "binContents", "allocations"]);
  expect(by(true)).toEqual(["binContents", "orderBoard", "wavePicks", "allocations"]);
  expect(names(sorted(rows, ({ name }) => name, false))[0]).toBe("allocations");
});
