import { expect, test } from "vitest";
import { Columns } from "./columns.ts";
import { derivedCommandId } from "./derived-command-id.ts";
import { type OrdersMapping, parseMapping } from "./mapping.ts";
import { shippedMapping } from "./mappings/shipped-mappings.ts";
import { OrderPlanner, orderLines, scatteredOrders } from "./order-planner.ts";
import type { Planned, PlannedOrder } from "./plan.ts";
import { rowsOf } from "./source-files.fixture.ts";
import type { SourceRow } from "./source-rows.ts";

const wholesale = shippedMapping("wholesale-orders") as OrdersMapping;
const good = {
  DATE: "06-05-21",
  CUSTOMER_PSEUDONYM: "ANNA",
  Style: "K1",
  SKU: "K1-M",
  Size: "M",
  PCS: "2.00",
  "GROSS AMT": "617.00",
};
type Line = Partial<typeof good>;
const header = Object.keys(good);
const line = (CUSTOMER_PSEUDONYM: string, more: Line = {}): Line => ({
  CUSTOMER_PSEUDONYM,
  ...more,
});

async function plannerOf(columns: Columns, rows: SourceRow[], mapping: OrdersMapping) {
  const scattered = await scatteredOrders(rows, columns);
  return new OrderPlanner(columns, mapping, { scattered, reader: orderLines(columns, mapping) });
}

async function planRows(lines: string[][], mapping = wholesale): Promise<Planned[]> {
  const columns = new Columns(header, mapping);
  const rows = rowsOf(header, lines);
  const planner = await plannerOf(columns, rows, mapping);
  return [...rows.flatMap((row) => planner.take(row)), ...planner.end()];
}

function plan(...lines: Line[]): Promise<Planned[]> {
  return planRows(lines.map((one) => Object.values({ ...good, ...one })));
}

function orders(planned: Planned[]): PlannedOrder[] {
  return planned.filter((one) => one.kind === "order");
}

const refsAndRows = (planned: Planned[]) =>
  orders(planned).map(({ order, rows }) => [order.input.externalRef, rows.map(({ row }) => row)]);

function rejections(planned: Planned[]): [number, string][] {
  return planned.flatMap((one) =>
    one.kind === "rejected" ? [[one.row.row, one.reason] as [number, string]] : [],
  );
}

test("what a customer orders on a day is one order, named by both", async () => {
  const [order, ...others] = orders(await plan({}, { SKU: "K1-3XL", Size: "XXXL", PCS: "1.00" }));
  expect(others).toEqual([]);
  expect(order?.order).toEqual({
    commandId: derivedCommandId("wholesale-orders", "placeOrder", "wholesale", "ANNA/06-05-21"),
    input: {
      channel: "wholesale",
      externalRef: "ANNA/06-05-21",
      orderedAt: "2021-06-05T00:00:00.000Z",
      lines: [
        { sku: "K1-M", qty: 2, priceCents: 61_700 },
        { sku: "K1-3XL", qty: 1, priceCents: 61_700 },
      ],
    },
  });
});

test("the rows of an order are gathered from wherever they stand, in the file's order", async () => {
  const planned = await plan(
    ...[line("ANNA"), line("BELA"), line("ANNA"), line("CARL"), line("BELA"), line("BELA")],
    ...[line("DORA"), line("ANNA"), line("DORA", { DATE: "06-06-21" })],
  );
  expect(refsAndRows(planned)).toEqual([
    ["CARL/06-05-21", [5]],
    ["BELA/06-05-21", [3, 6, 7]],
    ["DORA/06-05-21", [8]],
    ["ANNA/06-05-21", [2, 4, 9]],
    ["DORA/06-06-21", [10]],
  ]);
});

test("an order is planned as soon as its last row is over, not at the end of the file", async () => {
  const columns = new Columns(header, wholesale);
  const names = ["ANNA", "BELA", "ANNA", "CARL", "CARL"];
  const rows = rowsOf(
    header,
    names.map((name) => Object.values({ ...good, CUSTOMER_PSEUDONYM: name })),
  );
  const planner = await plannerOf(columns, rows, wholesale);
  expect(rows.map((row) => orders(planner.take(row)).length)).toEqual([0, 0, 1, 1, 0]);
  expect(orders(planner.end()).length).toBe(1);
});

test("names that hold a slash themselves never make one order of two", async () => {
  const mapping = parseMapping({
    ...wholesale,
    columns: { ...wholesale.columns, orderId: ["CUSTOMER_PSEUDONYM", "Style"] },
  }) as OrdersMapping;
  const lines = [
    { ...good, CUSTOMER_PSEUDONYM: "A/B", Style: "C" },
    { ...good, CUSTOMER_PSEUDONYM: "A", Style: "B/C" },
    { ...good, CUSTOMER_PSEUDONYM: "A%2FB", Style: "C" },
  ];
  const planned = await planRows(lines.map(Object.values), mapping);
  expect(refsAndRows(planned)).toEqual([
    ["A%2FB/C", [2]],
    ["A/B%2FC", [3]],
    ["A%252FB/C", [4]],
  ]);
});

