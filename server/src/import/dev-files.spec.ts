import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeServer } from "./fake-server.fixture.ts";
import type { ImportReport } from "./import-report.ts";
import type { Mapping, OrdersMapping } from "./mapping.ts";
import { shippedMapping } from "./mappings/shipped-mappings.ts";
import { runImport } from "./run-import.ts";
import { rejectsIn } from "./source-files.fixture.ts";

// Real exports that may not be handed on with the product: whoever has them puts them beside it.
const data = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));
const stockFile = `${data}a2_fashion_stock_snapshot_dev.csv.gz`;
const ordersFile = `${data}a1_fashion_order_lines_dev.csv.gz`;
const present = [stockFile, ordersFile, `${data}CONTROL_TOTALS_dev.json`].every(existsSync);
const reason = present ? "" : " (skipped: ../shared/data is not beside the repository)";

interface Run {
  report: ImportReport;
  rejects: Record<string, string>[];
}

async function importInto(
  server: FakeServer,
  folder: string,
  file: string,
  mapping: string,
): Promise<Run> {
  const rejectsFile = join(folder, `${mapping}.csv`);
  const report = await runImport({
    file,
    mapping: shippedMapping(mapping) as Mapping,
    client: server.client,
    rejectsFile,
  });
  return { report, rejects: await rejectsIn(rejectsFile) };
}

