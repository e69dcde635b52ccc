import { expect, test } from "vitest";
import { Columns } from "./columns.ts";
import { derivedCommandId } from "./derived-command-id.ts";
import type { OrdersMapping } from "./mapping.ts";
import { shippedMapping } from "./mappings/shipped-mappings.ts";
import { assumedOne } from "./order-line.ts";
import { OrderPlanner, orderLines, scatteredOrders } from "./order-planner.ts";
import type { Planned, PlannedOrder } from "./plan.ts";
import { SeenKeys } from "./seen-keys.ts";
import { rowsOf } from "./source-files.fixture.ts";

const mapping = shippedMapping("fashion-orders") as OrdersMapping;
const good = {
  "Order ID": "A",
  Date: "03-31-22",
  Status: "Shipped",
  "Sales Channel ": "Amazon.in",
  "ship-service-level": "Expedited",
  Style: "K1",
  SKU: "K1-M",
  Category: "kurta",
  Size: "M",
  Qty: "1",
  currency: "INR",
  Amount: "791.5",
};
type Line = Partial<typeof good>;
const header = Object.keys(good).map((name) => name.trim());

async function planRows(lines: string[][]): Promise<Planned[]> {
  const columns = new Columns(header, mapping);
  const rows = rowsOf(header, lines);
  const scattered = await scatteredOrders(rows, columns);
  const reader = orderLines(columns, mapping);
  const planner = new OrderPlanner(columns, mapping, { scattered, reader });
  return [...rows.flatMap((row) => planner.take(row)), ...planner.end()];
}

function plan(...lines: Line[]): Promise<Planned[]> {
  return planRows(lines.map((line) => Object.values({ ...good, ...line })));
}

function orders(planned: Planned[]): PlannedOrder[] {
  return planned.filter((one) => one.kind === "order");
}

function rejections(planned: Planned[]): [number, string][] {
  return planned.flatMap((one) =>
    one.kind === "rejected" ? [[one.row.row, one.reason] as [number, string]] : [],
  );
}

test("rows with one order id become one order, lines in the file's order", async () => {
  const planned = await plan(
    {},
    { SKU: "K2-3XL", Size: "3XL", Qty: "2", Amount: "" },
    { "Order ID": "B" },
  );
  expect(orders(planned).length).toBe(2);
  expect(orders(planned)[0]).toMatchObject({
    units: 3,
    assumedUnits: 0,
    notes: [],
    parcels: [{ outcome: "shipped", status: "Shipped", lines: [1, 2] }],
    outcomes: [
      { outcome: "shipped", units: 1, assumedUnits: 0 },
      { outcome: "shipped", units: 2, assumedUnits: 0 },
    ],
    carrier: "not stated",
    cancellation: null,
    order: {
      commandId: derivedCommandId("fashion-orders", "placeOrder", "amazon.in", "A"),
      input: {
        channel: "amazon.in",
        externalRef: "A",
        orderedAt: "2022-03-31T00:00:00.000Z",
        lines: [
          { sku: "K1-M", qty: 1, priceCents: 79_150 },
          { sku: "K2-3XL", qty: 2 },
        ],
        promise: { carrierService: "Expedited" },
      },
    },
  });
  expect(orders(planned)[0]?.variants.map(({ input }) => input)).toEqual([
    { sku: "K1-M", style: "K1", category: "kurta", size: "M", sizeSystem: "INT" },
    { sku: "K2-3XL", style: "K1", category: "kurta", size: "XXXL", sizeSystem: "INT" },
  ]);
});

test("the order that is open when the file ends is planned by its end, not before", () => {
  const columns = new Columns(header, mapping);
  const [row] = rowsOf(header, [Object.values(good)]);
  const reader = orderLines(columns, mapping);
  const planner = new OrderPlanner(columns, mapping, { scattered: new SeenKeys(), reader });
  expect(row && planner.take(row)).toEqual([]);
  expect(orders(planner.end()).length).toBe(1);
  expect(planner.end()).toEqual([]);
});

test("a cancelled order is placed and cancelled, each with an id of its own", async () => {
  const [order] = orders(await plan({ Status: "Cancelled", Qty: "0" }));
  expect(order?.cancellation).toEqual({
    commandId: derivedCommandId("fashion-orders", "cancelOrder", "amazon.in", "A"),
    input: { reason: "imported as Cancelled" },
  });
  expect(order?.parcels).toEqual([]);
});

test("a lost quantity is assumed to be 1, and every such row is noted", async () => {
  const [order] = orders(await plan({ Qty: "0" }, { Qty: "3" }, { Qty: "0.0" }));
  expect(order?.order.input.lines.map((line) => line.qty)).toEqual([1, 3, 1]);
  expect(order?.notes.map((note) => [note.row.row, note.reason])).toEqual([
    [2, assumedOne],
    [4, assumedOne],
  ]);
  expect([order?.units, order?.assumedUnits]).toEqual([3, 2]);
});

