import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { FakeServer } from "./fake-server.fixture.ts";
import type { Mapping } from "./mapping.ts";
import { shippedMapping } from "./mappings/shipped-mappings.ts";
import { runImport } from "./run-import.ts";
import { folder, rejectsIn } from "./source-files.fixture.ts";

// Real exports that may not be handed on with the product: whoever has them puts them beside it.
const data = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));
const file = `${data}a3_wholesale_order_lines_dev.csv.gz`;
const reason = existsSync(file) ? "" : " (skipped: ../shared/data is not beside the repository)";

describe.skipIf(!existsSync(file))(`a wholesaler's real orders${reason}`, () => {
  test("are those of the control totals, but for lines without a SKU, each rejected", async () => {
    const { a3_wholesale: control } = JSON.parse(
      readFileSync(`${data}CONTROL_TOTALS_dev.json`, "utf8"),
    );
    const server = new FakeServer();
    const rejectsFile = `${await folder()}/rejects.csv`;
    const mapping = shippedMapping("wholesale-orders") as Mapping;
    const report = await runImport({ file, mapping, client: server.client, rejectsFile });
    const rejected = (await rejectsIn(rejectsFile)).filter(({ kind }) => kind === "rejected");
    expect(rejected.map((row) => [row.reason, row.SKU])).toEqual(
      Array(control.blank_sku).fill(["SKU is blank", ""]),
    );

    const placed = [...server.orders.values()];
    const lines = placed.flatMap((order) => order.lines);
    const days = placed.map(({ orderedAt = "" }) => orderedAt.slice(0, 10)).sort();
    const sizes: Record<string, number> = {};
    const count = (size: string) => {
      sizes[size] = (sizes[size] ?? 0) + 1;
    };
    for (const { sku } of lines) count(server.variants.get(sku)?.size ?? "");
    for (const { Size = "" } of rejected) count(Size === "Free" ? "one-size" : Size);
    const { Free, ...others } = control.sizes;
    expect(report.rows.inFile).toBe(control.rows);
    expect(lines.length + rejected.length).toBe(control.rows);
    expect(lines.reduce((sum, { qty }) => sum + qty, 0) + report.units.rejected).toBe(
      control.units,
    );
    expect(placed.length).toBe(control.orders_customer_date);
    expect(new Set(placed.map((order) => order.externalRef.split("/")[0])).size).toBe(
      control.customers,
    );
    expect(Math.max(...placed.map((order) => order.lines.length))).toBe(control.max_lines);
    expect([days[0], days.at(-1)]).toEqual([control.first, control.last]);
    expect(sizes).toEqual({ ...others, "one-size": Free });
  }, 60_000);
});
