import type { MappingFile } from "../mapping.ts";

/**
 * A retailer's invoice lines to the minute, with cancellations, write-offs and what is no goods, as
 * in Online Retail II (D. Chen, UCI Machine Learning Repository, doi:10.24432/C5CG6D).
 */
export const retailInvoices: MappingFile = {
  name: "retail-invoices",
  kind: "invoices",
  columns: {
    orderId: "Invoice",
    date: "InvoiceDate",
    sku: "StockCode",
    qty: "Quantity",
    price: "Price",
    customer: "Customer ID",
    description: "Description",
  },
  ignore: ["Country"],
  dateFormat: "M/D/YY H:mm",
  cancellationPrefix: "C",
  goods: [
    ...["#####", "#####@", "#####@@"],
    ...["DCGS####", "DCGS####@", "DCGS@BOY", "DCGS@GIRL", "PADS"],
  ],
  notGoods: {
    POST: "postage",
    DOT: "postage",
    C2: "carriage",
    C3: "carriage",
    M: "an entry by hand",
    m: "an entry by hand",
    D: "a discount",
    S: "samples",
    B: "bad debt",
    ADJUST: "an adjustment",
    ADJUST2: "an adjustment",
    AMAZONFEE: "a fee",
    "BANK CHARGES": "a fee",
    CRUK: "a donation",
    GIFT: "a voucher",
    "gift_####_##": "a voucher",
  },
  openingStock: "assumed",
  constants: { channel: "retail" },
};
