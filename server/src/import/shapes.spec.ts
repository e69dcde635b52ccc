import { expect, test } from "vitest";
import { fitsShape } from "./shapes.ts";

test.each([
  ["85123A", "#####@"],
  ["15056bl", "#####@@"],
  ["22139", "#####"],
  ["DCGS0066P", "DCGS####@"],
  ["gift_0001_40", "gift_####_##"],
  ["BANK CHARGES", "BANK CHARGES"],
  ["(x)", "(@)"],
])("%s is written as %s", (code, shape) => {
  expect(fitsShape(code, shape)).toBe(true);
});

test.each([
  ["85123", "#####@"],
  ["85123AB", "#####@"],
  ["8512 A", "#####@"],
  ["851234", "#####@"],
  ["m", "M"],
  ["", "#"],
  ["x", ""],
  ["٣٣٣٣٣", "#####"],
  [".*", "@@"],
])("%j is not written as %s", (code, shape) => {
  expect(fitsShape(code, shape)).toBe(false);
});
