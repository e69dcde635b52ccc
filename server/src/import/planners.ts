import { Columns } from "./columns.ts";
import { InvoicePlanner } from "./invoice-planner.ts";
import { InvoiceSurvey } from "./invoice-survey.ts";
import type { InvoicesMapping } from "./invoices-mapping.ts";
import type { Mapping } from "./mapping.ts";
import { type GatheringRules, OrderPlanner, orderLines, scatteredOrders } from "./order-planner.ts";
import type { Planner } from "./plan.ts";
import type { SeenKeys } from "./seen-keys.ts";
import { openSource, type SourceRow } from "./source-rows.ts";
import { StockPlanner } from "./stock-planner.ts";

/** A file that was read to its end once, and what is needed to plan its rows. */
export interface CheckedFile {
  readonly rows: number;
  plannerFor(columns: Columns): Planner;
}

/** An invoice's rows may stand anywhere in the file, and it is taken whole or not at all. */
const invoiceRules: GatheringRules = {
  rowsOfAnOrder: "anywhere",
  whenLineRefused: "refuse-order",
};

/** Reads a file to its end without sending anything: it must be whole, and fit its mapping. */
export async function checkFile(file: string, mapping: Mapping): Promise<CheckedFile> {
  const source = await openSource(file);
  const columns = new Columns(source.header, mapping);
  let rows = 0;
  const counted = async function* (): AsyncGenerator<SourceRow> {
    for await (const row of source.rows) {
      rows += 1;
      yield row;
    }
  };
  if (mapping.kind === "stock") {
    for await (const _row of counted());
    return { rows, plannerFor: (found) => new StockPlanner(found, mapping) };
  }
  const scattered = await scatteredOrders(counted(), columns);
  if (mapping.kind === "orders") {
    const readerFor = (found: Columns) => ({ scattered, reader: orderLines(found, mapping) });
    return { rows, plannerFor: (found) => new OrderPlanner(found, mapping, readerFor(found)) };
  }
  const survey = await surveyInvoices(file, mapping, scattered);
  return {
    rows,
    plannerFor: (found) => {
      const reader = new InvoicePlanner(found, mapping, survey);
      return new OrderPlanner(found, invoiceRules, { scattered, reader });
    },
  };
}

async function surveyInvoices(
  file: string,
  mapping: InvoicesMapping,
  scattered: SeenKeys,
): Promise<InvoiceSurvey> {
  const source = await openSource(file);
  const columns = new Columns(source.header, mapping);
  const survey = new InvoiceSurvey(columns, mapping);
  const gatherer = new OrderPlanner(columns, invoiceRules, { scattered, reader: survey });
  for await (const row of source.rows) gatherer.take(row);
  gatherer.end();
  return survey;
}
