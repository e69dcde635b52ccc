import { describe, expect, test } from "vitest";
import { derivedCommandId } from "./derived-command-id.ts";
import { type InvoiceLine, plan, told } from "./invoices.fixture.ts";

const sale = (Invoice: string, Quantity: string, more: InvoiceLine = {}): InvoiceLine => ({
  ...{ Invoice, Quantity },
  ...more,
});
const cancel = (Quantity: string, more: InvoiceLine = {}) => sale("C9", Quantity, more);

/** What each cancellation takes, as `invoice/line:pieces`, and what is set aside. */
async function taken(...lines: InvoiceLine[]) {
  const { reductions, aside } = told(await plan(...lines));
  return {
    parts: reductions.map(({ parts }) =>
      parts.map(({ externalRef, input }) => `${externalRef}/${input.line}:${input.by}`).join(" "),
    ),
    aside: aside.map(([, reason]) => reason),
  };
}

const tooMany = "a cancellation of more pieces than the customer bought in this file";

test("a cancellation takes its pieces off the customer's latest sale of the SKU", async () => {
  const { sales, reductions, units } = told(
    await plan(
      sale("1", "6"),
      sale("2", "6", { StockCode: "10002" }),
      sale("2", "8"),
      cancel("-6"),
    ),
  );
  expect(sales.map(({ mayBeReduced }) => mayBeReduced)).toEqual([true, true]);
  expect(reductions).toMatchObject([
    {
      units: -6,
      notes: [{ reason: "taken off the latest sale of the customer: 6 of 2" }],
      parts: [
        {
          commandId: derivedCommandId("retail-invoices", "reduceLine", "C9", "1", "1"),
          externalRef: "2",
          input: { line: 2, by: 6, reason: "cancelled by C9" },
        },
      ],
    },
  ]);
  expect(units).toBe(14);
});

describe("among several sales it takes", () => {
  test.each<[string, InvoiceLine[], string]>([
    ["the latest with so many pieces", [sale("1", "9"), sale("2", "3")], "1/1:6"],
    ["the latest at its own price", [sale("1", "9"), sale("2", "9", { Price: "3" })], "1/1:6"],
    ["the latest, if none is at its price", [sale("1", "9"), sale("2", "9")], "2/1:6"],
    ["the latest together, if none has enough", [sale("1", "4"), sale("2", "3")], "2/1:3 1/1:3"],
    ["two lines of one sale, if need be", [sale("1", "4"), sale("1", "3")], "1/2:3 1/1:3"],
  ])("%s", async (what, lines, expected) => {
    const price = what.includes("if none is at") ? { Price: "9" } : {};
    expect(await taken(...lines, cancel("-6", price))).toEqual({ parts: [expected], aside: [] });
  });
});

test("what was taken once cannot be taken again", async () => {
  const lines = [sale("1", "6"), cancel("-4"), cancel("-3"), cancel("-2"), cancel("-1")];
  expect(await taken(...lines)).toEqual({ parts: ["1/1:4", "1/1:2"], aside: [tooMany, tooMany] });
});

test.each<[string, InvoiceLine[], string]>([
  ["before the file begins", [cancel("-6")], tooMany],
  ["later in the file", [cancel("-6"), sale("1", "6")], tooMany],
  ["to somebody else", [sale("1", "6", { "Customer ID": "BELA" }), cancel("-6")], tooMany],
  ["under another code", [sale("1", "6", { StockCode: "10002" }), cancel("-6")], tooMany],
  ["in too small a number", [sale("1", "5"), cancel("-6")], tooMany],
  ["on an invoice that is rejected", [sale("1", "6"), sale("1", "0"), cancel("-6")], tooMany],
  [
    "to nobody who is named",
    [sale("1", "6", { "Customer ID": "" }), cancel("-6", { "Customer ID": "" })],
    "a cancellation that names no customer",
  ],
])("a cancellation of what was sold %s is set aside", async (_where, lines, reason) => {
  expect(await taken(...lines)).toEqual({ parts: [], aside: [reason] });
});

test.each<[string, InvoiceLine, string]>([
  ["pieces that are sold", { Quantity: "6" }, "Quantity is not negative, as on a cancellation"],
  ["no pieces", { Quantity: "0" }, "Quantity is 0"],
  ["an unknown code", { StockCode: "X" }, 'StockCode "X" is not known to the mapping'],
  ["no price", { Price: "" }, "Price is blank"],
])(
  "a row of a cancellation with %s is rejected, the others are not",
  async (_what, wrong, reason) => {
    const planned = await plan(sale("1", "9"), cancel("-1", wrong), cancel("-2"));
    expect(told(planned).rejected).toEqual([[3, reason]]);
    expect(told(planned).reductions.length).toBe(1);
  },
);

test("of sales that nobody cancels nothing is remembered", async () => {
  const { sales } = told(await plan(sale("1", "6"), sale("2", "6", { "Customer ID": "BELA" })));
  expect(sales.map(({ mayBeReduced }) => mayBeReduced)).toEqual([false, false]);
});
