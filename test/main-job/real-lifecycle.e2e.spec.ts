import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
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
import { caughtUp } from "./caught-up.ts";
import { type LifecycleRow, readLifecycle, someOf, writeLifecycle } from "./lifecycle-rows.ts";

/*
 * A marketplace's orders with the times that their carriers told, through the import and back out
 * of the read models. By default the first orders and a few of each kind that is not as it should
 * be; all with SELVEDGE_IMPORT=whole.
 */

// Real exports that may not be handed on with the product: whoever has them puts them beside it.
const data = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const source = `${data}c1_olist_order_lifecycle_dev.csv.gz`;
const present = existsSync(source);
const whole = process.env.SELVEDGE_IMPORT === "whole";
const timeoutMs = whole ? 3_600_000 : 240_000;
const reason = present ? "" : " (skipped: ../shared/data is not beside the repository)";

/** The export's words for what has become of an order. */
const wordsOf: Record<string, readonly string[]> = {
  placed: ["created", "approved", "invoiced", "processing"],
  cancelled: ["canceled", "unavailable"],
  shipped: ["shipped"],
  delivered: ["delivered"],
};

describe.skipIf(!present)(`the import of orders with the times of their way${reason}`, () => {
  let folder: string;
  let remove: () => Promise<void>;
  let server: ServerProcess;
  let client: Selvedge;
  let rows: LifecycleRow[];
  let report: ImportReport;
  /** Why a row is noted, by its order. */
  let noted: Map<string, string>;

  beforeAll(async () => {
    ({ folder, remove } = await temporaryFolder());
    const all = readLifecycle(gunzipSync(readFileSync(source)).toString());
    rows = whole ? all : someOf(all, 20, 4);
    await writeFile(join(folder, "orders.csv"), writeLifecycle(rows));
    server = await startServerProcess(join(folder, "postgres"));
    client = new Selvedge({ baseUrl: server.baseUrl });
    report = await runImport();
    const rejects = await rejectsIn(join(folder, "rejects.csv"));
    noted = new Map(rejects.map(({ order_id = "", reason = "" }) => [order_id, reason]));
  }, timeoutMs);
  afterAll(async () => {
    await server?.stop();
    await remove?.();
  });

  async function runImport() {
    const { code, out } = await runCli(
      ...["import", "order-lifecycle", join(folder, "orders.csv"), "--url", server.baseUrl],
      ...["--rejects", join(folder, "rejects.csv"), "--json"],
    );
    const imported = JSON.parse(out) as ImportReport;
    expect([code, imported.stop]).toEqual([0, null]);
    return imported;
  }

  const count = (is: (row: LifecycleRow) => boolean) => rows.filter(is).length;

  test("every order is in, as far as its status says", { timeout: timeoutMs }, async () => {
    expect(report.rows).toMatchObject({ accepted: rows.length, rejected: 0 });
    expect(report.orders).toMatchObject({ placed: rows.length, unfinished: 0 });
    await caughtUp(client);
    const { data: totals } = await client.orders.orderTotals({});
    const now = new Map(totals.byOutcome.map(({ outcome, orders }) => [outcome as string, orders]));
    for (const [outcome, words] of Object.entries(wordsOf)) {
      const stated = count(({ status }) => words.includes(status));
      expect([outcome, now.get(outcome)]).toEqual([outcome, stated]);
    }
    expect(now.size).toBe(4);
  });

  test("times that cannot all be true are noted, each with its reason", () => {
    const outOfOrder = rows.filter(({ isOutOfOrder }) => isOutOfOrder);
    const told = [...noted].filter(([, why]) => why.includes("the times are out of sequence ("));
    expect(told.map(([id]) => id).sort()).toEqual(outOfOrder.map(({ id }) => id).sort());
    const against = rows.filter(({ contradicts }) => contradicts);
    const contradicting = [...noted].filter(([, why]) => why.includes("contradicts"));
    expect(contradicting.map(([id]) => id).sort()).toEqual(against.map(({ id }) => id).sort());
    expect(told.length * contradicting.length).toBeGreaterThan(0);
  });

  test("all others have the carrier's own times beside the house's", async () => {
    const byId = new Map(rows.map((row) => [row.id, row]));
    let parcels = 0;
    for await (const parcel of client.shipments.packAndShipQueue.rows({})) {
      parcels += 1;
      const row = byId.get(parcel.externalRef);
      if (noted.has(parcel.externalRef)) continue;
      const times = [parcel.reportedHandedOverAt, parcel.reportedDeliveredAt].map(
        (at) => at && new Date(at).toISOString(),
      );
      expect([parcel.externalRef, times]).toEqual([row?.id, [row?.handedOverAt, row?.deliveredAt]]);
    }
    expect(parcels).toBe(count(({ status }) => ["shipped", "delivered"].includes(status)));
  });

  test("late orders are the file's, but for those that it says were not delivered", async () => {
    const { data: late } = await client.orders.lateOrders({ limit: 1_000 });
    const stated = rows.filter(({ isLate }) => isLate).map(({ id }) => id);
    const reported = late.rows.filter((row) => row.deliveryReported).map((row) => row.externalRef);
    const contradicting = stated.filter((id) => noted.get(id)?.includes("contradicts"));
    expect([...reported, ...contradicting].sort()).toEqual(stated.sort());
    expect([late.orders, late.reported]).toEqual([late.rows.length, reported.length]);
    // Delivered, and no usable time told: late as far as the house knows, and noted.
    const untold = late.rows.filter((row) => !row.deliveryReported);
    expect(untold.map((row) => noted.get(row.externalRef) ?? "not noted")).toEqual(
      untold.map(() => expect.stringContaining("delivered without the carrier's time")),
    );
  });

  test.runIf(whole)("all of it is as the control totals say", () => {
    const control = JSON.parse(readFileSync(`${data}CONTROL_TOTALS_dev.json`, "utf8")).c1_olist;
    expect(rows.length).toBe(control.orders);
    const stated = Map.groupBy(rows, ({ status }) => status);
    const byStatus = Object.fromEntries([...stated].map(([status, all]) => [status, all.length]));
    expect(byStatus).toEqual(control.status);
    expect(count(({ isOutOfOrder }) => isOutOfOrder)).toBe(control.out_of_order);
    expect(count(({ isLate }) => isLate)).toBe(control.late);
  });

  test("a second run applies nothing", { timeout: timeoutMs }, async () => {
    const { commands } = await runImport();
    expect(Object.values(commands).filter(({ applied }) => applied > 0)).toEqual([]);
  });
});
