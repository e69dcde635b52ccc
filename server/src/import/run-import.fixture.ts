import { FakeServer } from "./fake-server.fixture.ts";
import type { Mapping } from "./mapping.ts";
import { shippedMapping } from "./mappings/shipped-mappings.ts";
import { type ImportOptions, runImport } from "./run-import.ts";
import { sourceFile } from "./source-files.fixture.ts";

/** The shipped mapping of stock files. */
export const stock = shippedMapping("fashion-stock") as Mapping;

/** The shipped mapping of order files. */
export const orders = shippedMapping("fashion-orders") as Mapping;

/** The header of an order file. */
export const ordersHeader =
  "Order ID,Date,Status,Sales Channel ,ship-service-level,Style,SKU," +
  "Category,Size,Qty,currency,Amount\n";

/** A row of an order file. */
export const orderLine = (id: string, sku = "K1-M", status = "Pending", qty = "1") =>
  `${id},03-31-22,${status},Amazon.in,Standard,K1,${sku},kurta,M,${qty},INR,500`;

/** An order file with a bit of everything. */
export const ordersCsv = `${ordersHeader}${[
  orderLine("A", "K1-M", "Shipped"),
  orderLine("A", "K2-M", "Shipped"),
  orderLine("B", "K1-M", "Cancelled", "0"),
  orderLine("C", "K1-M", "Shipping"),
  orderLine("D", "K9-M", "Pending"),
].join("\n")}\n`;

/** Imports this content into a fake server. */
export async function importing(
  content: string | Uint8Array,
  options: Omit<ImportOptions, "file" | "client"> & { server?: FakeServer },
) {
  const { server = new FakeServer(), ...others } = options;
  const files = await sourceFile(content);
  const report = await runImport({ ...files, client: server.client, ...others });
  return { report, server, ...files };
}

/** An order file of 300 orders. */
export const manyOrders =
  ordersHeader + Array.from({ length: 300 }, (_n, at) => orderLine(`O${at}`)).join("\n");
