import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  putUpBins,
  releasedWave,
  sellPieces,
  storePieces,
} from "../../../../../../test/harness/waves.ts";

let house: House;
let ask: House["client"]["stock"]["sellableAvailability"];

const eta = (day: number) => `2026-06-0${day}T00:00:00Z`;

/** Five stocks in two warehouses, and one of another house. */
beforeAll(async () => {
  house = await startHouse();
  const { catalogue, stock } = house.client;
  ask = stock.sellableAvailability;
  for (const sku of ["CAP", "TEE"]) await catalogue.registerVariant({ sku });
  await stock.addBatch({ ref: "c1", sku: "CAP", qty: 4 });
  await stock.addBatch({ ref: "t1", sku: "TEE", qty: 5 });
  await stock.addBatch({ ref: "t2", sku: "TEE", qty: 6 });
  await stock.addBatch({ ref: "t3", sku: "TEE", qty: 7, eta: eta(2) });
  await stock.addBatch({ ref: "t4", sku: "TEE", qty: 8, eta: eta(1) });
  await stock.addBatch({ ref: "tb", sku: "TEE", grade: "B", qty: 1 });
  await stock.addBatch({ ref: "tn", sku: "TEE", warehouse: "north", qty: 2 });
  await stock.addBatch({ ref: "cn", sku: "CAP", warehouse: "north", qty: 3, eta: eta(3) });
  await house.sells({ TEE: 5, CAP: 1 });
  await house.sells({ TEE: 8 });
  await house.elsewhere.catalogue.registerVariant({ sku: "TEE" });
  await house.elsewhere.stock.addBatch({ ref: "t1", sku: "TEE", qty: 99 });
});
afterAll(() => house.stop());

const names = (rows: { warehouse: string; sku: string; grade: string }[]) =>
  rows.map(({ warehouse, sku, grade }) => `${warehouse} ${sku} ${grade}`);
const all = ["main CAP N", "main TEE B", "main TEE N", "north CAP N", "north TEE N"];

test("each stock has one row that says what is there, promised and coming", async () => {
  const { data } = await ask({ warehouse: "main", sku: "TEE", grade: "N" });
  expect(data.nextCursor).toBeNull();
  expect(data.rows).toEqual([
    {
      ...{ warehouse: "main", sku: "TEE", grade: "N" },
      ...{ onHand: 11, reserved: 5, available: 6, incoming: 15, incomingReserved: 8 },
      nextEta: expect.stringContaining("2026-06-01T00:00:00"),
      oldestReceivedAt: expect.any(String),
    },
  ]);
});

test("what only comes is not on hand, and what only lies there does not come", async () => {
  const { data: coming } = await ask({ warehouse: "north", sku: "CAP" });
  expect(coming.rows).toMatchObject([
    { onHand: 0, reserved: 0, available: 0, incoming: 3, oldestReceivedAt: null },
  ]);
  const { data: there } = await ask({ warehouse: "north", sku: "TEE" });
  expect(there.rows).toMatchObject([
    { onHand: 2, incoming: 0, incomingReserved: 0, nextEta: null },
  ]);
});

test("the oldest age is that of the first batch that came", async () => {
  const { data } = await ask({ warehouse: "main", sku: "TEE", grade: "N" });
  const [first] = await house.database.query<{ at: Date }>(
    "select received_at as at from selvedge.batch where ref = 't1' and tenant = 'default'",
  );
  expect(Date.parse(data.rows[0]?.oldestReceivedAt ?? "")).toBe(first?.at.getTime());
});

describe("rows are filtered", () => {
  test.each([
    ["by nothing", {}, all],
    ["by warehouse", { warehouse: "north" }, ["north CAP N", "north TEE N"]],
    ["by SKU", { sku: "TEE" }, ["main TEE B", "main TEE N", "north TEE N"]],
    ["by grade", { grade: "B" }, ["main TEE B"]],
    ["by several SKUs", { sku: ["TEE", "CAP", "NONE"] }, all],
    ["by two columns at once", { warehouse: "main", sku: "CAP" }, ["main CAP N"]],
    ["by no value at all", { sku: [] }, []],
    ["by what is not there", { sku: "tee" }, []],
    ["by what looks like SQL", { sku: "' or true --" }, []],
  ])("%s", async (_, filter, expected) => {
    const { data } = await ask(filter);
    expect(names(data.rows)).toEqual(expected);
  });
});

