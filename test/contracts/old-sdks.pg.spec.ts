import { fileURLToPath, pathToFileURL } from "node:url";
import type { Selvedge, SelvedgeError } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readSavedContracts } from "../../server/src/contract/saved-contracts.ts";
import { startSelvedge, type TestSelvedge } from "../harness/selvedge.ts";

/* The SDKs that partners were given, as they were, against the server as it is. */

const saved = readSavedContracts(fileURLToPath(new URL("../..", import.meta.url)));

let it: TestSelvedge;
beforeAll(async () => {
  it = await startSelvedge();
});
afterAll(() => it.stop());

test("there are such SDKs", () => {
  expect(saved.length).toBeGreaterThan(0);
});

describe.each(saved)("the SDK of $version", ({ version, sdk }) => {
  const notices = vi.fn();
  let selvedge: Selvedge;
  let isSelvedgeError: (error: unknown) => error is SelvedgeError;
  beforeAll(async () => {
    const old: typeof import("@selvedge/sdk") = await import(pathToFileURL(sdk).href);
    selvedge = new old.Selvedge({ baseUrl: it.baseUrl, onNotice: notices });
    isSelvedgeError = old.isSelvedgeError;
    await selvedge.catalogue.registerVariant({ sku: version });
    await selvedge.stock.addBatch({ ref: `PO-${version}`, sku: version, qty: 3 });
  });
  const order = (externalRef: string, qty = 1) => ({
    ...{ channel: version, externalRef },
    lines: [{ sku: version, qty }],
  });

  test("places an order, repeats it, and reads its own writes", async () => {
    const placed = await selvedge.orders.placeOrder(order("A-1"));
    expect(placed).toMatchObject({ repeated: false, data: { lines: [{ allocated: true }] } });
    const { commandId } = placed;
    const again = await selvedge.orders.placeOrder(order("A-1"), { commandId });
    expect(again).toEqual({ ...placed, repeated: true });
    const { data, freshness } = await selvedge.orders.orderBoard({ channel: version });
    expect(data.rows).toMatchObject([{ externalRef: "A-1", status: "allocated", units: 1 }]);
    expect(freshness).toMatchObject({ includesReceipt: true, servedFrom: "readModel" });
  });

  test("reads page after page, whichever way the pages come", async () => {
    await selvedge.orders.placeOrder(order("A-2"));
    const refs: string[] = [];
    for await (const row of selvedge.orders.orderBoard.rows({ channel: version, limit: 1 })) {
      refs.push(row.externalRef);
    }
    expect(refs.toSorted()).toEqual(["A-1", "A-2"]);
  });

  test("knows why it is refused", async () => {
    const error = await selvedge.orders.placeOrder(order("A-1")).catch((thrown: unknown) => thrown);
    expect(isSelvedgeError(error)).toBe(true);
    expect(error).toMatchObject({ code: "REFUSED", reason: "external-ref-taken" });
    const bad = await selvedge.orders
      .placeOrder(order("A-3", 0))
      .catch((thrown: unknown) => thrown);
    expect(bad).toMatchObject({ code: "BAD_INPUT" });
  });

  test("says what a decision was based on", async () => {
    const { data, freshness } = await selvedge.stock.sellableAvailability({ sku: version });
    const [row] = data.rows;
    expect(row).toMatchObject({ available: 1 });
    const key = { warehouse: row?.warehouse ?? "", sku: version, grade: row?.grade ?? "" };
    const seen = { readModel: "sellableAvailability", key, columns: { available: 1 } } as const;
    const basedOn = { freshness, facts: [seen] };
    await selvedge.orders.placeOrder(order("A-4"), { basedOn });
    await expect(selvedge.orders.placeOrder(order("A-5"), { basedOn })).rejects.toMatchObject({
      reason: "decision-stale",
    });
  });

  test("asks operations how it stands, and is told nothing that it should know", async () => {
    expect((await selvedge.operations.lag()).readModels.length).toBeGreaterThan(5);
    expect(notices).not.toHaveBeenCalled();
  });
});
