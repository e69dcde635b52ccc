import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  expectSoundBooks,
  hasBin,
  hasPieces,
  pieceOf,
} from "../../../../../../test/harness/pieces.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.client.catalogue.registerVariant({ sku: "COAT" });
  await hasBin(house, "A-1", { capacity: 50 });
});
afterAll(() => house.stop());

async function reserved(lpn: string, until?: string): Promise<string> {
  const lines = [{ sku: "COAT", grade: "B", qty: 1 }];
  const { orderId } = await house.sells({}, { lines });
  await hasPieces(house, { lpn, sku: "COAT", grade: "B", bin: "A-1" });
  await house.client.garments.reservePiece({ orderId, line: 1, lpn, ...(until && { until }) });
  return orderId;
}

test("what has run out is freed, the longest ago first, and nothing else", async () => {
  const first = await reserved("L1", "2026-01-01T00:00:00Z");
  await reserved("L2", "2026-01-02T00:00:00Z");
  await reserved("L3", "2200-01-01T00:00:00Z");
  await reserved("L4");
  const answer = await house.answersOnce((options) =>
    house.client.garments.expireReservations({ limit: 1 }, options),
  );
  expect(answer.data).toEqual({ expired: [{ lpn: "L1", orderId: first, line: 1 }], more: true });
  expect(await house.journalOf(answer)).toMatchObject([
    { kind: "Garment", id: "L1", type: "ReservationExpired" },
  ]);
  const { data } = await house.client.garments.expireReservations({});
  expect([data.expired.map(({ lpn }) => lpn), data.more]).toEqual([["L2"], false]);
  expect((await house.client.garments.expireReservations({})).data.expired).toEqual([]);
  for (const lpn of ["L1", "L2"]) {
    expect(await pieceOf(house, lpn)).toMatchObject({ status: "stored", orderId: null });
  }
  for (const lpn of ["L3", "L4"]) {
    expect(await pieceOf(house, lpn)).toMatchObject({ status: "reserved" });
  }
  await expectSoundBooks(house);
});