test.each([1, 2, 4, 5, 6])("pages of %i show every row exactly once, in order", async (limit) => {
  const seen = [];
  for await (const row of ask.rows({ limit })) seen.push(row);
  expect(names(seen)).toEqual(all);
});

test("a row that comes between two pages is shown, and none twice", async () => {
  const first = await ask({ limit: 2, sku: ["TEE", "CAP", "BAG", "ZIP"] });
  expect(names(first.data.rows)).toEqual(all.slice(0, 2));
  for (const sku of ["BAG", "ZIP"]) {
    await house.stocks(sku, 1);
  }
  const cursor = first.data.nextCursor ?? "";
  const second = await ask({ cursor, sku: ["TEE", "CAP", "BAG", "ZIP"] });
  // BAG sorts before the first page's end; ZIP after it.
  expect(names(second.data.rows)).toEqual(["main TEE N", "main ZIP N", ...all.slice(3)]);
  await house.database.query("delete from selvedge.batch where sku in ('BAG', 'ZIP')");
});

test("a cursor that is none is not taken", async () => {
  await expect(ask({ cursor: "page-2" })).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("another house sees its own stock only", async () => {
  const { data } = await house.elsewhere.stock.sellableAvailability();
  expect(data.rows).toMatchObject([{ warehouse: "main", sku: "TEE", grade: "N", onHand: 99 }]);
});

test("stock of more pieces than 32 bits can count is counted, and the rest stays fresh", async () => {
  await house.stocks("HUGE", 1_000_000);
  await house.database.query(
    `insert into selvedge.batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
     select tenant, ref || '/' || n, warehouse, sku, grade, qty, 0, received_at
     from selvedge.batch, generate_series(1, 4999) as n where ref = 'HUGE/1'`,
  );
  await house.stocks("TINY", 1);
  const { data } = await ask({ sku: ["HUGE", "TINY"] });
  expect(data.rows.map(({ onHand, available }) => [onHand, available])).toEqual([
    [5_000_000_000, 5_000_000_000],
    [1, 1],
  ]);
});

test("single pieces count beside batches, as long as they are in the house and for sale", async () => {
  await house.stocks("RARE");
  await putUpBins(house.database, "A-1");
  await storePieces(house.database, { sku: "RARE", bin: "A-1" }, "L1", "L2", "L3", "L4");
  await house.client.stock.addBatch({ ref: "rare", sku: "RARE", grade: "B", qty: 4, eta: eta(4) });
  const rare = async () => (await ask({ sku: "RARE" })).data.rows;
  expect(await rare()).toMatchObject([{ onHand: 4, reserved: 0, available: 4, incoming: 4 }]);
  const { orderId } = await sellPieces(house, "RARE", 2);
  expect(await rare()).toMatchObject([{ onHand: 4, reserved: 2, available: 2 }]);
  const { waveId } = await releasedWave(house, orderId);
  await house.client.waves.confirmPick({ waveId, task: 1, scannedLpn: "L1" });
  expect(await rare()).toMatchObject([{ onHand: 4, reserved: 2, available: 2 }]);
  await house.client.waves.reportShortPick({ waveId, task: 2, reason: "bin is empty" });
  expect(await rare()).toMatchObject([{ onHand: 3, reserved: 2, available: 1 }]);
  await house.client.orders.cancelOrder({ orderId, reason: "changed mind" });
  // What was picked is put away anew before it is sold again.
  expect(await rare()).toMatchObject([{ grade: "B", onHand: 2, reserved: 0, available: 2 }]);
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("sellable_availability")).toEqual([
    "tenant, warehouse, sku, grade",
  ]);
  await house.stocks("LAST", 1);
  expect((await ask({ sku: "LAST" })).freshness.includesReceipt).toBe(true);
  expect(await house.differences("sellable_availability")).toEqual([]);
});
