import { expect, test } from "vitest";
import { isMomentFormat, momentAt } from "./moments.ts";

test.each([
  ["12/1/10 8:26", "M/D/YY H:mm", "2010-12-01T08:26:00.000Z"],
  ["1/31/11 23:59", "M/D/YY H:mm", "2011-01-31T23:59:00.000Z"],
  ["12/31/10 0:00", "M/D/YY H:mm", "2010-12-31T00:00:00.000Z"],
  ["2011-09-04T16:12:09", "YYYY-MM-DDTHH:mm:ss", "2011-09-04T16:12:09.000Z"],
  ["29.02.2024 07:05", "DD.MM.YYYY HH:mm", "2024-02-29T07:05:00.000Z"],
])("%s written as %s is %s", (value, format, moment) => {
  expect(momentAt(value, format)).toBe(moment);
});

test.each([
  "2/30/11 8:26",
  "13/1/10 8:26",
  "0/1/10 8:26",
  "12/1/10 24:00",
  "12/1/10 8:60",
  "12/1/10 8:6",
  "12/1/2010 8:26",
  "12/1/10",
  "12/1/10 8:26 ",
  "12-1-10 8:26",
  "112/1/10 8:26",
  "12/1/10 8:26:00",
  "",
  "tomorrow",
  "１2/1/10 8:26",
])("%j is no moment written as M/D/YY H:mm", (value) => {
  expect(momentAt(value, "M/D/YY H:mm")).toBeNull();
});

test("a moment's format names each part once, and nothing but parts and separators", () => {
  const formats = ["M/D/YY H:mm", "YYYY-MM-DD HH:mm:ss", "DD.MM.YYYYTHH:mm"];
  const others = ["M/D/YY", "M/D/YY H", "M/D/YY H:mm (UTC)", "M/M/YY H:mm", "H:mm", "", ".*"];
  expect(formats.map(isMomentFormat)).toEqual([true, true, true]);
  expect(others.map(isMomentFormat)).toEqual(others.map(() => false));
});
