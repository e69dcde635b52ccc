import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ImportReport } from "../../server/src/import/import-report.ts";
import { rejectsIn } from "../../server/src/import/source-files.fixture.ts";
import {
  type ServerProcess,
  startCli,
  startServerProcess,
  temporaryFolder,
} from "../harness/processes.ts";
import { countRetail, cutRetail, piecesOf, type RetailTotals } from "./retail-totals.ts";
import { eventsOf } from "./whole-feed.ts";
import { countWholesale, cutWholesale, rowsIn, type WholesaleTotals } from "./wholesale-totals.ts";

/*
 * Two more kinds of real files through the import, the SDK, the commands and the read models: a
 * wholesaler's orders of up to hundreds of lines, and a retailer's invoices with write-offs and
 * cancellations, with the import killed on the way. By default a part of each; all of both with
 * SELVEDGE_IMPORT=whole, which takes its time.
 */

// Real exports that may not be handed on with the product: whoever has them puts them beside it.
const data = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const source = {
  "wholesale-orders": `${data}a3_wholesale_order_lines_dev.csv.gz`,
  "retail-invoices": `${data}b1_online_retail_lines_dev.csv.gz`,
};
type MappingName = keyof typeof source;
const present = Object.values(source).every(existsSync);
const whole = process.env.SELVEDGE_IMPORT === "whole";
const timeout = whole ? 5_400_000 : 120_000;
const reason = present ? "" : " (skipped: ../shared/data is not beside the repository)";

/** For reading what other processes have written. */
const now = { maxStaleMs: 0, onMiss: "wait", deadlineMs: 5_000 } as const;

