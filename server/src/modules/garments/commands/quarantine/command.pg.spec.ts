import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  binOf,
  expectSoundBooks,
  hasBin,
  hasPieces,
  pieceOf,
  sellsPieces,
} from "../../../../../../test/harness/pieces.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.client.catalogue.registerVariant({ sku: "TEE" });
});
afterAll(() => house.stop());

const reason = "smells of smoke";
const quarantine = (lpn: string) => house.client.garments.quarantine({ lpn, reason });
const typesOf = async (answer: { commandId: string }) =>
  (await house.journalOf(answer)).map(({ id, type }) => `${id} ${type}`);

test("a piece that nobody has is set aside where it lies", async () => {
  await hasBin(house, "A-1");
  await hasPieces(house, { lpn: "FREE", bin: "A-1" });
  const answer = await quarantine("FREE");
  expect(answer.data).toEqual({ lpn: "FREE", freed: null });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Garment", id: "FREE", version: 2, type: "GarmentQuarantined" },
      data: { reason, freed: null },
    },
  ]);
  expect(await pieceOf(house, "FREE")).toMatchObject({ status: "quarantined", bin: "A-1" });
  expect(await binOf(house, "A-1")).toMatchObject({ occupied: 1, countState: "none" });
  const { lines } = await house.sells({}, { lines: [{ sku: "TEE", grade: "A", qty: 1 }] });
  expect(lines).toMatchObject([{ allocated: false }]);
});

describe("an order line that had the piece", () => {
  test("gets another one at once", async () => {
    const orderId = await sellsPieces(house, { sku: "TWO", bin: "T", lpns: ["T-1", "T-2"] });
    const answer = await quarantine("T-1");
    const freed = { orderId, line: 1, batch: null, lpns: ["T-2"] };
    expect(answer.data).toEqual({ lpn: "T-1", freed });
    expect(await typesOf(answer)).toEqual(["T-1 GarmentQuarantined", "T-2 PieceReserved"]);
    expect(await pieceOf(house, "T-1")).toMatchObject({ status: "quarantined", orderId: null });
    expect(await pieceOf(house, "T-2")).toMatchObject({ status: "reserved", orderId });
  });

  test("gets pieces of a batch where there are none of their own", async () => {
    const orderId = await sellsPieces(house, { sku: "LOT", bin: "L", lpns: ["L-1"] });
    await house.client.stock.addBatch({ ref: "LOT/A", sku: "LOT", grade: "A", qty: 3 });
    const { data } = await quarantine("L-1");
    expect(data.freed).toEqual({ orderId, line: 1, batch: "LOT/A", lpns: [] });
  });

  test("waits where there is nothing else", async () => {
    const orderId = await sellsPieces(house, { sku: "ONE", bin: "O", lpns: ["O-1"] });
    const { data } = await quarantine("O-1");
    expect(data.freed).toEqual({ orderId, line: 1, batch: null, lpns: [] });
  });

  test("keeps its other pieces, and takes no batch beside them", async () => {
    const lpns = ["P-1", "P-2", "P-3"];
    const orderId = await sellsPieces(house, { sku: "PAIR", bin: "P", lpns, qty: 2 });
    await house.client.stock.addBatch({ ref: "PAIR/A", sku: "PAIR", grade: "A", qty: 9 });
    const { data } = await quarantine("P-1");
    expect(data.freed).toEqual({ orderId, line: 1, batch: null, lpns: ["P-2", "P-3"] });
    await quarantine("P-2");
    const left = await house.database.query(
      "select batch from selvedge.allocation where batch = $1",
      ["PAIR/A"],
    );
    expect(left).toEqual([]);
    expect(await pieceOf(house, "P-3")).toMatchObject({ status: "reserved", orderId });
  });
});

test("a piece that is set aside again under the same command id is set aside once", async () => {
  await sellsPieces(house, { sku: "AGAIN", bin: "R", lpns: ["R-1", "R-2"] });
  await house.answersOnce((options) =>
    house.client.garments.quarantine({ lpn: "R-1", reason }, options),
  );
});

describe("setting aside is refused", () => {
  test("for a piece that is not here", async () => {
    await house.refuses(() => quarantine("nobody"), "garment-unknown");
  });

  test.each(["quarantined", "picked", "packed", "shipped", "missing", "writtenOff"])(
    "for a piece that is %s",
    async (status) => {
      await hasPieces(house, { lpn: `S ${status}`, status });
      await house.refuses(() => quarantine(`S ${status}`), "garment-status-forbids");
    },
  );
});

test("pieces that are set aside while they are sold are never sold", async () => {
  await house.client.catalogue.registerVariant({ sku: "RACE" });
  await hasBin(house, "RACE", { capacity: 12 });
  const lpns = Array.from({ length: 12 }, (_, i) => `RACE-${i}`);
  await hasPieces(house, ...lpns.map((lpn) => ({ lpn, sku: "RACE", bin: "RACE" })));
  const lines = [{ sku: "RACE", grade: "A", qty: 1 }];
  const all = await Promise.allSettled(
    lpns.flatMap((lpn) => [quarantine(lpn), house.sells({}, { lines })]),
  );
  const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(reasons).toEqual(reasons.map(() => "changed-in-between"));
  const mixed = await house.database.query(
    `select lpn from selvedge.garment
     where sku = 'RACE' and (status = 'reserved') <> (order_id is not null)`,
  );
  expect(mixed).toEqual([]);
});

test("every bin's books are right, and every history is whole", () => expectSoundBooks(house));
