import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeServer } from "./fake-server.fixture.ts";
import type { ImportReport } from "./import-report.ts";
import type { OrdersMapping } from "./mapping.ts";
import { shippedMapping } from "./mappings/shipped-mappings.ts";
import { outOfSequence } from "./reported-times.ts";
import { runImport } from "./run-import.ts";
import { rejectsIn } from "./source-files.fixture.ts";

// Real exports that may not be handed on with the product: whoever has them puts them beside it.
const data = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));
const file = `${data}c1_olist_order_lifecycle_dev.csv.gz`;
const present = [file, `${data}CONTROL_TOTALS_dev.json`].every(existsSync);
const reason = present ? "" : " (skipped: ../shared/data is not beside the repository)";

describe.skipIf(!present)(`a marketplace's real orders with their times${reason}`, () => {
  const control = present
    ? JSON.parse(readFileSync(`${data}CONTROL_TOTALS_dev.json`, "utf8")).c1_olist
    : {};
  const mapping = shippedMapping("order-lifecycle") as OrdersMapping;
  const server = new FakeServer();
  const folder = present ? mkdtempSync(join(tmpdir(), "selvedge-import-")) : "";
  let report: ImportReport;
  let noted: Record<string, string>[];
  beforeAll(async () => {
    const rejectsFile = join(folder, "rejects.csv");
    report = await runImport({ file, mapping, client: server.client, rejectsFile });
    noted = await rejectsIn(rejectsFile);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("every order is in and has come as far as its status says", () => {
    expect(report.rows).toMatchObject({ inFile: control.orders, accepted: control.orders });
    expect(report.orders).toMatchObject({ placed: control.orders, unfinished: 0 });
    for (const [outcome, counts] of Object.entries(report.outcomes)) {
      const words = Object.entries(mapping.values.status ?? {});
      const stated = words
        .filter(([, means]) => means === outcome)
        .reduce((sum, [word]) => sum + (control.status[word] ?? 0), 0);
      expect([outcome, counts.orders]).toEqual([outcome, stated]);
    }
  });

  test("the orders that are out of sequence are noted, all of them and no other", () => {
    const out = noted.filter(({ reason }) => reason?.includes(outOfSequence));
    expect(out.length).toBe(control.out_of_order);
    expect(report.causes.find(({ cause }) => cause === outOfSequence)?.rows).toBe(out.length);
  });

  test("late orders are those of the control totals, but for those noted as not delivered", () => {
    const promised = (id: string) => server.orders.get(id)?.promise?.deliverBy ?? "";
    const orderOf = new Map(
      [...server.floor.shipments.values()].map((one) => [one.id, one.orderId]),
    );
    const late = server.sent.filter(({ name, input }) => {
      const { shipmentId = "", at = "" } = input as { shipmentId?: string; at?: string };
      return name === "confirmDelivery" && at > promised(orderOf.get(shipmentId) ?? "");
    });
    const contradicting = noted.filter(({ reason }) =>
      reason?.includes(
        "contradicts order_delivered_carrier_date and order_delivered_customer_date",
      ),
    );
    const alsoLate = contradicting.filter((row) => {
      const [there, by] = ["order_delivered_customer_date", "order_estimated_delivery_date"].map(
        (name) => Date.parse(row[name] ?? ""),
      );
      return (there ?? 0) > (by ?? 0);
    });
    expect(late.length + alsoLate.length).toBe(control.late);
  });
});
