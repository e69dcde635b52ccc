import { expect, test } from "vitest";
import { inLetterCase, quoted, readCents, readKnown, readQuantity } from "./cells.ts";

test.each([
  ["5", 5],
  ["5.0", 5],
  ["0", 0],
  ["0.00", 0],
  ["1000000", 1_000_000],
])("quantity %j is %i pieces", (value, pieces) => {
  expect(readQuantity("Qty", value)).toEqual({ ok: true, value: pieces });
});

test.each([
  ["", "Qty is blank"],
  ["abc", 'Qty "abc" is not a whole number'],
  ["1.5", 'Qty "1.5" is not a whole number'],
  ["1e3", 'Qty "1e3" is not a whole number'],
  ["0x10", 'Qty "0x10" is not a whole number'],
  ["1,000", 'Qty "1,000" is not a whole number'],
  ["NaN", 'Qty "NaN" is not a whole number'],
  ["Infinity", 'Qty "Infinity" is not a whole number'],
  ["-1", 'Qty "-1" is negative'],
  ["-0.5", 'Qty "-0.5" is negative'],
  ["1000001", 'Qty "1000001" is too large'],
  ["9007199254740993", 'Qty "9007199254740993" is too large'],
  ["9".repeat(400), `Qty "${"9".repeat(57)}..." is too large`],
])("quantity %j is refused: %s", (value, cause) => {
  expect(readQuantity("Qty", value)).toEqual({ ok: false, cause });
});

test.each([
  ["791", 79_100],
  ["791.0", 79_100],
  ["471.43", 47_143],
  ["471.430", 47_143],
  ["0", 0],
  ["0.07", 7],
  ["1099.15", 109_915],
  ["", null],
])("amount %j is %j cents", (value, cents) => {
  expect(readCents("Amount", value)).toEqual({ ok: true, value: cents });
});

test.each(["-1", "1.234", "1,50", "INR 5", ".5", "1e5", "99999999999999", "99999999.99"])(
  "amount %j is refused",
  (value) => {
    expect(readCents("Amount", value)).toMatchObject({ ok: false });
  },
);

test("only words that the mapping knows are taken", () => {
  const sizes = { "3XL": "XXXL" };
  expect(readKnown("Size", "3XL", sizes)).toEqual({ ok: true, value: "XXXL" });
  expect(readKnown("Size", "7XL", sizes)).toEqual({
    ok: false,
    cause: 'Size "7XL" is not known to the mapping',
  });
  expect(readKnown("Size", "constructor", sizes)).toMatchObject({ ok: false });
  expect(readKnown("Size", "__proto__", sizes)).toMatchObject({ ok: false });
});

test("a value in a message is short and without control characters", () => {
  expect(quoted("a\u0000b\nc\u001b[31m")).toBe('"a?b?c?[31m"');
  expect(quoted("x".repeat(100_000)).length).toBe(62);
});

test("spellings of one colour become one", () => {
  expect(
    ["TEAL GREEN", "teal green", "Teal Green"].map((one) => inLetterCase(one, "title")),
  ).toEqual(["Teal Green", "Teal Green", "Teal Green"]);
  expect(inLetterCase("Amazon.in", "lower")).toBe("amazon.in");
  expect(inLetterCase("KUrta")).toBe("KUrta");
});
