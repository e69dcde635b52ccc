import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";

type Row = Record<string, string>;

/** Orders, lines and pieces of one kind. */
export interface Counted {
  orders: number;
  lines: number;
  units: number;
}

/** What an order export holds, counted from its rows alone. */
export interface OrderTotals {
  readonly rows: number;
  readonly orders: number;
  readonly units: number;
  readonly cancelled: number;
  readonly ordersByDay: Record<string, number>;
  readonly unitsBySku: ReadonlyMap<string, number>;
  /** Pieces of each category and SKU, in the export's words. */
  readonly unitsByCategory: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** By the word that the export has for it. All lines of its orders are of one. */
  readonly byStatus: ReadonlyMap<string, Counted>;
}

/** Counts an order export. It shares no code with the import: it is what the import is held to. */
export function countOrders(csv: string): OrderTotals {
  const rows: Row[] = parse(csv, { columns: true });
  const first = new Map<string, Row>();
  const unitsBySku = new Map<string, number>();
  const unitsByCategory = new Map<string, Map<string, number>>();
  const byStatus = new Map<string, Counted>();
  let units = 0;
  for (const row of rows) {
    const { "Order ID": order = "", SKU: sku = "", Status: status = "", Qty } = row;
    const counted = byStatus.get(status) ?? { orders: 0, lines: 0, units: 0 };
    byStatus.set(status, counted);
    counted.orders += first.has(order) ? 0 : 1;
    counted.lines += 1;
    counted.units += Number(Qty);
    if (!first.has(order)) first.set(order, row);
    unitsBySku.set(sku, (unitsBySku.get(sku) ?? 0) + Number(Qty));
    const { Category: category = "" } = row;
    const ofCategory = unitsByCategory.get(category) ?? new Map<string, number>();
    unitsByCategory.set(category, ofCategory);
    ofCategory.set(sku, (ofCategory.get(sku) ?? 0) + Number(Qty));
    units += Number(Qty);
  }
  const ordersByDay: Record<string, number> = {};
  for (const { Date: date = "" } of first.values()) {
    const [month, day, year] = date.split("-");
    const iso = `20${year}-${month}-${day}`;
    ordersByDay[iso] = (ordersByDay[iso] ?? 0) + 1;
  }
  const cancelled = byStatus.get("Cancelled")?.orders ?? 0;
  const of = { rows: rows.length, orders: first.size, units, cancelled };
  return { ...of, ordersByDay, unitsBySku, unitsByCategory, byStatus };
}

/** The first so many rows of a CSV file without line breaks in its cells. */
export function firstRows(csv: string, rows: number): string {
  return `${csv.split("\n", rows + 1).join("\n")}\n`;
}

/** The first rows of a stock export, and all that are about these SKUs. */
export function someStock(
  csv: string,
  { first, skus }: { first: number; skus: ReadonlySet<string> },
): string {
  const [header = [], ...rows]: string[][] = parse(csv);
  const sku = header.indexOf("SKU Code");
  return stringify([header, ...rows.filter((row, at) => at < first || skus.has(row[sku] ?? ""))]);
}

/** The first orders of an export, and the first few of each status, whole and in its order. */
export function someOrders(
  csv: string,
  { first, ofEachStatus }: { first: number; ofEachStatus: number },
): string {
  const [header = [], ...rows]: string[][] = parse(csv);
  const [id, status] = [header.indexOf("Order ID"), header.indexOf("Status")];
  const seen = new Set<string>();
  const chosen = new Set<string>();
  const ofStatus = new Map<string, number>();
  for (const row of rows) {
    const [order = "", word = ""] = [row[id], row[status]];
    if (seen.has(order)) continue;
    seen.add(order);
    const count = (ofStatus.get(word) ?? 0) + 1;
    ofStatus.set(word, count);
    if (seen.size <= first || count <= ofEachStatus) chosen.add(order);
  }
  return stringify([header, ...rows.filter((row) => chosen.has(row[id] ?? ""))]);
}
