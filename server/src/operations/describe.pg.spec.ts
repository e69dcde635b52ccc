import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../test/harness/house.ts";

/* What a read model is, how large it is, and who reads it. */

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.stocks("TEE", 5, 3);
  await house.stocks("HAT", 2);
});
afterAll(() => house.stop());

const describeIt = (readModel = "sellableAvailability") =>
  house.client.operations.describe({ readModel });

test("it is told as it is declared", async () => {
  expect(await describeIt("orderBoard")).toMatchObject({
    ...{ readModel: "orderBoard", group: "fulfilment", maintain: "byKey", key: ["orderId"] },
    doc: expect.stringMatching(/^[A-Z].*\.$/),
    columns: expect.arrayContaining(["orderId", "externalRef", "priority"]),
    staleOn: expect.arrayContaining(["sales_order", "order_line"]),
    sql: expect.stringContaining("from sales_order"),
    rows: null,
  });
  await expect(describeIt("nothing")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("its indexes are told, with what they take and how often they were used", async () => {
  const before = await describeIt("orderBoard");
  expect(before.indexes.map(({ columns, isUnique }) => [columns, isUnique])).toEqual(
    expect.arrayContaining([
      ["tenant, order_id", true],
      [expect.stringMatching(/^tenant, status, warehouse, priority DESC, /), false],
    ]),
  );
  const sizes = before.indexes.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(before.bytes.indexes).toBe(sizes);
  await house.sells({ TEE: 1 });
  await house.client.orders.orderBoard({});
  const { rows, notes } = (await describeIt("orderBoard")).bytes;
  expect(rows).toBeGreaterThanOrEqual(8_192);
  expect(notes).toBeGreaterThan(0);
  const used = async () => {
    const { indexes } = await describeIt("orderBoard");
    return indexes.find(({ isUnique }) => isUnique)?.scans ?? 0;
  };
  // PostgreSQL tells of scans a moment after the connection that did them has rested.
  await expect.poll(used).toBeGreaterThan(0);
});

test("once PostgreSQL has looked at it, its rows are told", async () => {
  await house.client.stock.sellableAvailability({});
  await house.database.query("analyze");
  expect((await describeIt()).rows).toBe(2);
});

test("who reads it is counted, by partner and in one's own house alone", async () => {
  const readers = async () =>
    (await describeIt("stockAgeing")).readers.map(({ partner, reads }) => [partner, reads]);
  expect(await readers()).toEqual([]);
  for (let n = 0; n < 3; n += 1) await house.client.stock.stockAgeing({});
  await house.elsewhere.stock.stockAgeing({});
  expect(await readers()).toEqual([[expect.any(String), 3]]);
  await house.client.stock.stockAgeing({});
  const { days, readers: again } = await describeIt("stockAgeing");
  expect([days, again[0]?.reads]).toEqual([30, 4]);
  expect(Date.parse(again[0]?.lastAt ?? "")).toBeGreaterThan(0);
});
