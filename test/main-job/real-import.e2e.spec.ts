import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEmbeddedPostgres } from "../../server/src/embedded/postgres.ts";
import type { ImportReport } from "../../server/src/import/import-report.ts";
import { rejectsIn } from "../../server/src/import/source-files.fixture.ts";
import { isKept } from "../../server/src/kernel/read-model.ts";
import { readModels } from "../../server/src/router.gen.ts";
import { differencesSql } from "../harness/differences.ts";
import {
  runCli,
  type ServerProcess,
  startServerProcess,
  temporaryFolder,
} from "../harness/processes.ts";
import { countOrders, firstRows, type OrderTotals } from "./source-totals.ts";

/*
 * A seller's stock and orders through the import, the SDK, the commands and the read models, with
 * the server killed on the way. By default the first rows of each file; all of both with
 * SELVEDGE_IMPORT=whole, which takes some fifteen minutes.
 */

// Real exports that may not be handed on with the product: whoever has them puts them beside it.
const data = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const source = { stock: "a2_fashion_stock_snapshot_dev", orders: "a1_fashion_order_lines_dev" };
const present = Object.values(source).every((name) => existsSync(`${data}${name}.csv.gz`));
const whole = process.env.SELVEDGE_IMPORT === "whole";
const rowsMax = whole ? Number.POSITIVE_INFINITY : 1_500;
const timeoutMs = whole ? 1_800_000 : 240_000;
const reason = present ? "" : " (skipped: ../shared/data is not beside the repository)";

