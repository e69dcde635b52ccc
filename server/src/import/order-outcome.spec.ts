import { expect, test } from "vitest";
import { Columns } from "./columns.ts";
import { type OrdersMapping, parseMapping } from "./mapping.ts";
import { shippedMapping } from "./mappings/shipped-mappings.ts";
import { readOutcome } from "./order-outcome.ts";
import { canBoth, courierWords, outcomes, wasShipped } from "./outcomes.ts";
import { rowsOf } from "./source-files.fixture.ts";

const fashionOrders = shippedMapping("fashion-orders") as OrdersMapping;

/** Reads one row of an order file whose statuses a mapping like this knows. */
function outcomeOf(status: string, courier: string, more: object = {}) {
  const columns = { orderId: "O", date: "D", sku: "S", qty: "Q", status: "St", courierStatus: "C" };
  const values = { status: fashionOrders.values.status, courierStatus: { Shipped: "shipped" } };
  const mapping = parseMapping({
    ...{ name: "mine", kind: "orders", dateFormat: "MM-DD-YY", constants: { channel: "shop" } },
    ...{ columns, values },
    ...more,
  }) as OrdersMapping;
  const header = Object.values(columns);
  const [row] = rowsOf(header, [["A", "03-31-22", "K", "1", status, courier]]);
  if (!row) throw new Error("no row");
  return readOutcome(row, new Columns(header, mapping), mapping);
}

const courierStatus = { Shipped: "shipped", Unshipped: "unshipped", Cancelled: "cancelled" };
const values = { status: fashionOrders.values.status, courierStatus };

test.each([
  ["Pending", "placed"],
  ["Cancelled", "cancelled"],
  ["Shipped", "shipped"],
  ["Shipped - Picked Up", "shipped"],
  ["Shipped - Out for Delivery", "shipped"],
  ["Shipped - Delivered to Buyer", "delivered"],
  ["Shipped - Rejected by Buyer", "returning"],
  ["Shipped - Returning to Seller", "returning"],
  ["Shipped - Returned to Seller", "returned"],
  ["Shipped - Lost in Transit", "lost"],
  ["Shipped - Damaged", "lost"],
])("%s means %s", (status, outcome) => {
  expect(outcomeOf(status, "")).toEqual({ outcome, causes: [], notes: [] });
  expect(outcomeOf(` ${status} `, "  ")).toEqual({ outcome, causes: [], notes: [] });
});

test.each([
  ["Shipping", 'St "Shipping" is not known to the mapping'],
  ["shipped", 'St "shipped" is not known to the mapping'],
  ["Shipped - Lost", 'St "Shipped - Lost" is not known to the mapping'],
  ["Shipped- Damaged", 'St "Shipped- Damaged" is not known to the mapping'],
  ["#REF!", 'St "#REF!" is not known to the mapping'],
  ["toString", 'St "toString" is not known to the mapping'],
  ["__proto__", 'St "__proto__" is not known to the mapping'],
  ["0", 'St "0" is not known to the mapping'],
  ["", "St is blank"],
  ["\u00a0", "St is blank"],
])("a status %j is a reason to refuse the row", (status, cause) => {
  expect(outcomeOf(status, "Shipped").causes).toEqual([cause]);
});

test.each([
  ["Shipped", "Unshipped"],
  ["Shipped", "Cancelled"],
  ["Shipped - Delivered to Buyer", "Cancelled"],
  ["Shipped - Lost in Transit", "Unshipped"],
  ["Pending", "Shipped"],
  ["Pending", "Cancelled"],
  ["Cancelled", "Shipped"],
])("%s, whose carrier says %s, is taken as it is and noted", (status, courier) => {
  const plain = outcomeOf(status, "", { values });
  const notes = [`C "${courier}" contradicts St "${status}": St is taken`];
  expect(outcomeOf(status, courier, { values })).toEqual({ ...plain, notes });
});

test.each([
  ["Shipped", "Shipped"],
  ["Shipped - Returned to Seller", "Shipped"],
  ["Pending", "Unshipped"],
  ["Cancelled", "Cancelled"],
  ["Cancelled", ""],
])("%s, whose carrier says %j, is nothing to note", (status, courier) => {
  expect(outcomeOf(status, courier, { values })).toMatchObject({ causes: [], notes: [] });
});

test.each(["On the Way", "SHIPPED", "shipped ok", "?", "constructor"])(
  "a carrier's word that nobody knows is a reason to refuse the row: %s",
  (courier) => {
    expect(outcomeOf("Shipped", courier).causes).toEqual([
      `C "${courier}" is not known to the mapping`,
    ]);
  },
);

test("another seller's words mean what their mapping says", () => {
  const own = {
    status: { Versandt: "shipped", Zugestellt: "delivered", "Retoure erhalten": "returned" },
    courierStatus: { unterwegs: "shipped", offen: "unshipped" },
  };
  expect(outcomeOf("Zugestellt", "unterwegs", { values: own }).outcome).toBe("delivered");
  expect(outcomeOf("Retoure erhalten", "", { values: own }).outcome).toBe("returned");
  expect(outcomeOf("Shipped", "", { values: own }).causes).toEqual([
    'St "Shipped" is not known to the mapping',
  ]);
  expect(outcomeOf("Versandt", "offen", { values: own }).notes).toEqual([
    'C "offen" contradicts St "Versandt": St is taken',
  ]);
});

test("a word of a source is shown short and without what a terminal would obey", () => {
  const [cause = ""] = outcomeOf(`Shipped\u001b[31m${"x".repeat(500)}`, "").causes;
  expect(cause).toMatch(/^St "Shipped\?\[31mx+\.\.\." is not known to the mapping$/);
  expect(cause.length).toBeLessThan(100);
});

test("a file without the carrier's column is read without it", () => {
  const header = Object.values(fashionOrders.columns).flatMap((names) =>
    [names ?? []].flat().filter((name) => name !== "Courier Status"),
  );
  const columns = new Columns(header, fashionOrders);
  expect([columns.has("courierStatus"), columns.has("status")]).toEqual([false, true]);
});

test("without a status column an order is placed, and that is all", () => {
  const columns = { orderId: "O", date: "D", sku: "S", qty: "Q" };
  const mapping = parseMapping({
    ...{ name: "mine", kind: "orders", dateFormat: "MM-DD-YY", constants: { channel: "shop" } },
    columns,
  }) as OrdersMapping;
  const header = Object.values(columns);
  const [row] = rowsOf(header, [["A", "03-31-22", "K", "1"]]);
  const read = row && readOutcome(row, new Columns(header, mapping), mapping);
  expect(read).toEqual({ outcome: "placed", causes: [], notes: [] });
});

test("each outcome fits one word of a carrier at least, and shipped ones only that they have it", () => {
  for (const outcome of outcomes) {
    const fitting = courierWords.filter((word) => canBoth(word, outcome));
    const expected = { placed: ["unshipped"], cancelled: ["unshipped", "cancelled"] };
    expect([outcome, fitting]).toEqual([
      outcome,
      wasShipped(outcome) ? ["shipped"] : expected[outcome],
    ]);
  }
});