describe.skipIf(!present)(`a seller's real exports${reason}`, () => {
  const totals = present ? JSON.parse(readFileSync(`${data}CONTROL_TOTALS_dev.json`, "utf8")) : {};
  const server = new FakeServer();
  const folder = present ? mkdtempSync(join(tmpdir(), "selvedge-import-")) : "";
  let stock: Run;
  let orders: Run;
  beforeAll(async () => {
    stock = await importInto(server, folder, stockFile, "fashion-stock");
    orders = await importInto(server, folder, ordersFile, "fashion-orders");
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("every row of the stock file is accepted or explained, and so is every piece", () => {
    const { rows, units } = stock.report;
    const control = totals.a2_stock;
    const rejected = stock.rejects.filter((one) => one.kind === "rejected");
    expect(stock.report.stop).toBeNull();
    expect(rows.inFile).toBe(control.rows);
    expect(rows.accepted + rows.rejected).toBe(control.rows);
    expect(rows.rejected).toBe(control.blank_sku + control.ref_error_sku);
    expect(rejected.length).toBe(rows.rejected);
    expect(units.accepted + units.rejected).toBe(control.units);
    expect(rejected.reduce((sum, one) => sum + Number(one.Stock ?? 0), 0)).toBe(units.rejected);
  });

  test("the warehouse then holds the pieces that were accepted, one batch a SKU", () => {
    const batches = [...server.batches.values()].filter((batch) =>
      batch.ref.startsWith("opening/"),
    );
    expect(batches.length).toBe(stock.report.batches);
    expect(new Set(batches.map((batch) => batch.sku)).size).toBe(batches.length);
  });

  test("what came in is there or with a carrier, whether it was stated or assumed", () => {
    const { assumedStock } = orders.report.units;
    const left = [...server.batches.values()].reduce((sum, batch) => sum + batch.qty, 0);
    const { placed, cancelled, returned, ...gone } = orders.report.outcomes;
    const away = Object.values(gone).reduce((sum, { units }) => sum + units, 0);
    expect(left).toBe(stock.report.units.accepted + assumedStock - away);
    const shipped = [...server.floor.shipments.values()].flatMap(({ lines }) => lines);
    expect(shipped.reduce((sum, { qty }) => sum + qty, 0)).toBe(away + returned.units);
    expect([placed.units, cancelled.lines]).toEqual([
      5,
      totals.a1_orders.lines_by_status.Cancelled,
    ]);
  });

  test("orders, lines, pieces and cancellations are those of the control totals", () => {
    const { report, rejects } = orders;
    const control = totals.a1_orders;
    expect(report.stop).toBeNull();
    expect(report.rows).toMatchObject({
      inFile: control.rows,
      accepted: control.rows,
      rejected: 0,
    });
    expect(report.orders).toMatchObject({
      placed: control.orders,
      lines: control.rows,
      cancelled: control.orders_by_status.Cancelled,
    });
    expect(report.units).toMatchObject({
      ...{ accepted: control.units_total, rejected: 0, assumed: 8_069 },
    });
    const lost = rejects.filter((one) => one.reason?.includes("the ordered quantity is lost"));
    expect(lost.length).toBe(report.units.assumed);
  });

  test("what became of orders, lines and pieces is what the control totals say", () => {
    const { report, rejects } = orders;
    const {
      orders_by_status: orderStatus,
      lines_by_status: lineStatus,
      ...control
    } = totals.a1_orders;
    const words = Object.entries(
      (shippedMapping("fashion-orders") as OrdersMapping).values.status ?? {},
    );
    for (const [outcome, counts] of Object.entries(report.outcomes)) {
      const of = words.filter(([, means]) => means === outcome).map(([word]) => word);
      const sum = (by: Record<string, number>) =>
        of.reduce((total, word) => total + (by[word] ?? 0), 0);
      expect([outcome, counts.orders, counts.lines]).toEqual([
        ...[outcome, sum(orderStatus), sum(lineStatus)],
      ]);
    }
    const { placed, cancelled, ...shipped } = report.outcomes;
    const stated = Object.values(shipped).map(({ units, assumed }) => units - assumed);
    expect(stated.reduce((sum, units) => sum + units, 0)).toBe(
      control.units_with_status_Shipped_any,
    );
    expect(report.orders.unfinished).toBe(0);
    const assumed = rejects.flatMap(({ reason = "" }) =>
      [...reason.matchAll(/stock is assumed: [^;]* \((\d+) pieces\)/g)].map((one) =>
        Number(one[1]),
      ),
    );
    expect(assumed.reduce((sum, pieces) => sum + pieces, 0)).toBe(report.units.assumedStock);
  });

  test("the warehouse then holds those orders, day by day and money by money", () => {
    const control = totals.a1_orders;
    const placed = [...server.orders.values()];
    const lines = placed.flatMap((order) => order.lines);
    expect([placed.length, server.cancelled.size]).toEqual([
      control.orders,
      control.orders_by_status.Cancelled,
    ]);
    expect(lines.reduce((sum, line) => sum + line.qty, 0)).toBe(control.units_total + 8_069);
    expect(lines.reduce((sum, line) => sum + (line.priceCents ?? 0), 0)).toBe(
      control.amount_total_paise,
    );
    expect(lines.filter((line) => line.priceCents === undefined).length).toBe(
      control.amount_missing,
    );
    expect(new Set(lines.map((line) => line.sku)).size).toBe(control.distinct_sku);
    const days = Map.groupBy(placed, (order) => order.orderedAt?.slice(0, 10) ?? "");
    expect(Object.fromEntries([...days].map(([day, all]) => [day, all.length]))).toEqual(
      control.orders_by_day,
    );
  });

  test("where the two files differ about a SKU, the catalogue is kept, noted once a SKU", () => {
    const kept = orders.rejects.filter((one) => one.reason?.includes("kept the catalogue's facts"));
    expect(kept.length).toBe(orders.report.commands.registerVariant.refused);
    expect(new Set(kept.map((one) => one.SKU)).size).toBe(kept.length);
    expect(kept.length).toBeGreaterThan(1_000);
  });

  test("the stock and the first orders once more apply nothing", async () => {
    const again = [
      await importInto(server, folder, stockFile, "fashion-stock"),
      await importInto(server, folder, await firstOrders(folder, 5_000), "fashion-orders"),
    ];
    expect(again[0]?.report).toMatchObject({ rows: stock.report.rows, units: stock.report.units });
    expect(again[1]?.report).toMatchObject({ orders: { placed: 5_000, unfinished: 0 } });
    const applied = again.flatMap(({ report }) =>
      Object.values(report.commands).map((counts) => counts.applied),
    );
    expect(applied).toEqual(applied.map(() => 0));
  }, 300_000);
});

/** A file of the first so many orders, wherever that cuts a wave in two. */
async function firstOrders(folder: string, orders: number): Promise<string> {
  const [header = "", ...lines] = gunzipSync(readFileSync(ordersFile)).toString().split("\n");
  const ids = new Set<string>();
  const end = lines.findIndex((line) => ids.add(line.split(",")[1] ?? "").size > orders);
  const path = join(folder, "first-orders.csv");
  await writeFile(path, [header, ...lines.slice(0, end)].join("\n"));
  return path;
}
