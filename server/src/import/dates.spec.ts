import { expect, test } from "vitest";
import { dayAt, isDateFormat } from "./dates.ts";

test.each([
  ["03-31-22", "MM-DD-YY", "2022-03-31T00:00:00.000Z"],
  ["2022/02/28", "YYYY/MM/DD", "2022-02-28T00:00:00.000Z"],
  ["29.02.2024", "DD.MM.YYYY", "2024-02-29T00:00:00.000Z"],
  ["20220331", "YYYYMMDD", "2022-03-31T00:00:00.000Z"],
])("%s written as %s is %s", (value, format, day) => {
  expect(dayAt(value, format)).toBe(day);
});

test.each([
  "02-30-22",
  "13-01-22",
  "00-10-22",
  "31-03-22",
  "3-31-22",
  "03-31-2022",
  "",
  "abc",
  "03/31/22",
  "03-31-22 ",
])("%j is no day written as MM-DD-YY", (value) => {
  expect(dayAt(value, "MM-DD-YY")).toBeNull();
});

test("a date format names year, month and day once each and nothing else", () => {
  const formats = ["MM-DD-YY", "YYYY-MM-DD", "DD.MM.YYYY", "YYYY MM DD"];
  const others = ["MM-DD", "MM-DD-YY-YY", "MM-MM-DD-YY", "(MM)-DD-YY", "hh:mm", "", "MM-DD-YY.*"];
  expect(formats.map(isDateFormat)).toEqual([true, true, true, true]);
  expect(others.map(isDateFormat)).toEqual(others.map(() => false));
});