describe.skipIf(!present)(`the import of real trade${reason}`, () => {
  let folder: string;
  let remove: () => Promise<void>;
  let server: ServerProcess;
  let client: Selvedge;
  const control = present
    ? JSON.parse(readFileSync(`${data}CONTROL_TOTALS_dev.json`, "utf8"))
    : undefined;

  beforeAll(async () => {
    ({ folder, remove } = await temporaryFolder());
    server = await startServerProcess(join(folder, "postgres"));
    client = new Selvedge({ baseUrl: server.baseUrl });
  });
  afterAll(async () => {
    await server?.stop();
    await remove?.();
  });

  /** Puts the file that is imported into the folder, and answers its rows. */
  async function put(mapping: MappingName, cut: (csv: string) => string) {
    const csv = gunzipSync(readFileSync(source[mapping])).toString();
    const imported = whole ? csv : cut(csv);
    await writeFile(join(folder, `${mapping}.csv.gz`), gzipSync(imported));
    return rowsIn(imported);
  }

  function startImport(mapping: MappingName) {
    const rejectsFile = join(folder, `${mapping}.rejects.csv`);
    return startCli(
      ...["import", mapping, join(folder, `${mapping}.csv.gz`), "--url", server.baseUrl],
      ...["--rejects", rejectsFile, "--json"],
    );
  }

  async function runImport(mapping: MappingName) {
    const { code, out } = await startImport(mapping).ended;
    return { code, report: JSON.parse(out) as ImportReport };
  }

  /** Every order, when all that was sent is in. */
  async function ordersOf(channel: string) {
    const orders: { externalRef: string; lines: number; units: number }[] = [];
    for await (const row of client.orders.orderBoard.rows({ channel })) orders.push(row);
    return orders;
  }

  describe("of a wholesaler", () => {
    let expected: WholesaleTotals;
    let report: ImportReport;
    let rejected: WholesaleTotals;
    beforeAll(async () => {
      expected = countWholesale(await put("wholesale-orders", cutWholesale));
    });

    test("every row goes in, or is rejected with its reason", { timeout }, async () => {
      const ended = await runImport("wholesale-orders");
      ({ report } = ended);
      expect([ended.code, report.stop]).toEqual([0, null]);
      const rejects = report.rejectsFile ? await rejectsIn(report.rejectsFile) : [];
      const left = rejects.filter(({ kind }) => kind === "rejected");
      rejected = countWholesale(left as Record<string, string>[]);
      expect(report.rows.rejected).toBe(rejected.rows);
      expect(report.rows.accepted + report.rows.rejected).toBe(expected.rows);
      expect(left.filter((row) => row.SKU !== "" || row.reason !== "SKU is blank")).toEqual([]);
    });

    test("orders, lines and pieces are the file's own, day by day", async () => {
      const { data: totals } = await client.orders.orderTotals({ channel: "wholesale" }, now);
      expect([totals.orders, totals.lines, totals.units]).toEqual([
        ...[expected.orders, expected.rows - rejected.rows, expected.units - rejected.units],
      ]);
      const byDay = Object.fromEntries(totals.byDay.map(({ day, orders }) => [day, orders]));
      expect(byDay).toEqual(expected.ordersByDay);
    });

    test("each order has all its lines, but for those that were rejected", async () => {
      const orders = await ordersOf("wholesale");
      const customers = new Set(orders.map(({ externalRef }) => externalRef.split("/")[0]));
      expect(customers.size).toBe(expected.customers);
      const lines = new Map(orders.map((order) => [order.externalRef, order.lines]));
      for (const [order, left] of Object.entries(rejected.linesByOrder)) {
        lines.set(order, (lines.get(order) ?? 0) + left);
      }
      expect(Object.fromEntries(lines)).toEqual(expected.linesByOrder);
    });

    test("sizes are, once the catalogue's words for them are taken back", async () => {
      const registered = await eventsOf(client, "VariantRegistered");
      const sizes = new Map(registered.map(({ data: facts }) => [facts.sku, String(facts.size)]));
      const bySize: Record<string, number> = {};
      for await (const { sku, channel } of client.stock.allocations.rows({})) {
        if (channel !== "wholesale") continue;
        const size = sizes.get(sku)?.replace("one-size", "Free") ?? "";
        bySize[size] = (bySize[size] ?? 0) + 1;
      }
      for (const [size, lines] of Object.entries(rejected.linesBySize)) {
        bySize[size] = (bySize[size] ?? 0) + lines;
      }
      expect(bySize).toEqual(expected.linesBySize);
    });

    test.runIf(whole)("all of it is as the control totals say (with SELVEDGE_IMPORT=whole)", () => {
      const linesMax = Math.max(...Object.values(expected.linesByOrder));
      expect({
        ...{ rows: expected.rows, orders_customer_date: expected.orders },
        ...{ customers: expected.customers, max_lines: linesMax, units: expected.units },
        ...{ blank_sku: rejected.rows, sizes: expected.linesBySize },
      }).toEqual(omit(control.a3_wholesale, "first", "last"));
    });

    test.runIf(whole)("a second run applies nothing", { timeout }, async () => {
      const again = await runImport("wholesale-orders");
      expect([again.code, again.report.stop, again.report.rows]).toEqual([0, null, report.rows]);
      const applied = Object.values(again.report.commands).map((counts) => counts.applied);
      expect(applied).toEqual(applied.map(() => 0));
    });
  });

  describe("of a retailer", () => {
    let rows: Record<string, string>[];
    let expected: RetailTotals;
    let report: ImportReport;
    let left: Record<string, string>[];
    beforeAll(async () => {
      rows = await put("retail-invoices", cutRetail);
      expected = countRetail(rows);
    });

    const retail = async () => (await client.orders.orderTotals({ channel: "retail" }, now)).data;

    test("an import that is killed in the middle goes on when it is run again", {
      timeout,
    }, async () => {
      const { ended: killed, kill } = startImport("retail-invoices");
      while ((await retail()).orders < expected.sales.orders / 3) await nextTurn();
      kill();
      expect((await killed).code).toBeNull();
      expect((await retail()).orders).toBeLessThan(expected.sales.orders);
      const ended = await runImport("retail-invoices");
      ({ report } = ended);
      left = report.rejectsFile ? await rejectsIn(report.rejectsFile) : [];
      expect([ended.code, report.stop]).toEqual([0, null]);
      const { applied, repeated } = report.commands.placeOrder;
      expect(applied + repeated).toBe(expected.sales.orders);
      expect(repeated).toBeGreaterThanOrEqual(Math.floor(expected.sales.orders / 3));
    });

    test("every row is accepted, set aside or rejected, and so is every piece", async () => {
      const { rows: counted, units, aside } = report;
      expect(counted.accepted + counted.rejected + aside.rows).toBe(expected.rows);
      expect(units.accepted + units.rejected + aside.units).toBe(expected.units);
      const of = (kind: string) => left.filter((row) => row.kind === kind);
      expect([of("aside").length, piecesOf(of("aside"))]).toEqual([aside.rows, aside.units]);
      expect([of("rejected").length, counted.rejected]).toEqual([0, 0]);
    });

    test("sales are orders, as many as the file has, day by day", async () => {
      const placed = (await eventsOf(client, "OrderPlaced")).filter(
        ({ data: order }) => order.channel === "retail",
      );
      const sum = (fact: string) => placed.reduce((all, { data: of }) => all + Number(of[fact]), 0);
      expect({ orders: placed.length, lines: sum("lines"), units: sum("qty") }).toEqual(
        expected.sales,
      );
      const { byDay } = await retail();
      expect(Object.fromEntries(byDay.map(({ day, orders }) => [day, orders]))).toEqual(
        expected.ordersByDay,
      );
    });

    test("finds and write-offs are corrections of the stock", async () => {
      const adjusted = (await eventsOf(client, "StockAdjusted")).map(({ data: of }) =>
        Number(of.by),
      );
      const added = (await eventsOf(client, "BatchAdded"))
        .filter(({ data: of }) => String(of.ref).startsWith("found/"))
        .map(({ data: of }) => Number(of.qty));
      const pieces = [...adjusted, ...added];
      const total = (some: number[]) => some.reduce((all, by) => all + by, 0);
      expect(total(pieces.filter((by) => by > 0))).toBe(expected.found);
      expect(total(pieces.filter((by) => by < 0))).toBe(expected.writtenOff);
    });

    test("open orders, corrections and what is set aside are the file's net pieces", async () => {
      const { byStatus } = await retail();
      const open = byStatus.filter(({ status }) => status !== "cancelled");
      const units = open.reduce((sum, one) => sum + one.units, 0);
      const besides = piecesOf(left.filter(({ kind }) => kind !== "noted"));
      expect(units + expected.found + expected.writtenOff + besides).toBe(expected.units);
      expect(expected.sales.units - units).toBe(-report.reductions.units);
      expect(report.reductions.rows).toBeGreaterThan(10);
      const cancelled = byStatus.find(({ status }) => status === "cancelled");
      expect(report.reductions.ordersCancelled).toBe(cancelled?.orders ?? 0);
      expect(open.map(({ status }) => status)).toEqual(["allocated"]);
    });

    test("what is reserved and what is free are what is on hand, SKU by SKU", async () => {
      const taken = new Map<string, number>();
      for await (const { sku, state, channel, qty } of client.stock.allocations.rows({})) {
        if (channel !== "retail" || state === "cancelled") continue;
        taken.set(sku, (taken.get(sku) ?? 0) + qty);
      }
      let onHand = 0;
      for await (const row of client.stock.sellableAvailability.rows({})) {
        expect([row.sku, row.reserved]).toEqual([row.sku, taken.get(row.sku) ?? 0]);
        expect([row.sku, row.available + row.reserved]).toEqual([row.sku, row.onHand]);
        onHand += row.onHand;
      }
      const opened = expected.sales.units - expected.writtenOff;
      expect(onHand).toBe(opened + expected.found + expected.writtenOff);
    });

    test.runIf(whole)("all of it is as the control totals say (with SELVEDGE_IMPORT=whole)", () => {
      const { b1_online_retail: b1 } = control;
      const of = (kind: string) => left.filter((row) => row.kind === kind);
      const twice = new Set(rows.map((row) => JSON.stringify(row)));
      expect({ rows: expected.rows, units: expected.units }).toEqual({
        ...{ rows: b1.rows, units: b1.units_net },
      });
      expect(expected.rows - twice.size).toBe(b1.exact_duplicate_rows);
      expect(report.corrections.writtenOff.rows).toBe(
        b1.stock_adjustment_lines_negative_not_cancel,
      );
      const unmatched = of("aside").filter(({ Invoice }) => Invoice?.startsWith("C"));
      expect(report.reductions.rows + unmatched.length).toBe(b1.cancel_lines);
      const registered = report.commands.registerVariant;
      const codes = new Set(of("aside").map(({ StockCode }) => StockCode));
      expect(registered.applied + registered.repeated + codes.size).toBeGreaterThanOrEqual(
        b1.distinct_stockcode,
      );
    });

    test("a second run applies nothing", { timeout }, async () => {
      const again = await runImport("retail-invoices");
      expect([again.code, again.report.stop]).toEqual([0, null]);
      expect({ ...again.report.rows, ...again.report.units }).toEqual({
        ...{ ...report.rows, ...report.units },
      });
      const applied = Object.values(again.report.commands).map((counts) => counts.applied);
      expect(applied).toEqual(applied.map(() => 0));
    });
  });
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

function omit(facts: Record<string, unknown>, ...names: string[]) {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name)));
}
