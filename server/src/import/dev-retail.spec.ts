import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { countRetail } from "../../../test/main-job/retail-totals.ts";
import { firstRows } from "../../../test/main-job/source-totals.ts";
import { rowsIn } from "../../../test/main-job/wholesale-totals.ts";
import { FakeServer } from "./fake-server.fixture.ts";
import { retail } from "./invoices.fixture.ts";
import { importing } from "./run-import.fixture.ts";
import { rejectsIn } from "./source-files.fixture.ts";

// Put beside the repository by whoever has it; the first rows, or all with SELVEDGE_IMPORT=whole.
const data = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));
const file = `${data}b1_online_retail_lines_dev.csv.gz`;
const reason = existsSync(file) ? "" : " (skipped: ../shared/data is not beside the repository)";
const whole = process.env.SELVEDGE_IMPORT === "whole";

describe.skipIf(!existsSync(file))(`a retailer's real invoices${reason}`, () => {
  test("are all accounted for, and open orders, stock and the rest add up", async () => {
    const all = gunzipSync(readFileSync(file)).toString();
    const csv = whole ? all : firstRows(all, 30_000);
    const expected = countRetail(rowsIn(csv));
    const server = new FakeServer();
    const { report, rejectsFile } = await importing(csv, { mapping: retail, server });
    const { rows, units, orders, corrections, reductions, aside } = report;
    expect([report.stop, rows.inFile, rows.rejected]).toEqual([null, expected.rows, 0]);
    expect(rows.accepted + aside.rows).toBe(expected.rows);
    expect(units.accepted + aside.units).toBe(expected.units);
    expect({ orders: orders.placed, lines: orders.lines }).toEqual({
      ...{ orders: expected.sales.orders, lines: expected.sales.lines },
    });
    expect(corrections.found.units).toBe(expected.found);
    expect(corrections.writtenOff.units).toBe(expected.writtenOff);
    expect(server.openUnits).toBe(expected.sales.units + reductions.units);
    expect(server.waiting).toEqual([]);
    const opened = expected.sales.units - expected.writtenOff;
    expect(report.opening.units).toBe(opened);
    const onHand = [...server.batches.values()].reduce((sum, { qty }) => sum + qty, 0);
    expect(onHand).toBe(opened + expected.found + expected.writtenOff);

    const left = (await rejectsIn(rejectsFile)).filter(({ kind }) => kind === "aside");
    const unmatched = left.filter((row) => row.reason?.startsWith("a cancellation"));
    expect(reductions.rows + unmatched.length).toBe(expected.cancelled.rows);
    expect(left.length - unmatched.length).toBe(expected.others.rows);
    if (!whole) return;

    const { b1_online_retail: control } = JSON.parse(
      readFileSync(`${data}CONTROL_TOTALS_dev.json`, "utf8"),
    );
    expect([expected.rows, expected.units]).toEqual([control.rows, control.units_net]);
    expect(corrections.writtenOff.rows).toBe(control.stock_adjustment_lines_negative_not_cancel);
  }, 600_000);
});
