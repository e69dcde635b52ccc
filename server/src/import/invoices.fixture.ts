import { Columns } from "./columns.ts";
import { InvoicePlanner } from "./invoice-planner.ts";
import { InvoiceSurvey } from "./invoice-survey.ts";
import type { InvoicesMapping } from "./invoices-mapping.ts";
import type { Mapping } from "./mapping.ts";
import { shippedMapping } from "./mappings/shipped-mappings.ts";
import { OrderPlanner, type OrderReader, scatteredOrders } from "./order-planner.ts";
import type { Planned, PlannedCorrection, PlannedOrder, PlannedReduction } from "./plan.ts";
import { rowsOf } from "./source-files.fixture.ts";

/** The shipped mapping of retail invoices. */
export const retail = shippedMapping("retail-invoices") as Mapping & InvoicesMapping;

const good = {
  Invoice: "1",
  StockCode: "22139",
  Description: "TEA SET",
  Quantity: "6",
  InvoiceDate: "12/1/10 8:26",
  Price: "2.55",
  "Customer ID": "ANNA",
  Country: "United Kingdom",
};

/** A row of an export of invoices; what is not said is a sale of tea sets to Anna. */
export type InvoiceLine = Partial<typeof good>;

/** The header of an export of invoices. */
export const invoiceHeader: readonly string[] = Object.keys(good);

/** The cells of a row. */
export function cellsOf(line: InvoiceLine): string[] {
  return Object.values({ ...good, ...line });
}

/** Plans rows as an import does: gathered twice, surveyed first. */
export async function planInvoices(
  rows: readonly (readonly string[])[],
  mapping: InvoicesMapping = retail,
): Promise<Planned[]> {
  const columns = new Columns(invoiceHeader, mapping as Mapping);
  const all = rowsOf(invoiceHeader, rows);
  const scattered = await scatteredOrders(all, columns);
  const rules = { rowsOfAnOrder: "anywhere", whenLineRefused: "refuse-order" } as const;
  const gather = (reader: OrderReader) => {
    const planner = new OrderPlanner(columns, rules, { scattered, reader });
    return [...all.flatMap((row) => planner.take(row)), ...planner.end()];
  };
  const survey = new InvoiceSurvey(columns, mapping);
  gather(survey);
  return gather(new InvoicePlanner(columns, mapping, survey));
}

/** Plans these lines. */
export function plan(...lines: InvoiceLine[]): Promise<Planned[]> {
  return planInvoices(lines.map(cellsOf));
}

/** What was planned, told apart. */
export function told(planned: readonly Planned[]) {
  const rowOf = (one: Planned) => ("row" in one ? one.row.row : one.rows.map(({ row }) => row));
  const left = (kind: string) =>
    planned.flatMap((one) =>
      one.kind === kind && "reason" in one ? [[rowOf(one), one.reason]] : [],
    );
  return {
    sales: planned.filter((one): one is PlannedOrder => one.kind === "order"),
    corrections: planned.filter((one): one is PlannedCorrection => one.kind === "correction"),
    reductions: planned.filter((one): one is PlannedReduction => one.kind === "reduction"),
    rejected: left("rejected"),
    aside: left("aside"),
    units: planned.reduce((sum, one) => sum + one.units, 0),
  };
}
