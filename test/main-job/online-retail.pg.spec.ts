import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ImportReport } from "../../server/src/import/import-report.ts";
import type { Mapping } from "../../server/src/import/mapping.ts";
import { shippedMapping } from "../../server/src/import/mappings/shipped-mappings.ts";
import { runImport } from "../../server/src/import/run-import.ts";
import { rejectsIn } from "../../server/src/import/source-files.fixture.ts";
import { type House, startHouse } from "../harness/house.ts";
import { temporaryFolder } from "../harness/processes.ts";
import { eventsOf } from "./whole-feed.ts";

/*
 * A retailer's invoices with sales, cancellations, write-offs and what is no goods, through the
 * SDK into the read models: rows of Online Retail II (see online-retail-cut.txt).
 */

const file = fileURLToPath(new URL("online-retail-cut.csv", import.meta.url));
const mapping = shippedMapping("retail-invoices") as Mapping;

let house: House;
let report: ImportReport;
let notes: Record<string, string>[];
beforeAll(async () => {
  house = await startHouse();
  ({ report, notes } = await importAll());
});
afterAll(() => house.stop());

async function importAll() {
  const { folder, remove } = await temporaryFolder();
  const rejectsFile = `${folder}/rejects.csv`;
  const report = await runImport({ file, mapping, client: house.client, rejectsFile });
  const notes = await rejectsIn(rejectsFile);
  await remove();
  return { report, notes };
}

async function boardOf(externalRef: string) {
  const { data } = await house.client.orders.orderBoard({ channel: "retail", externalRef });
  return data.rows[0];
}

const reasonsOf = (invoice: string, kind: string) =>
  notes
    .filter((row) => row.Invoice === invoice && row.kind === kind)
    .map((row) => [row.StockCode, row.reason]);

test("every row is accounted for, and every piece", () => {
  expect(report.stop).toBeNull();
  expect(report.rows).toMatchObject({ inFile: 59, accepted: 46, rejected: 0 });
  expect(report.aside.rows).toBe(13);
  expect(report.units.accepted + report.aside.units).toBe(269);
  expect(report.orders).toMatchObject({ placed: 13, lines: 34, allocated: 34, backordered: 0 });
});

test("a sale is an order of its minute, with what its pieces cost together", async () => {
  expect(await boardOf("536365")).toMatchObject({
    ...{ lines: 7, units: 40, orderedAt: "2010-12-01T08:26:00+00:00", status: "allocated" },
  });
  const prices = await house.database.query(
    `select l.price_cents as cents from selvedge.order_line as l
     join selvedge.sales_order as o on o.tenant = l.tenant and o.id = l.order_id
     where o.external_ref = '536365' order by l.line`,
  );
  expect(prices.map(({ cents }) => cents)).toEqual([1530, 2034, 2200, 2034, 2034, 1530, 2550]);
});

test("what is no goods is set aside, and the sale goes in without it", async () => {
  expect(await boardOf("536370")).toMatchObject({ lines: 3, units: 60 });
  expect(reasonsOf("536370", "aside")).toEqual([["POST", "postage is no goods"]]);
  expect(await boardOf("536569")).toBeUndefined();
  expect(reasonsOf("536569", "aside")).toEqual([["M", "an entry by hand is no goods"]]);
  expect(reasonsOf("C536379", "aside")).toEqual([["D", "a discount is no goods"]]);
  expect(reasonsOf("A563185", "aside")).toEqual([["B", "bad debt is no goods"]]);
});

test("a line that stands twice is two lines", async () => {
  expect(await boardOf("536409")).toMatchObject({ lines: 2, units: 2 });
  expect(reasonsOf("536409", "noted").map(([, reason]) => reason)).toContain(
    "a line that stands twice is two lines: as row 15",
  );
});

test("an invoice that took two minutes to write is of the first one", async () => {
  expect(await boardOf("536591")).toMatchObject({
    ...{ lines: 4, orderedAt: "2010-12-01T16:57:00+00:00" },
  });
});

test("invoices that were written at once are gathered, each from where its rows stand", async () => {
  expect(await boardOf("541132")).toMatchObject({ lines: 3, units: 6 });
  expect(await boardOf("541133")).toMatchObject({ lines: 2, units: 2 });
});

