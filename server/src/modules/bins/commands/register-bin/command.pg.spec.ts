import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const facts = { zone: "A", pickSequence: 13, kind: "pick", capacity: 40 } as const;

function stored(code: string) {
  return house.database.query(
    `select tenant, warehouse, zone, pick_sequence as "pickSequence", kind, capacity, occupied,
       count_state as "countState", version
     from selvedge.bin where code = $1 order by tenant, warehouse`,
    [code],
  );
}
const fresh = { tenant: "default", warehouse: "main", ...facts };
const empty = { occupied: 0, countState: "none", version: 1 };

test("a bin is registered with its facts, and the journal says so", async () => {
  const answer = await house.client.bins.registerBin({ code: "A-1", ...facts });
  expect(answer.data).toEqual({ warehouse: "main", code: "A-1", registered: true });
  expect(await house.journalOf(answer)).toEqual([
    { kind: "Bin", id: "main/A-1", version: 1, type: "BinRegistered", data: facts },
  ]);
  expect(await stored("A-1")).toEqual([{ ...fresh, ...empty }]);
});

test("saying the same again changes nothing and says so", async () => {
  await house.client.bins.registerBin({ code: "SAME", ...facts });
  const again = await house.client.bins.registerBin({ code: "SAME", ...facts });
  expect(again.data).toMatchObject({ registered: false });
  expect(await house.journalOf(again)).toEqual([]);
});

test("a registration that is sent again is applied once", async () => {
  const { data } = await house.answersOnce((options) =>
    house.client.bins.registerBin({ code: "AGAIN", ...facts }, options),
  );
  expect(data.registered).toBe(true);
});

test("other facts are refused, with what differs", async () => {
  await house.client.bins.registerBin({ code: "OTHER", ...facts });
  const error = await house.refuses(
    () => house.client.bins.registerBin({ code: "OTHER", ...facts, kind: "pack", capacity: 9 }),
    "bin-differs",
  );
  expect(error.kind).toBe("conflict");
  expect(error.details).toEqual({
    bin: "OTHER",
    differs: [
      { fact: "kind", known: "pick", given: "pack" },
      { fact: "capacity", known: 40, given: 9 },
    ],
  });
});

test("sixteen who register one bin at once all succeed, and one of them did it", async () => {
  const all = await Promise.all(
    Array.from({ length: 16 }, () => house.client.bins.registerBin({ code: "RACE", ...facts })),
  );
  expect(all.filter(({ data }) => data.registered).length).toBe(1);
  expect(await stored("RACE")).toMatchObject([{ version: 1 }]);
});

test("each warehouse and each house has bins of its own", async () => {
  await house.client.bins.registerBin({ code: "APART", ...facts });
  await house.client.bins.registerBin({ code: "APART", ...facts, zone: "B", warehouse: "north" });
  await house.elsewhere.bins.registerBin({ code: "APART", ...facts, zone: "C" });
  expect(await stored("APART")).toEqual([
    { ...fresh, ...empty },
    { ...fresh, ...empty, warehouse: "north", zone: "B" },
    { ...fresh, ...empty, tenant: "elsewhere", zone: "C" },
  ]);
});

test.each([
  { code: "" },
  { code: "A " },
  { capacity: 0 },
  { capacity: 1_000_001 },
  { pickSequence: -1 },
  { pickSequence: 1.5 },
  { kind: "floor" },
  { occupied: 3 },
])("input with %o is not taken", async (odd) => {
  const input = { code: "BAD", ...facts, ...odd } as { code: string } & typeof facts;
  await expect(house.client.bins.registerBin(input)).rejects.toMatchObject({ code: "BAD_INPUT" });
  expect(await stored("BAD")).toEqual([]);
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
