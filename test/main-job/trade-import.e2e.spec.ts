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
  runCli,
  type ServerProcess,
  startServerProcess,
  temporaryFolder,
} from "../harness/processes.ts";
import { eventsOf } from "./whole-feed.ts";
import { countWholesale, cutWholesale, rowsIn, type WholesaleTotals } from "./wholesale-totals.ts";

/*
 * A wholesaler's orders of up to hundreds of lines through the import, the SDK, the commands and
 * the read models. By default a part of them; all with SELVEDGE_IMPORT=whole.
 */

// Real exports that may not be handed on with the product: whoever has them puts them beside it.
const data = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const wholesaleFile = `${data}a3_wholesale_order_lines_dev.csv.gz`;
const present = existsSync(wholesaleFile);
const whole = process.env.SELVEDGE_IMPORT === "whole";
const timeout = whole ? 1_800_000 : 120_000;
const reason = present ? "" : " (skipped: ../shared/data is not beside the repository)";

/** For reading what other processes have written. */
const now = { maxStaleMs: 0, onMiss: "wait", deadlineMs: 5_000 } as const;

describe.skipIf(!present)(`the import of a wholesaler's real orders${reason}`, () => {
  let folder: string;
  let remove: () => Promise<void>;
  let server: ServerProcess;
  let client: Selvedge;
  let expected: WholesaleTotals;
  let report: ImportReport;
  let rejected: WholesaleTotals;

  beforeAll(async () => {
    ({ folder, remove } = await temporaryFolder());
    const csv = gunzipSync(readFileSync(wholesaleFile)).toString();
    const imported = whole ? csv : cutWholesale(csv);
    expected = countWholesale(rowsIn(imported));
    await writeFile(join(folder, "wholesale-orders.csv.gz"), gzipSync(imported));
    server = await startServerProcess(join(folder, "postgres"));
    client = new Selvedge({ baseUrl: server.baseUrl });
  });
  afterAll(async () => {
    await server?.stop();
    await remove?.();
  });

  async function runImport(mapping: string) {
    const rejectsFile = join(folder, `${mapping}.rejects.csv`);
    const { code, out } = await runCli(
      ...["import", mapping, join(folder, `${mapping}.csv.gz`), "--url", server.baseUrl],
      ...["--rejects", rejectsFile, "--json"],
    );
    return { code, report: JSON.parse(out) as ImportReport };
  }

  /** Every order, when all that was sent is in. */
  async function ordersOf(channel: string) {
    const orders: { externalRef: string; lines: number; units: number }[] = [];
    for await (const row of client.orders.orderBoard.rows({ channel })) orders.push(row);
    return orders;
  }

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

  test("customers are, and the order with the most lines is one order", async () => {
    const orders = await ordersOf("wholesale");
    const customers = new Set(orders.map(({ externalRef }) => externalRef.split("/")[0]));
    expect(customers.size).toBe(expected.customers);
    expect(Math.max(...orders.map(({ lines }) => lines))).toBe(expected.linesMax);
    expect(expected.linesMax).toBeGreaterThan(600);
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
    const control = JSON.parse(readFileSync(`${data}CONTROL_TOTALS_dev.json`, "utf8"));
    expect({
      ...{ rows: expected.rows, orders_customer_date: expected.orders },
      ...{ customers: expected.customers, max_lines: expected.linesMax, units: expected.units },
      ...{ blank_sku: rejected.rows, sizes: expected.linesBySize },
    }).toEqual(omit(control.a3_wholesale, "first", "last"));
  });

  test("a second run applies nothing", { timeout }, async () => {
    const again = await runImport("wholesale-orders");
    expect([again.code, again.report.stop, again.report.rows]).toEqual([0, null, report.rows]);
    const applied = Object.values(again.report.commands).map((counts) => counts.applied);
    expect(applied).toEqual(applied.map(() => 0));
  });
});

function omit(facts: Record<string, unknown>, ...names: string[]) {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name)));
}
