import type { JournalEntriesRow } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let ask: House["client"]["journal"]["journalEntries"];
let sold: Awaited<ReturnType<House["sells"]>>;
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.journal.journalEntries;
  await house.stocks("TEE", 10);
  sold = await house.sells({ TEE: 2 });
  await house.elsewhere.catalogue.registerVariant({ sku: "CAP" });
});
afterAll(() => house.stop());

const told = (rows: readonly JournalEntriesRow[]) => rows.map(({ kind, type }) => [kind, type]);

test("events are told the newest first, each with its thing, its command and its data", async () => {
  const { data, freshness } = await ask();
  const written = await house.journalOf(sold);
  expect(told(data.rows).slice(0, written.length)).toEqual(told(written as never).reverse());
  expect(told(data.rows).at(-1)).toEqual(["Variant", "VariantRegistered"]);
  expect(data.rows.find(({ kind }) => kind === "Order")).toMatchObject({
    ...{ id: sold.orderId, version: 1, type: "OrderPlaced", procedure: "orders.placeOrder" },
    ...{ commandId: sold.commandId, partner: "spec", actor: "spec" },
    data: expect.objectContaining({ channel: "shop" }),
  });
  expect(freshness).toMatchObject({ servedFrom: "live", lagMs: 0 });
});

test.each([1, 2, 3])("pages of %i tell everything exactly once, in order", async (limit) => {
  const rows: JournalEntriesRow[] = [];
  for await (const row of ask.rows({ limit })) rows.push(row);
  expect(rows).toEqual((await ask()).data.rows);
});

test("another house sees what happened in it alone", async () => {
  const { data } = await house.elsewhere.journal.journalEntries();
  expect(told(data.rows)).toEqual([["Variant", "VariantRegistered"]]);
});
