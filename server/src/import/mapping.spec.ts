import { expect, test } from "vitest";
import { MappingError, parseMapping } from "./mapping.ts";
import { fashionOrders } from "./mappings/fashion-orders.ts";
import { fashionStock } from "./mappings/fashion-stock.ts";
import { retailInvoices } from "./mappings/retail-invoices.ts";
import { shippedMapping, shippedMappingNames } from "./mappings/shipped-mappings.ts";

test("every shipped mapping is a valid one under its own name", () => {
  const names = [
    ...["fashion-stock", "fashion-orders", "order-lifecycle"],
    ...["wholesale-orders", "retail-invoices"],
  ];
  expect(shippedMappingNames).toEqual(names);
  expect(shippedMappingNames.map((name) => shippedMapping(name)?.name)).toEqual(names);
  expect(shippedMapping("toString")).toBeNull();
});

test.each(shippedMappingNames)("%s survives being written as JSON and read again", (name) => {
  const mapping = shippedMapping(name);
  expect(parseMapping(JSON.parse(JSON.stringify(mapping)))).toEqual(mapping);
});

test.each<[string, unknown, RegExp]>([
  ["null", null, /cannot be used/],
  ["an array", [], /cannot be used/],
  ["an unknown kind", { ...fashionStock, kind: "returns" }, /kind/],
  ["an unknown key", { ...fashionStock, colums: {} }, /colums/],
  [
    "an unknown column role",
    { ...fashionStock, columns: { sku: "S", qty: "Q", weight: "W" } },
    /weight/,
  ],
  ["a missing column role", { ...fashionStock, columns: { sku: "S" } }, /columns\.qty/],
  ["an empty column name", { ...fashionStock, columns: { sku: " ", qty: "Q" } }, /columns\.sku/],
  ["a name with blanks", { ...fashionStock, name: "my stock" }, /name: use small letters/],
  [
    "an unknown status meaning",
    { ...fashionOrders, values: { status: { X: "sent" } } },
    /values\.status\.X/,
  ],
  [
    "no known statuses",
    { ...fashionOrders, values: {} },
    /values\.status: name the known statuses/,
  ],
  [
    "a status of which nobody knows what to do later",
    { ...fashionOrders, values: { status: { X: "later" } } },
    /values\.status\.X/,
  ],
  [
    "a carrier's column without its words",
    { ...fashionOrders, values: { status: { X: "shipped" } } },
    /values\.courierStatus: name the known statuses/,
  ],
  [
    "an unknown word of a carrier",
    { ...fashionOrders, values: { status: { X: "shipped" }, courierStatus: { X: "delivered" } } },
    /values\.courierStatus\.X/,
  ],
  [
    "an unknown rule for missing stock",
    { ...fashionOrders, whenStockMissing: "guess" },
    /whenStockMissing/,
  ],
  [
    "an order that no column names",
    { ...fashionOrders, columns: { ...fashionOrders.columns, orderId: [] } },
    /columns\.orderId/,
  ],
  [
    "an unknown place for the rows of an order",
    { ...fashionOrders, rowsOfAnOrder: "below" },
    /rowsOfAnOrder/,
  ],
  ["no shape of goods", { ...retailInvoices, goods: [] }, /goods/],
  ["a day where a moment is wanted", { ...retailInvoices, dateFormat: "M/D/YY" }, /dateFormat/],
  ["an unknown origin of stock", { ...retailInvoices, openingStock: "found" }, /openingStock/],
  ["invoices of no channel", { ...retailInvoices, constants: {} }, /constants\.channel/],
  ["an unreadable date format", { ...fashionOrders, dateFormat: "M/D" }, /dateFormat: use YYYY/],
  [
    "an empty vocabulary",
    { ...fashionStock, values: { size: {} } },
    /values\.size: name at least one/,
  ],
])("a mapping with %s is refused, and says where", (_what, content, words) => {
  expect(() => parseMapping(content, "mine.json")).toThrow(MappingError);
  expect(() => parseMapping(content, "mine.json")).toThrow(words);
  expect(() => parseMapping(content, "mine.json")).toThrow(/^mine\.json cannot be used/);
});

test("an order mapping needs a channel, from a column or fixed", () => {
  const { channel: _none, ...columns } = fashionOrders.columns as Record<string, string>;
  expect(() => parseMapping({ ...fashionOrders, columns })).toThrow(/columns\.channel/);
  const fixed = { ...fashionOrders, columns, constants: { channel: "shop" } };
  expect(parseMapping(fixed).constants).toEqual({ channel: "shop" });
});

test("an order mapping says what was ordered, in a column or once for all", () => {
  const { sku: _sku, qty: _qty, ...columns } = fashionOrders.columns as Record<string, string>;
  const without = { ...fashionOrders, columns };
  expect(() => parseMapping(without)).toThrow(/columns\.sku: .*constants\.sku.*columns\.qty: /);
  const constants = { sku: "thing", qty: 2 };
  expect(parseMapping({ ...without, constants }).constants).toEqual(constants);
  expect(() => parseMapping({ ...without, constants: { sku: "thing", qty: 0 } })).toThrow(/qty/);
});

test("no stock is assumed unless a mapping says so", () => {
  const silent = { ...fashionOrders, whenStockMissing: undefined };
  expect(parseMapping(silent)).toMatchObject({ whenStockMissing: "leave-backordered" });
  expect(shippedMapping("fashion-orders")).toMatchObject({ whenStockMissing: "assume-batch" });
});
