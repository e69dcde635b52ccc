import { describe, expect, test } from "vitest";
import { derivedCommandId } from "./derived-command-id.ts";
import { cellsOf, type InvoiceLine, plan, planInvoices, retail, told } from "./invoices.fixture.ts";

const free: InvoiceLine = { Price: "0", "Customer ID": "" };
const bela: InvoiceLine = { "Customer ID": "BELA" };

describe("a sale", () => {
  test("is an order of its minute; a line costs what its pieces cost together", async () => {
    const { sales, rejected, aside } = told(
      await plan({}, { StockCode: "85123a", Quantity: "2", Price: "1.1" }, { Invoice: "2" }),
    );
    expect([rejected, aside]).toEqual([[], []]);
    expect(sales.map(({ order }) => order)).toMatchObject([
      {
        commandId: derivedCommandId("retail-invoices", "placeOrder", "retail", "1"),
        input: {
          ...{ channel: "retail", externalRef: "1", orderedAt: "2010-12-01T08:26:00.000Z" },
          lines: [
            { sku: "22139", qty: 6, priceCents: 1_530 },
            { sku: "85123a", qty: 2, priceCents: 220 },
          ],
        },
      },
      { input: { externalRef: "2" } },
    ]);
    expect(sales[0]?.variants.map(({ input }) => input)).toEqual([
      { sku: "22139", style: "TEA SET" },
      { sku: "85123a", style: "TEA SET" },
    ]);
  });

  test("keeps a SKU letter for letter", async () => {
    const { sales } = told(await plan({ StockCode: "15056BL" }, { StockCode: "15056bl" }));
    expect(sales[0]?.openings?.map(({ input }) => input.sku)).toEqual(["15056BL", "15056bl"]);
  });

  test("takes a line that stands twice for two lines, and notes it", async () => {
    const { sales } = told(await plan({}, {}, { Quantity: "5" }, {}));
    expect(sales[0]?.order.input.lines.map(({ qty }) => qty)).toEqual([6, 6, 5, 6]);
    const notes = sales[0]?.notes.map(({ row, reason }) => [row.row, reason]);
    expect(notes).toEqual([
      [3, "a line that stands twice is two lines: as row 2"],
      [5, "a line that stands twice is two lines: as row 2"],
      [2, "opening stock assumed: all that the file takes of the SKU (23 pieces)"],
    ]);
  });

  test("may have lines that cost nothing, to a customer or beside what is paid", async () => {
    const gift = await plan({ ...free, "Customer ID": "ANNA" });
    const beside = await plan(free, { ...free, StockCode: "DOT", Price: "9.5" });
    const paid = await plan(free, { "Customer ID": "" });
    for (const planned of [gift, beside, paid]) {
      expect(told(planned).sales.length).toBe(1);
      expect(told(planned).sales[0]?.order.input.lines[0]).toMatchObject({ priceCents: 0 });
      expect(told(planned).corrections).toEqual([]);
    }
  });

  test("that took a minute to write is of its first row's", async () => {
    const { sales } = told(await plan({}, { InvoiceDate: "12/1/10 8:27", Quantity: "1" }));
    expect(sales[0]?.order.input.orderedAt).toBe("2010-12-01T08:26:00.000Z");
    expect(sales[0]?.notes[0]).toMatchObject({
      row: { row: 3 },
      reason: "InvoiceDate of the invoice's first row counts",
    });
  });

  test("is gathered from wherever its rows stand", async () => {
    const { sales } = told(await plan({}, { Invoice: "2" }, { StockCode: "10002" }));
    expect(sales.map(({ rows }) => rows.map(({ row }) => row))).toEqual([[3], [2, 4]]);
  });

  test.each<[string, InvoiceLine, string]>([
    [
      "an unknown code",
      { StockCode: "TEST001" },
      'StockCode "TEST001" is not known to the mapping',
    ],
    ["no code", { StockCode: "" }, "StockCode is blank"],
    ["no pieces", { Quantity: "0" }, "Quantity is 0"],
    ["pieces that come back", { Quantity: "-3" }, "Quantity is not positive, as on a sale"],
    ["half a piece", { Quantity: "1.5" }, 'Quantity "1.5" is not a whole number'],
    ["two signs", { Quantity: "--3" }, 'Quantity "--3" is not a whole number'],
    ["too many pieces", { Quantity: "1000001" }, 'Quantity "1000001" is too large'],
    ["no price", { Price: "" }, "Price is blank"],
    ["a price below nothing", { Price: "-1" }, 'Price "-1" is no price'],
    ["too high a price", { Price: "999999999" }, "the line's amount is too large"],
    ["no day", { InvoiceDate: "" }, "InvoiceDate is blank"],
    [
      "another way to write a day",
      { InvoiceDate: "2010-12-01" },
      'InvoiceDate "2010-12-01" is no moment written as M/D/YY H:mm',
    ],
  ])("with %s in one row is rejected whole, but for its postage", async (_what, wrong, reason) => {
    const post = { StockCode: "POST", Quantity: "1" };
    const planned = told(await plan({}, wrong, post, { Invoice: "2" }));
    expect(planned.rejected).toEqual([
      [2, `another row of the order is refused (row 3: ${reason})`],
      [3, reason],
    ]);
    expect(planned.aside).toEqual([[4, "postage is no goods"]]);
    expect(planned.sales.map(({ order }) => order.input.externalRef)).toEqual(["2"]);
    expect(planned.sales[0]?.openings?.map(({ input }) => input.qty)).toEqual([6]);
  });

  test.each<[string, InvoiceLine]>([
    ["Customer ID", bela],
    ["InvoiceDate", { InvoiceDate: "12/1/10 9:26" }],
  ])("whose rows disagree on %s is rejected whole", async (name, other) => {
    const reason = `the rows of the order disagree on ${name}`;
    const { sales, rejected } = told(await plan({}, other));
    expect(sales).toEqual([]);
    expect(rejected).toEqual([
      [2, reason],
      [3, reason],
    ]);
  });

  test("that an unreadable row stands in is rejected whole", async () => {
    const { rejected, sales } = told(await planInvoices([cellsOf({}), ["1", "x"], cellsOf({})]));
    expect(rejected.map(([row]) => row).sort()).toEqual([2, 3, 4]);
    expect(sales).toEqual([]);
  });
});

