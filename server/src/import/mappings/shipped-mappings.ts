import type { Mapping, MappingFile } from "../mapping.ts";
import { parseMapping } from "../mapping.ts";
import { fashionOrders } from "./fashion-orders.ts";
import { fashionStock } from "./fashion-stock.ts";
import { orderLifecycle } from "./order-lifecycle.ts";
import { retailInvoices } from "./retail-invoices.ts";
import { wholesaleOrders } from "./wholesale-orders.ts";

const shipped: readonly MappingFile[] = [
  fashionStock,
  fashionOrders,
  orderLifecycle,
  wholesaleOrders,
  retailInvoices,
];

/** The names of the mappings that come with Selvedge. */
export const shippedMappingNames: readonly string[] = shipped.map((mapping) => mapping.name);

/** The mapping of this name that comes with Selvedge, or null. */
export function shippedMapping(name: string): Mapping | null {
  const found = shipped.find((mapping) => mapping.name === name);
  return found ? parseMapping(found, name) : null;
}
