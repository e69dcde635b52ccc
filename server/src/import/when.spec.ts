import { expect, test } from "vitest";
import { Columns } from "./columns.ts";
import { type OrdersMapping, parseMapping } from "./mapping.ts";
import { rowsOf } from "./source-files.fixture.ts";
import { readWhen, readWhenIfAny } from "./when.ts";

const mapping = parseMapping({
  ...{ name: "mine", kind: "orders", dateFormat: "MM-DD-YY", missing: ["n/a"] },
  columns: { orderId: "O", date: "When" },
  constants: { channel: "shop", sku: "thing", qty: 1 },
}) as OrdersMapping;

function read(value: string, format: string, how = readWhenIfAny) {
  const header = ["O", "When"];
  const [row] = rowsOf(header, [["A", value]]);
  if (!row) throw new Error("no row");
  return how(row, new Columns(header, mapping), "date", format);
}

test.each([
  ["9/4/2016 21:15", "M/D/YYYY H:mm", "2016-09-04T21:15:00.000Z"],
  ["12/31/2017 0:00", "M/D/YYYY H:mm", "2017-12-31T00:00:00.000Z"],
  ["12/31/2017 00:00", "M/D/YYYY H:mm", "2017-12-31T00:00:00.000Z"],
  ["2/29/2024 23:59", "M/D/YYYY H:mm", "2024-02-29T23:59:00.000Z"],
  ["6/29/11 15:58", "M/D/YY H:mm", "2011-06-29T15:58:00.000Z"],
  ["2016-09-04 21:15:59", "YYYY-MM-DD HH:mm:ss", "2016-09-04T21:15:59.000Z"],
  ["2016-09-04T21:15:59", "YYYY-MM-DDTHH:mm:ss", "2016-09-04T21:15:59.000Z"],
  ["04.09.2016 21:15", "DD.MM.YYYY HH:mm", "2016-09-04T21:15:00.000Z"],
  ["03-31-22", "MM-DD-YY", "2022-03-31T00:00:00.000Z"],
  [" 9/4/2016 21:15 ", "M/D/YYYY H:mm", "2016-09-04T21:15:00.000Z"],
])("%j written as %s is %s", (value, format, at) => {
  expect(read(value, format)).toEqual({ ok: true, value: at });
});

test.each([
  ["2/30/2017 10:00"],
  ["13/1/2017 10:00"],
  ["0/1/2017 10:00"],
  ["9/4/2016"],
  ["9/4/2016 24:00"],
  ["9/4/2016 21:60"],
  ["9/4/2016 21:15:00"],
  ["9/4/16 21:15"],
  ["9-4-2016 21:15"],
  ["9/4/2016 9:15 PM"],
  ["9/4/2016  21:15"],
  ["2016-09-04 21:15"],
  ["42617.885"],
  ["yesterday"],
  ["#VALUE!"],
])("%j is no time written as M/D/YYYY H:mm", (value) => {
  const cause = `When "${value}" is no time written as M/D/YYYY H:mm`;
  expect(read(value, "M/D/YYYY H:mm")).toEqual({ ok: false, cause });
});

test("blank, or the source's word for nothing, is no time, or a reason where one must be", () => {
  for (const value of ["", "  ", "n/a"]) {
    expect(read(value, "M/D/YYYY H:mm")).toEqual({ ok: true, value: null });
    expect(read(value, "M/D/YYYY H:mm", readWhen)).toEqual({ ok: false, cause: "When is blank" });
  }
});

test("a day that is none is told as a day", () => {
  const cause = 'When "02-30-22" is no day written as MM-DD-YY';
  expect(read("02-30-22", "MM-DD-YY", readWhen)).toEqual({ ok: false, cause });
});
