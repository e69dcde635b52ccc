import { parse } from "csv-parse/sync";

type Row = Record<string, string>;

/** What an order export holds, counted from its rows alone. */
export interface OrderTotals {
  readonly rows: number;
  readonly orders: number;
  readonly units: number;
  readonly cancelled: number;
  readonly ordersByDay: Record<string, number>;
  readonly unitsBySku: ReadonlyMap<string, number>;
}

/** Counts an order export. It shares no code with the import: it is what the import is held to. */
export function countOrders(csv: string): OrderTotals {
  const rows: Row[] = parse(csv, { columns: true });
  const first = new Map<string, Row>();
  const unitsBySku = new Map<string, number>();
  let units = 0;
  for (const row of rows) {
    const { "Order ID": order = "", SKU: sku = "", Qty } = row;
    if (!first.has(order)) first.set(order, row);
    unitsBySku.set(sku, (unitsBySku.get(sku) ?? 0) + Number(Qty));
    units += Number(Qty);
  }
  const ordersByDay: Record<string, number> = {};
  let cancelled = 0;
  for (const { Date: date = "", Status } of first.values()) {
    const [month, day, year] = date.split("-");
    const iso = `20${year}-${month}-${day}`;
    ordersByDay[iso] = (ordersByDay[iso] ?? 0) + 1;
    if (Status === "Cancelled") cancelled++;
  }
  return { rows: rows.length, orders: first.size, units, cancelled, ordersByDay, unitsBySku };
}

/** The first so many rows of a CSV file without line breaks in its cells. */
export function firstRows(csv: string, rows: number): string {
  return `${csv.split("\n", rows + 1).join("\n")}\n`;
}
