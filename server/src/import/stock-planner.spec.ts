import { expect, test } from "vitest";
import { Columns } from "./columns.ts";
import { derivedCommandId } from "./derived-command-id.ts";
import type { StockMapping } from "./mapping.ts";
import { shippedMapping } from "./mappings/shipped-mappings.ts";
import type { Planned } from "./plan.ts";
import { SourceError } from "./source-file.ts";
import { rowsOf } from "./source-files.fixture.ts";
import { StockPlanner } from "./stock-planner.ts";

const header = ["index", "SKU Code", "Design No.", "Stock", "Category", "Size", "Color"];
const mapping = shippedMapping("fashion-stock") as StockMapping;

function plan(...lines: string[][]): Planned[] {
  const planner = new StockPlanner(new Columns(header, mapping), mapping);
  return [...rowsOf(header, lines).flatMap((row) => planner.take(row)), ...planner.end()];
}

function rejected(planned: Planned[]): [number, string, number][] {
  return planned.flatMap((one) =>
    one.kind === "rejected"
      ? [[one.row.row, one.reason, one.units] as [number, string, number]]
      : [],
  );
}

test("a stock row becomes its variant and its opening batch", () => {
  const [stock, ...others] = plan([
    "0",
    " K1-RED-3XL ",
    "K1",
    "5.0",
    "KURTA SET",
    "XXXL",
    "TEAL GREEN ",
  ]);
  expect(others).toEqual([]);
  expect(stock).toMatchObject({
    kind: "stock",
    units: 5,
    notes: [],
    variants: [
      {
        commandId: derivedCommandId("fashion-stock", "registerVariant", "K1-RED-3XL"),
        input: {
          sku: "K1-RED-3XL",
          style: "K1",
          colour: "Teal Green",
          size: "XXXL",
          sizeSystem: "INT",
          category: "kurta set",
        },
      },
    ],
    batch: {
      commandId: derivedCommandId("fashion-stock", "addBatch", "K1-RED-3XL"),
      input: { ref: "opening/K1-RED-3XL", sku: "K1-RED-3XL", qty: 5 },
    },
  });
});

test("free size is one size, in its own size system", () => {
  const [stock] = plan(["0", "S1", "S", "1", "SAREE", "FREE", "Red"]);
  expect(stock).toMatchObject({
    variants: [{ input: { size: "one-size", sizeSystem: "one-size" } }],
  });
});

test("no pieces make a variant without a batch, and a note", () => {
  const [stock] = plan(["0", "S1", "S", "0.0", "SAREE", "FREE", "Red"]);
  expect(stock).toMatchObject({
    batch: null,
    units: 0,
    notes: [{ cause: "no pieces: the variant has no opening batch" }],
  });
});

test("a colour that the source does not know is left out and noted", () => {
  const [stock] = plan(["0", "S1", "S", "1", "SAREE", "FREE", "NO REFERENCE"]);
  expect(stock).toMatchObject({ notes: [{ cause: 'Color is "NO REFERENCE": left out' }] });
  expect(stock).not.toHaveProperty("variants.0.input.colour");
});

test.each<[string, string[], string, number]>([
  ["a blank SKU", ["0", " ", "S", "2", "SAREE", "FREE", "Red"], "SKU Code is blank", 2],
  ["#REF!", ["0", "#REF!", "S", "1.0", "SAREE", "FREE", "Red"], 'SKU Code is "#REF!"', 1],
  ["a blank stock", ["0", "S1", "S", "", "SAREE", "FREE", "Red"], "Stock is blank", 0],
  ["a negative stock", ["0", "S1", "S", "-3", "SAREE", "FREE", "Red"], 'Stock "-3" is negative', 0],
  [
    "a word for a stock",
    ["0", "S1", "S", "few", "SAREE", "FREE", "Red"],
    'Stock "few" is not a whole number',
    0,
  ],
  [
    "an unknown size",
    ["0", "S1", "S", "4", "SAREE", "7XL", "Red"],
    'Size "7XL" is not known to the mapping',
    4,
  ],
  [
    "an unknown category",
    ["0", "S1", "S", "4", "HAT", "FREE", "Red"],
    'Category "HAT" is not known to the mapping',
    4,
  ],
  ["a blank size", ["0", "S1", "S", "4", "SAREE", "", "Red"], "Size is blank", 4],
  ["too few columns", ["0", "S1", "S", "4"], "the row has 4 columns, the header has 7", 0],
  ["a NUL byte", ["0", "S\0", "S", "4", "SAREE", "FREE", "Red"], "a cell holds a NUL byte", 0],
  [
    "nothing at all",
    ["0", "", "", "", "", "", ""],
    "SKU Code is blank; Size is blank; Stock is blank",
    0,
  ],
])("a row with %s is rejected with its reason and its pieces", (_what, line, reason, units) => {
  expect(rejected(plan(line))).toEqual([[2, reason, units]]);
});

test("a SKU has one opening batch: of two counts the first stays", () => {
  const planned = plan(
    ["0", "S1", "S", "0", "SAREE", "FREE", "Red"],
    ["1", "S1", "S", "7", "SAREE", "FREE", "Blue"],
    ["2", "S1", "S", "9", "SAREE", "FREE", "Red"],
    ["3", "S1", "S", "0", "SAREE", "FREE", "Red"],
  );
  const reason = "the SKU is counted twice in this file: its opening batch is from row 3";
  expect(rejected(planned)).toEqual([
    [4, reason, 9],
    [5, reason, 0],
  ]);
  const batches = planned.map((one) => (one.kind === "stock" ? one.batch?.input.qty : "rejected"));
  expect(batches).toEqual([undefined, 7, "rejected", "rejected"]);
});

test.each<[string, string[], RegExp]>([
  ["missing", header.filter((name) => name !== "Stock"), /missing columns "Stock"/],
  [
    "unknown",
    [...header, "Shelf", "Bay"],
    /unknown columns "Shelf", "Bay" \(name them under "ignore"/,
  ],
  ["doubled", [...header, "Size"], /columns that stand twice "Size"/],
  [
    "semicolons",
    [header.join(";")],
    /missing columns "SKU Code", .*unknown columns "index;SKU Code/,
  ],
])("a header with columns that are %s does not fit the mapping", (_what, names, words) => {
  expect(() => new Columns(names, mapping)).toThrow(SourceError);
  expect(() => new Columns(names, mapping)).toThrow(words);
});

test("the message about a hostile header stays short and printable", () => {
  const names = Array.from({ length: 500 }, (_none, at) => `\u001b[31m${at}${"x".repeat(1_000)}`);
  const failed = (() => {
    try {
      return new Columns(names, mapping);
    } catch (error) {
      return error;
    }
  })();
  expect(failed).toBeInstanceOf(SourceError);
  const { message } = failed as SourceError;
  expect(message).toMatch(/and 490 more/);
  expect(message.length).toBeLessThan(1_200);
  expect(message).not.toContain("\u001b");
});