test("a line that costs nothing is sold all the same where the invoice is paid", async () => {
  expect(await boardOf("537534")).toMatchObject({ lines: 2 });
});

describe("an invoice on which nobody pays and nobody is named", () => {
  test("takes pieces off the stock, with the file's words for why", async () => {
    const adjusted = (await eventsOf(house.client, "StockAdjusted")).map(({ data }) => data);
    expect(adjusted).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ref: "opening/21777", by: -10, reason: "written off, 536589" }),
        expect.objectContaining({ by: -30, reason: 'written off, 537032: "?"' }),
        expect.objectContaining({ by: -43, reason: 'written off, 537432: "damages"' }),
      ]),
    );
    expect(adjusted.length).toBe(3);
    const { data } = await house.client.stock.sellableAvailability({ sku: "21777" });
    expect(data.rows).toMatchObject([{ onHand: 0, reserved: 0, available: 0 }]);
  });

  test("or brings pieces that were found, a batch of their own where there was none", async () => {
    const { data } = await house.client.stock.sellableAvailability({ sku: "22139" });
    expect(data.rows).toMatchObject([{ onHand: 56, available: 56 }]);
    const added = (await eventsOf(house.client, "BatchAdded")).map(({ data: of }) => of.ref);
    expect(added).toEqual(expect.arrayContaining(["found/536414/1", "found/540673/1"]));
  });
});

describe("a cancellation", () => {
  test("takes its pieces off the customer's latest sale of them", async () => {
    expect(await boardOf("537412")).toMatchObject({ units: 24, status: "allocated" });
    expect(reasonsOf("C537413", "noted")).toEqual([
      ["22834", "taken off the latest sale of the customer: 72 of 537412"],
    ]);
    const { data } = await house.client.stock.sellableAvailability({ sku: "22834" });
    expect(data.rows).toMatchObject([{ onHand: 96, reserved: 24, available: 72 }]);
  });

  test("of all that is left of an order cancels it", async () => {
    expect(await boardOf("537407")).toMatchObject({ status: "cancelled" });
    expect(report.reductions).toMatchObject({ rows: 7, units: -240, ordersCancelled: 1 });
  });

  test("takes lines off the order, one after the other where they name one line", async () => {
    expect(await boardOf("538327")).toMatchObject({ lines: 1, units: 1 });
    expect(await boardOf("538313")).toMatchObject({ lines: 1, units: 1 });
  });

  test("that matches no sale, or names nobody, is set aside", () => {
    expect(reasonsOf("C536383", "aside")).toEqual([
      ["35004C", "a cancellation of more pieces than the customer bought in this file"],
    ]);
    expect(reasonsOf("C537251", "aside")).toEqual([
      ["22429", "a cancellation that names no customer"],
    ]);
  });
});

test("open orders, corrections and what is set aside are the file's net pieces", async () => {
  const { data } = await house.client.orders.orderTotals({ channel: "retail" });
  const open = data.byStatus.filter(({ status }) => status !== "cancelled");
  expect(open.map(({ status }) => status)).toEqual(["allocated"]);
  const units = open.reduce((sum, one) => sum + one.units, 0);
  const { found, writtenOff } = report.corrections;
  expect([found.units, writtenOff.units]).toEqual([200, -83]);
  expect(units + found.units + writtenOff.units + report.aside.units).toBe(269);
});

test("a second run applies nothing", async () => {
  const again = await importAll();
  const applied = Object.values(again.report.commands).map((counts) => counts.applied);
  expect(applied).toEqual(applied.map(() => 0));
  expect([again.report.rows, again.report.units]).toEqual([report.rows, report.units]);
});

test("every history is whole, and the read models are right", async () => {
  expect(await house.gaps()).toEqual([]);
  await house.client.orders.orderBoard({ limit: 1 }, { maxStaleMs: 0, onMiss: "wait" });
  for (const name of ["order_board", "allocations", "sellable_availability"]) {
    expect([name, await house.differences(name)]).toEqual([name, []]);
  }
});