test.each<[string, Line, string]>([
  ["an unknown size", { Size: "7XL" }, 'Size "7XL" is not known to the mapping'],
  ["an unknown status", { Status: "Shipping" }, 'Status "Shipping" is not known to the mapping'],
  ["a blank status", { Status: "" }, "Status is blank"],
  ["an unknown category", { Category: "Hat" }, 'Category "Hat" is not known to the mapping'],
  ["a word for a quantity", { Qty: "abc" }, 'Qty "abc" is not a whole number'],
  ["a negative quantity", { Qty: "-1" }, 'Qty "-1" is negative'],
  ["a blank SKU", { SKU: " " }, "SKU is blank"],
  ["#REF!", { SKU: "#REF!" }, 'SKU is "#REF!"'],
  ["an impossible day", { Date: "02-30-22" }, 'Date "02-30-22" is no day written as MM-DD-YY'],
  ["a negative amount", { Amount: "-5" }, 'Amount "-5" is not an amount with at most two decimals'],
  ["an unknown currency", { currency: "USD" }, 'currency "USD" is not known to the mapping'],
])("an order with %s in one row is rejected whole", async (_what, wrong, reason) => {
  const planned = await plan({ "Order ID": "before" }, {}, wrong, {}, { "Order ID": "after" });
  const beside = `another row of the order is refused (row 4: ${reason})`;
  expect(rejections(planned)).toEqual([
    [3, beside],
    [4, reason],
    [5, beside],
  ]);
  expect(orders(planned).map(({ order }) => order.input.externalRef)).toEqual(["before", "after"]);
});

test("an order whose rows do not stand together is rejected, the first rows too", async () => {
  const planned = await plan({}, { "Order ID": "B" }, {}, { "Order ID": "C" });
  const reason = "the rows of the order do not stand together";
  expect(rejections(planned)).toEqual([
    [2, reason],
    [4, reason],
  ]);
  expect(orders(planned).map(({ order }) => order.input.externalRef)).toEqual(["B", "C"]);
});

test.each<[string, Line]>([
  ["Date", { Date: "04-01-22" }],
  ["Sales Channel", { "Sales Channel ": "Non-Amazon" }],
  ["ship-service-level", { "ship-service-level": "Standard" }],
  ["Status", { Status: "Cancelled" }],
])("an order whose rows disagree on %s is rejected whole", async (name, other) => {
  const reason = `the rows of the order disagree on ${name}`;
  expect(rejections(await plan({}, other))).toEqual([
    [2, reason],
    [3, reason],
  ]);
});

test("the parcels of one order may end differently", async () => {
  const [order, ...others] = orders(
    await plan({ Status: "Shipped - Delivered to Buyer" }, { Status: "Shipped - Lost in Transit" }),
  );
  expect(others).toEqual([]);
  expect(order?.parcels).toMatchObject([
    { outcome: "delivered", lines: [1] },
    { outcome: "lost", lines: [2] },
  ]);
});

test("an unreadable row takes the order with it in which it stands, and no other", async () => {
  const line = (id: string) => Object.values({ ...good, "Order ID": id });
  const planned = await planRows([
    line("A"),
    line(""),
    line("A"),
    line("B"),
    line(""),
    line("C"),
    ["D", "cut short"],
    line("D"),
    line("E"),
    ["E", "cut short"],
    line("F"),
  ]);
  expect(orders(planned).map(({ order }) => order.input.externalRef)).toEqual(["B", "C", "F"]);
  const stands = "a row that cannot be read stands in the order";
  expect(rejections(planned).sort(([one], [other]) => one - other)).toEqual([
    [2, `${stands} (row 3)`],
    [3, "Order ID is blank"],
    [4, `${stands} (row 3)`],
    [6, "Order ID is blank"],
    [8, "the row has 2 columns, the header has 12"],
    [9, `${stands} (row 8)`],
    [10, `${stands} (row 11)`],
    [11, "the row has 2 columns, the header has 12"],
  ]);
});

test("an order of more than 2,000 lines is rejected row by row", async () => {
  const planned = await plan({ "Order ID": "first" }, ...Array(4_500).fill({}), {
    "Order ID": "last",
  });
  expect(orders(planned).map(({ order }) => order.input.externalRef)).toEqual(["first", "last"]);
  const reasons = new Set(rejections(planned).map(([, reason]) => reason));
  expect(rejections(planned).length).toBe(4_500);
  expect([...reasons]).toEqual(["the order has more than 2000 lines or 4 MB of text"]);
});

test("an order of exactly 2,000 lines is planned", async () => {
  const planned = await plan(...Array(2_000).fill({}));
  expect(orders(planned).map(({ rows }) => rows.length)).toEqual([2_000]);
});