test.each<[string, Line, string]>([
  ["no SKU", { SKU: "" }, "SKU is blank"],
  ["#REF!", { SKU: "#REF!" }, 'SKU is "#REF!"'],
  ["an unknown size", { Size: "7XL" }, 'Size "7XL" is not known to the mapping'],
  ["half a piece", { PCS: "1.50" }, 'PCS "1.50" is not a whole number'],
  ["no pieces", { PCS: "0.00" }, "PCS is 0"],
  ["a negative quantity", { PCS: "-2.00" }, 'PCS "-2.00" is negative'],
  ["a word for an amount", { "GROSS AMT": "free" }, "GROSS AMT"],
])("a line with %s is left out, and the order goes in without it", async (_what, wrong, reason) => {
  const planned = await plan({}, wrong, {}, line("BELA"));
  expect(rejections(planned)).toEqual([[3, expect.stringContaining(reason)]]);
  expect(refsAndRows(planned)).toEqual([
    ["ANNA/06-05-21", [2, 4]],
    ["BELA/06-05-21", [5]],
  ]);
  expect(orders(planned)[0]?.notes).toEqual([
    {
      row: expect.objectContaining({ row: 2 }),
      cause: "lines of the order are left out",
      reason: "lines of the order are left out: row 3",
    },
  ]);
  expect(orders(planned)[1]?.notes).toEqual([]);
});

test("an order of which no line can be used is rejected line by line", async () => {
  const planned = await plan({ SKU: "" }, { Size: "" }, line("BELA"));
  expect(rejections(planned)).toEqual([
    [2, "SKU is blank"],
    [3, "Size is blank"],
  ]);
  expect(refsAndRows(planned)).toEqual([["BELA/06-05-21", [4]]]);
});

test("of many lines that are left out the first ten are named", async () => {
  const planned = await plan({}, ...Array<Line>(12).fill({ SKU: "" }));
  expect(orders(planned)[0]?.notes[0]?.reason).toBe(
    "lines of the order are left out: row 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 2 more",
  );
});

test("columns that have changed places, as some exports do halfway, reject their rows", async () => {
  const planned = await plan({}, { CUSTOMER_PSEUDONYM: "06-05-21", DATE: "ANNA" });
  expect(rejections(planned)).toEqual([[3, 'DATE "ANNA" is no day written as MM-DD-YY']]);
  expect(refsAndRows(planned)).toEqual([["ANNA/06-05-21", [2]]]);
});

test("a row without a customer or a day is rejected, and takes no order with it", async () => {
  const blank = "CUSTOMER_PSEUDONYM + DATE is blank";
  const planned = await plan({}, line(""), {}, { DATE: " " }, {});
  expect(rejections(planned)).toEqual([
    [3, blank],
    [5, blank],
  ]);
  expect(refsAndRows(planned)).toEqual([["ANNA/06-05-21", [2, 4, 6]]]);
});

test("where orders are refused whole, an unreadable row takes the waiting order with it", async () => {
  const mapping = { ...wholesale, whenLineRefused: "refuse-order" as const };
  const full = (one: Line) => Object.values({ ...good, ...one });
  const cut = ["06-05-21", "ANNA", "cut short"];
  const planned = await planRows([full({}), full(line("BELA")), cut, full({})], mapping);
  const stands = "a row that cannot be read stands in the order (row 4)";
  expect(rejections(planned).sort(([one], [other]) => one - other)).toEqual([
    [2, stands],
    [4, "the row has 3 columns, the header has 7"],
    [5, stands],
  ]);
  expect(refsAndRows(planned)).toEqual([["BELA/06-05-21", [3]]]);
});

test("a file of nothing but scattered orders is refused in part, and never held whole", async () => {
  const Style = "x".repeat(60_000);
  const customers = Array.from({ length: 400 }, (_none, at) => line(`C${at}`, { Style }));
  const planned = await plan(...customers, ...customers, line("LAST"));
  const refused = rejections(planned);
  const reasons = new Set(refused.map(([, reason]) => reason));
  expect([...reasons]).toEqual([
    "so many orders stand scattered that they cannot be gathered: sort the file",
  ]);
  const [last, ...whole] = orders(planned).toReversed();
  expect(last?.order.input.externalRef).toBe("LAST/06-05-21");
  expect(new Set(whole.map(({ rows }) => rows.length))).toEqual(new Set([2]));
  expect(whole.length).toBeGreaterThan(270);
  expect(whole.length * 2 + refused.length).toBe(800);
});

test("a giant order is refused piece by piece, wherever its rows stand", async () => {
  const planned = await plan(
    ...Array<Line>(1_500).fill({}),
    line("BELA"),
    ...Array<Line>(1_500).fill({}),
    line("BELA"),
    {},
  );
  expect(refsAndRows(planned)).toEqual([["BELA/06-05-21", [1502, 3003]]]);
  const reasons = new Set(rejections(planned).map(([, reason]) => reason));
  expect([...reasons]).toEqual(["the order has more than 2000 lines or 4 MB of text"]);
  expect(rejections(planned).length).toBe(3_001);
});