describe.skipIf(!present)(`the import of a seller's real stock and orders${reason}`, () => {
  let folder: string;
  let remove: () => Promise<void>;
  let server: ServerProcess;
  let client: Selvedge;
  let expected: OrderTotals;
  const reports: ImportReport[] = [];

  beforeAll(async () => {
    ({ folder, remove } = await temporaryFolder());
    const csv = (name: string) => gunzipSync(readFileSync(`${data}${name}.csv.gz`)).toString();
    const stock = whole ? csv(source.stock) : firstRows(csv(source.stock), rowsMax);
    const orders = whole ? csv(source.orders) : firstRows(csv(source.orders), rowsMax);
    expected = countOrders(orders);
    await writeFile(join(folder, "fashion-stock.csv.gz"), gzipSync(stock));
    await writeFile(join(folder, "fashion-orders.csv.gz"), gzipSync(orders));
    await startServer();
  });
  afterAll(async () => {
    await server?.stop();
    await remove?.();
  });

  async function startServer() {
    server = await startServerProcess(join(folder, "postgres"));
    client = new Selvedge({ baseUrl: server.baseUrl });
  }

  const rejectsFile = (mapping: string) => join(folder, `${mapping}.rejects.csv`);

  async function runImport(mapping: string) {
    const ended = await runCli(
      ...["import", mapping, join(folder, `${mapping}.csv.gz`), "--url", server.baseUrl],
      ...["--rejects", rejectsFile(mapping), "--json"],
    );
    return { ...ended, report: JSON.parse(ended.out) as ImportReport };
  }

  test("the stock goes in", { timeout: timeoutMs }, async () => {
    const { code, report } = await runImport("fashion-stock");
    reports.push(report);
    expect([code, report.stop]).toEqual([0, null]);
  });

  test("a server that is killed in the middle stops the import", {
    timeout: timeoutMs,
  }, async () => {
    const running = runImport("fashion-orders");
    const enough = expected.orders / 3;
    while ((await client.orders.orderTotals({})).data.orders < enough) await nextTurn();
    await server.kill();
    const { code, report } = await running;
    expect([code, report.stop?.outcome]).toEqual([1, "failed"]);
    expect(report.orders.placed).toBeLessThan(expected.orders);
  });

  test("restarted and run again it goes on to the end", { timeout: timeoutMs }, async () => {
    await startServer();
    const { code, report } = await runImport("fashion-orders");
    reports.push(report);
    expect([code, report.stop]).toEqual([0, null]);
    const { applied, repeated } = report.commands.placeOrder;
    expect(applied + repeated).toBe(expected.orders);
    expect(repeated).toBeGreaterThanOrEqual(Math.floor(expected.orders / 3));
    expect(report.rows).toMatchObject({ inFile: expected.rows, accepted: expected.rows });
  });

  test("the server held less than 300 MB while it did so", async () => {
    expect(await server.peakMemory()).toBeLessThan(300e6);
  });

  test("orders, lines, pieces and cancellations are the file's own", async () => {
    const { data: totals } = await client.orders.orderTotals({});
    const [, report] = reports;
    expect(totals.orders).toBe(expected.orders);
    expect(totals.lines).toBe(expected.rows);
    // Where the file has lost a quantity, one piece is assumed and the row is noted.
    expect(totals.units - (report?.units.assumed ?? 0)).toBe(expected.units);
    const byStatus = new Map(totals.byStatus.map((one) => [one.status, one.orders]));
    expect(byStatus.get("cancelled")).toBe(expected.cancelled);
    const byDay = Object.fromEntries(totals.byDay.map(({ day, orders }) => [day, orders]));
    expect(byDay).toEqual(expected.ordersByDay);
  });

  test("the SKUs that sell most are the file's own", async () => {
    const { data: top } = await client.stock.topSkus({ limit: 100 });
    const rejects = await rejectsIn(rejectsFile("fashion-orders"));
    const assumed = Map.groupBy(
      rejects.filter((row) => row.reason?.includes("the ordered quantity is lost")),
      (row) => row.SKU,
    );
    expect(top.rows.length).toBe(100);
    for (const { sku, units } of top.rows) {
      const stated = units - (assumed.get(sku)?.length ?? 0);
      expect([sku, stated]).toEqual([sku, expected.unitsBySku.get(sku)]);
    }
  });

  test("available is never negative, and reserved and available are what is on hand", async () => {
    const [report] = reports;
    let rows = 0;
    let onHand = 0;
    for await (const row of client.stock.sellableAvailability.rows({})) {
      expect([row.sku, row.available >= 0]).toEqual([row.sku, true]);
      expect([row.sku, row.reserved + row.available]).toEqual([row.sku, row.onHand]);
      rows++;
      onHand += row.onHand;
    }
    expect(rows).toBe(report?.batches);
    expect(onHand).toBe(report?.units.accepted);
  });

  test.runIf(whole)(
    "all of it is as the control totals say (with SELVEDGE_IMPORT=whole)",
    async () => {
      const control = JSON.parse(readFileSync(`${data}CONTROL_TOTALS_dev.json`, "utf8"));
      const { orders_by_status, orders_by_day, top10_sku_units, ...a1 } = control.a1_orders;
      const { data: totals } = await client.orders.orderTotals({});
      expect([totals.orders, totals.lines]).toEqual([a1.orders, a1.rows]);
      expect(totals.units - (reports[1]?.units.assumed ?? 0)).toBe(a1.units_total);
      expect(totals.byStatus.find((one) => one.status === "cancelled")?.orders).toBe(
        orders_by_status.Cancelled,
      );
      expect(Object.fromEntries(totals.byDay.map(({ day, orders }) => [day, orders]))).toEqual(
        orders_by_day,
      );
      for (const [sku, units] of top10_sku_units) {
        expect([sku, expected.unitsBySku.get(sku)]).toEqual([sku, units]);
      }
      const [stock] = reports;
      expect(stock?.rows.inFile).toBe(control.a2_stock.rows);
      expect((stock?.units.accepted ?? 0) + (stock?.units.rejected ?? 0)).toBe(
        control.a2_stock.units,
      );
    },
  );

  test("a second run of both applies nothing", { timeout: timeoutMs }, async () => {
    for (const mapping of ["fashion-stock", "fashion-orders"]) {
      const { code, report } = await runImport(mapping);
      expect([mapping, code, report.stop]).toEqual([mapping, 0, null]);
      const applied = Object.values(report.commands).map((counts) => counts.applied);
      expect([mapping, applied]).toEqual([mapping, applied.map(() => 0)]);
    }
  });

  test("each read model equals its defining query", { timeout: timeoutMs }, async () => {
    // With own writes: whatever the last command made stale is in. Whole read models are refreshed
    // at leisure unless somebody waits for them.
    const now = { maxStaleMs: 0, onMiss: "wait", deadlineMs: 5_000 } as const;
    const settled = async () => {
      await client.stock.stockAgeing({ limit: 1 }, now).catch(() => undefined);
      return pendingOf(client);
    };
    await expect.poll(settled, { timeout: 120_000 }).toBe(0);
    await server.stop();
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
    const database = new pg.Client({ connectionString: postgres.url });
    await database.connect();
    try {
      const kept = readModels.filter(isKept);
      expect(kept.length).toBe(13);
      for (const model of kept) {
        const { rows: differing } = await database.query(differencesSql(model));
        expect([model.name, differing]).toEqual([model.name, []]);
      }
      for (const name of ["order_board", "allocations", "sellable_availability", "stock_ageing"]) {
        const { rows } = await database.query(`select from selvedge_read.${name} limit 1`);
        expect([name, rows.length]).toEqual([name, 1]);
      }
    } finally {
      await database.end();
      await postgres.stop();
    }
  });
});

async function pendingOf(client: Selvedge): Promise<number> {
  const { readModels: lags } = await client.operations.lag();
  return lags.reduce((sum, { pending }) => sum + pending, 0);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
