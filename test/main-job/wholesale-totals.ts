import { parse } from "csv-parse/sync";

type Row = Record<string, string>;

/** What a file of wholesale order lines holds, counted from its rows alone. */
export interface WholesaleTotals {
  readonly rows: number;
  /** What one customer orders on one day. */
  readonly orders: number;
  readonly customers: number;
  readonly linesByOrder: Record<string, number>;
  readonly units: number;
  readonly linesBySize: Record<string, number>;
  readonly ordersByDay: Record<string, number>;
}

/** Counts wholesale order lines. It shares no code with the import, which is held to it. */
export function countWholesale(rows: readonly Row[]): WholesaleTotals {
  const linesByOrder: Record<string, number> = {};
  const linesBySize: Record<string, number> = {};
  const ordersByDay: Record<string, number> = {};
  let units = 0;
  for (const { CUSTOMER_PSEUDONYM: customer, DATE: date = "", Size: size = "", PCS } of rows) {
    const order = `${customer}/${date}`;
    const [month, day, year] = date.split("-");
    const iso = `20${year}-${month}-${day}`;
    if (!linesByOrder[order]) ordersByDay[iso] = (ordersByDay[iso] ?? 0) + 1;
    linesByOrder[order] = (linesByOrder[order] ?? 0) + 1;
    linesBySize[size] = (linesBySize[size] ?? 0) + 1;
    units += Number(PCS);
  }
  return {
    rows: rows.length,
    orders: Object.keys(linesByOrder).length,
    customers: new Set(rows.map((row) => row.CUSTOMER_PSEUDONYM)).size,
    linesByOrder,
    units,
    linesBySize,
    ordersByDay,
  };
}

/** Some rows of a file of wholesale order lines: its first, and an order with a line of no SKU. */
export function cutWholesale(csv: string): string {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const rows = rowsIn(csv);
  const orderOf = (row: Row | undefined) => `${row?.CUSTOMER_PSEUDONYM} ${row?.DATE}`;
  const blank = orderOf(rows.findLast(({ SKU }) => SKU === ""));
  const kept = lines.filter((_line, at) => at < 30 || orderOf(rows[at]) === blank);
  return `${[header, ...kept].join("\n")}\n`;
}

/** The rows of a CSV text, each as a record by its header. */
export function rowsIn(csv: string): Row[] {
  return parse(csv, { columns: true });
}