test.each([
  ["POST", "postage"],
  ["DOT", "postage"],
  ["M", "an entry by hand"],
  ["m", "an entry by hand"],
  ["D", "a discount"],
  ["BANK CHARGES", "a fee"],
  ["gift_0001_40", "a voucher"],
])("%s is %s and no goods, on whatever invoice and at whatever price", async (code, what) => {
  const other = { StockCode: code, Price: "-11062.06", InvoiceDate: "", Quantity: "1" };
  const planned = told(
    await plan(other, { ...other, Invoice: "C2", Quantity: "-1" }, { ...other, Invoice: "A3" }),
  );
  const reason = `${what} is no goods`;
  expect(planned.aside).toEqual([2, 3, 4].map((row) => [row, reason]));
  expect([planned.sales, planned.rejected, planned.units]).toEqual([[], [], 1]);
});

test("what is no goods is rejected where its pieces cannot be counted", async () => {
  const { rejected, aside } = told(await plan({ StockCode: "POST", Quantity: "some" }));
  expect([rejected, aside]).toEqual([[[2, 'Quantity "some" is not a whole number']], []]);
});

describe("an invoice on which nobody pays and nobody is named", () => {
  test("corrects the stock row by row, with the file's own words for why", async () => {
    const { corrections, sales } = told(
      await plan(
        {},
        { ...free, Invoice: "2", Quantity: "-2", Description: "damages" },
        { ...free, Invoice: "3", Quantity: "4", Description: "" },
      ),
    );
    expect(sales.length).toBe(1);
    expect(corrections.map(({ adjustment }) => adjustment)).toEqual([
      {
        commandId: derivedCommandId("retail-invoices", "adjustBatch", "2", "1"),
        input: { ref: "opening/22139", by: -2, reason: 'written off, 2: "damages"' },
      },
      {
        commandId: derivedCommandId("retail-invoices", "adjustBatch", "3", "1"),
        input: { ref: "opening/22139", by: 4, reason: "found, 3" },
      },
    ]);
    expect(corrections.flatMap(({ variants }) => variants.map(({ input }) => input))).toEqual([
      { sku: "22139", style: "TEA SET" },
      { sku: "22139", style: "TEA SET" },
    ]);
  });

  test("brings a batch of its own where no stock is assumed", async () => {
    const { corrections } = told(
      await plan({ ...free, Quantity: "4" }, { ...free, StockCode: "10002", Quantity: "-1" }),
    );
    expect(corrections.map(({ batch }) => batch?.input)).toEqual([
      { ref: "found/1/1", sku: "22139", qty: 4 },
      undefined,
    ]);
    expect(corrections.map(({ adjustment }) => adjustment?.input.by)).toEqual([undefined, -1]);
  });

  test("has rows that cannot be used, which hold up no others", async () => {
    const { corrections, rejected } = told(
      await plan({ ...free, Quantity: "0" }, { ...free, StockCode: "?" }, { ...free }),
    );
    expect(corrections.length).toBe(1);
    expect(rejected).toEqual([
      [2, "Quantity is 0"],
      [3, 'StockCode "?" is not known to the mapping'],
    ]);
  });
});

describe("the stock that a file sells", () => {
  test("is assumed to have been there: all that is sold or written off of the SKU", async () => {
    const planned = told(
      await plan(
        { ...free, Invoice: "0", Quantity: "-5" },
        {},
        { Invoice: "2" },
        { ...free, Invoice: "3", Quantity: "100" },
        { Invoice: "C4", Quantity: "-6" },
        { Invoice: "5", StockCode: "TEST001" },
        { Invoice: "5" },
      ),
    );
    expect(planned.corrections[0]?.openings.map(({ input }) => input)).toEqual([
      { ref: "opening/22139", sku: "22139", qty: 17 },
    ]);
    expect(planned.corrections[0]?.notes.map(({ reason }) => reason)).toEqual([
      "opening stock assumed: all that the file takes of the SKU (17 pieces)",
    ]);
    expect(planned.sales.flatMap(({ openings }) => openings)).toEqual([]);
  });

  test("or comes from an import before, and then nothing is assumed", async () => {
    const mapping = { ...retail, openingStock: "imported" as const };
    const lines = [{}, { ...free, Invoice: "2", Quantity: "4" }];
    const { sales, corrections } = told(await planInvoices(lines.map(cellsOf), mapping));
    expect([sales[0]?.openings, corrections[0]?.openings]).toEqual([[], []]);
    expect(corrections[0]?.adjustment?.input.ref).toBe("opening/22139");
  });
});

test("a warehouse that the mapping names is every order's and every batch's", async () => {
  const mapping = { ...retail, constants: { channel: "shop", warehouse: "north" } };
  const lines = [{}, { ...free, Invoice: "2", StockCode: "10002" }];
  const { sales, corrections } = told(await planInvoices(lines.map(cellsOf), mapping));
  expect(sales[0]?.order.input).toMatchObject({ channel: "shop", warehouse: "north" });
  expect(sales[0]?.openings?.[0]?.input.warehouse).toBe("north");
  expect(corrections[0]?.batch?.input.warehouse).toBe("north");
});
