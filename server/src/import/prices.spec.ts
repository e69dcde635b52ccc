import { expect, test } from "vitest";
import { amountOf, readPrice } from "./prices.ts";

const amount = (price: string, qty: number) => {
  const read = readPrice("Price", price);
  return read.ok ? amountOf(read.value, qty) : read;
};

test.each([
  ["2.55", 6, 1_530, false],
  ["0", 144, 0, false],
  ["0.42", 12_540, 526_680, false],
  ["38970", 1, 3_897_000, false],
  ["1.04", 74_215, 7_718_360, false],
  ["0.1", 3, 30, false],
  ["0.001", 1, 0, true],
  ["0.005", 1, 1, true],
  ["0.005", 2, 1, false],
  ["1.999999", 3, 600, true],
])("%s for each of %i pieces is %i cents", (price, qty, cents, isRounded) => {
  expect(amount(price, qty)).toEqual({ ok: true, value: { cents, isRounded } });
});

test.each([
  ["", "Price is blank"],
  ["-11062.06", 'Price "-11062.06" is no price'],
  ["1,50", 'Price "1,50" is no price'],
  ["1e3", 'Price "1e3" is no price'],
  [".5", 'Price ".5" is no price'],
  ["free", 'Price "free" is no price'],
  ["1.2345678", 'Price "1.2345678" is no price'],
])("%j is refused: %s", (price, cause) => {
  expect(readPrice("Price", price)).toEqual({ ok: false, cause });
});

test("a line that costs more than can be kept is refused", () => {
  expect(amount("20000001", 1)).toEqual({ ok: false, cause: "the line's amount is too large" });
  expect(amount("999999999.999999", 1_000_000)).toMatchObject({ ok: false });
});
