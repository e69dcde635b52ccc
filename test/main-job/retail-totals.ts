type Row = Record<string, string>;

/** What a file of retail invoices holds, counted from its rows alone. */
export interface RetailTotals {
  readonly rows: number;
  readonly units: number;
  /** Invoices by which goods are sold, their lines and pieces, and the most lines of one. */
  readonly sales: { readonly orders: number; readonly lines: number; readonly units: number };
  readonly ordersByDay: Record<string, number>;
  /** Pieces that are found, and written off (below zero), on invoices on which nobody pays. */
  readonly found: number;
  readonly writtenOff: number;
  /** Rows of cancellations of goods, and their pieces (below zero). */
  readonly cancelled: { readonly rows: number; readonly units: number };
  /** Rows that are no goods, such as postage, and their pieces. */
  readonly others: { readonly rows: number; readonly units: number };
}

const goods = /^(\d{5}[a-z]{0,2}|DCGS(\d{4}[a-z]?|[a-z](BOY|GIRL))|PADS)$/i;

/** Counts retail invoices. It shares no code with the import, which is held to it. */
export function countRetail(rows: readonly Row[]): RetailTotals {
  const invoices = Map.groupBy(rows, ({ Invoice }) => Invoice ?? "");
  const totals = {
    ...{ rows: rows.length, units: piecesOf(rows), found: 0, writtenOff: 0 },
    sales: { orders: 0, lines: 0, units: 0 },
    cancelled: { rows: 0, units: 0 },
    others: { rows: 0, units: 0 },
    ordersByDay: {} as Record<string, number>,
  };
  for (const [number, all] of invoices) {
    const [lines, others] = [all.filter(isGoods), all.filter((row) => !isGoods(row))];
    totals.others.rows += others.length;
    totals.others.units += piecesOf(others);
    if (number.startsWith("C")) {
      totals.cancelled.rows += lines.length;
      totals.cancelled.units += piecesOf(lines);
    } else if (all.every(({ Price, "Customer ID": who }) => Number(Price) === 0 && who === "")) {
      totals.found += piecesOf(lines.filter(({ Quantity }) => Number(Quantity) > 0));
      totals.writtenOff += piecesOf(lines.filter(({ Quantity }) => Number(Quantity) < 0));
    } else if (lines.length > 0) {
      totals.sales.orders += 1;
      totals.sales.lines += lines.length;
      totals.sales.units += piecesOf(lines);
      const day = dayOf(lines[0]);
      totals.ordersByDay[day] = (totals.ordersByDay[day] ?? 0) + 1;
    }
  }
  return totals;
}

/** The pieces that rows state, with their signs. */
export function piecesOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { Quantity }) => sum + Number(Quantity), 0);
}

/** Windows of a file of retail invoices: sales, finds and write-offs, and cancellations of them. */
export function cutRetail(csv: string): string {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const windows = [
    [0, 150],
    [2_390, 2_412],
    [13_010, 13_045],
    [24_120, 24_180],
  ] as const;
  const kept = windows.flatMap(([from, to]) => lines.slice(from, to));
  return `${[header, ...kept].join("\n")}\n`;
}

function isGoods({ StockCode = "" }: Row): boolean {
  return goods.test(StockCode);
}

function dayOf(row: Row | undefined): string {
  const [date = ""] = (row?.InvoiceDate ?? "").split(" ");
  const [month = "", day = "", year = ""] = date.split("/");
  return `20${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}
