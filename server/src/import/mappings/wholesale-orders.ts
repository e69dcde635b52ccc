import type { MappingFile } from "../mapping.ts";

/**
 * A wholesaler's order lines: one row a line, and no number of the order. What one customer orders
 * on one day is one order, wherever its rows stand in the file.
 */
export const wholesaleOrders: MappingFile = {
  name: "wholesale-orders",
  kind: "orders",
  columns: {
    orderId: ["CUSTOMER_PSEUDONYM", "DATE"],
    date: "DATE",
    style: "Style",
    sku: "SKU",
    size: "Size",
    qty: "PCS",
    amount: "GROSS AMT",
  },
  ignore: ["index", "Months", "RATE"],
  missing: ["#REF!", "#N/A", "#NAME?", "#VALUE!"],
  dateFormat: "MM-DD-YY",
  rowsOfAnOrder: "anywhere",
  // An order of hundreds of lines is not held up by one that names no SKU.
  whenLineRefused: "leave-line-out",
  values: {
    size: {
      XS: "XS",
      S: "S",
      M: "M",
      L: "L",
      XL: "XL",
      XXL: "XXL",
      XXXL: "XXXL",
      "3XL": "XXXL",
      "4XL": "4XL",
      "5XL": "5XL",
      "6XL": "6XL",
      Free: "one-size",
      FREE: "one-size",
    },
  },
  constants: { sizeSystem: "INT", channel: "wholesale" },
};
