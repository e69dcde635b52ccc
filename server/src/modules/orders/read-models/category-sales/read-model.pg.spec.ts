import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let ask: House["client"]["orders"]["categorySales"];

/** Shirts, a coat, and something of which the category is not known; one order is cancelled. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.orders.categorySales;
  const { catalogue, orders } = house.client;
  await catalogue.registerVariant({ sku: "TEE", category: "shirt" });
  await catalogue.registerVariant({ sku: "POLO", category: "shirt" });
  await catalogue.registerVariant({ sku: "COAT", category: "coat" });
  await catalogue.registerVariant({ sku: "BARE" });
  await house.sells({ TEE: 2, POLO: 3, COAT: 1 });
  await house.sells({ BARE: 4 });
  const { orderId } = await house.sells({ TEE: 5, COAT: 1 });
  await orders.cancelOrder({ orderId, reason: "changed mind" });
});
afterAll(() => house.stop());

const none = { cancelledLines: 0, cancelledUnits: 0 };

test("lines and pieces count by the category of their variant, cancelled ones too", async () => {
  const { data } = await ask();
  expect(data.rows).toEqual([
    { category: "(none)", lines: 1, units: 4, ...none },
    { category: "coat", lines: 2, units: 2, cancelledLines: 1, cancelledUnits: 1 },
    { category: "shirt", lines: 3, units: 10, cancelledLines: 1, cancelledUnits: 5 },
  ]);
});

test("rows are filtered by category", async () => {
  const of = async (...category: string[]) =>
    (await ask({ category })).data.rows.map((row) => row.category);
  expect(await of("coat", "shoe", "(none)")).toEqual(["(none)", "coat"]);
  expect(await of("Shirt")).toEqual([]);
});

test.each([1, 2, 500])("pages of %i show every row exactly once, in order", async (limit) => {
  const seen: string[] = [];
  for await (const { category } of ask.rows({ limit })) seen.push(category);
  expect(seen).toEqual(["(none)", "coat", "shirt"]);
});

test("another house sees its own sales only", async () => {
  expect((await house.elsewhere.orders.categorySales()).data.rows).toEqual([]);
});

test("pieces may be more than 32 bits can count", { timeout: 90_000 }, async () => {
  const lines = Array.from({ length: 720 }, () => ({ sku: "BARE", qty: 1_000_000 }));
  for (let order = 0; order < 3; order += 1) await house.sells({}, { lines });
  const { data } = await ask({ category: "(none)" });
  expect(data.rows).toMatchObject([{ lines: 2_161, units: 2_160_000_004 }]);
});

test("it is answered as it is asked, with what has just been sold", async () => {
  await house.sells({ COAT: 1 });
  const { data, freshness } = await ask({ category: "coat" });
  expect(data.rows).toMatchObject([{ lines: 3, units: 3 }]);
  expect(freshness).toMatchObject({ servedFrom: "live", includesReceipt: true, lagMs: 0 });
});
