import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const facts = { style: "TEE", colour: "Red", size: "M", sizeSystem: "INT" };

test("a variant is registered with its facts, and the journal says so", async () => {
  const answer = await house.client.catalogue.registerVariant({ sku: "NEW", ...facts });
  expect(answer.data).toEqual({ sku: "NEW", registered: true });
  expect(await house.journalOf(answer)).toEqual([
    {
      kind: "Variant",
      id: "NEW",
      version: 1,
      type: "VariantRegistered",
      data: { sku: "NEW", ...facts },
    },
  ]);
  expect(await stored("NEW")).toEqual([
    { ...facts, brand: null, category: null, material: null, version: 1 },
  ]);
});

test("saying the same again changes nothing and says so", async () => {
  await house.client.catalogue.registerVariant({ sku: "SAME", ...facts });
  const again = await house.client.catalogue.registerVariant({ sku: "SAME", ...facts });
  expect(again.data).toEqual({ sku: "SAME", registered: false });
  expect(again.repeated).toBe(false);
  expect(await house.journalOf(again)).toEqual([]);
});

test("facts that were not stated before are added as the next version", async () => {
  await house.client.catalogue.registerVariant({ sku: "MORE", colour: "Red" });
  const more = await house.client.catalogue.registerVariant({ sku: "MORE", brand: "Nord" });
  expect(more.data.registered).toBe(true);
  const data = { sku: "MORE", brand: "Nord" };
  expect(await house.journalOf(more)).toMatchObject([{ version: 2, data }]);
  expect(await stored("MORE")).toMatchObject([{ colour: "Red", brand: "Nord", version: 2 }]);
});

test("other facts are refused, with what differs", async () => {
  await house.client.catalogue.registerVariant({ sku: "OTHER", colour: "Red" });
  const error = await house.refuses(
    () => house.client.catalogue.registerVariant({ sku: "OTHER", colour: "Blue", size: "M" }),
    "variant-differs",
  );
  expect(error).toMatchObject({ kind: "conflict", retryable: false });
  expect(error.details).toEqual({
    sku: "OTHER",
    differs: [{ fact: "colour", known: "Red", given: "Blue" }],
  });
});

test("a registration that is sent again is applied once", async () => {
  const { data } = await house.answersOnce((options) =>
    house.client.catalogue.registerVariant({ sku: "AGAIN", ...facts }, options),
  );
  expect(data.registered).toBe(true);
});

test("sixteen who register one variant at once all succeed, and one of them did it", async () => {
  const all = await Promise.all(
    Array.from({ length: 16 }, () =>
      house.client.catalogue.registerVariant({ sku: "RACE", ...facts }),
    ),
  );
  expect(all.filter(({ data }) => data.registered).length).toBe(1);
  expect(await stored("RACE")).toMatchObject([{ version: 1 }]);
});

test("five who add different facts at once lose none of them", async () => {
  const stated = Object.entries({ ...facts, brand: "Nord" });
  expect(stated.length).toBe(5);
  await Promise.all(
    stated.map(([name, value]) =>
      house.client.catalogue.registerVariant({ sku: "PARTS", [name]: value }),
    ),
  );
  expect(await stored("PARTS")).toMatchObject([{ ...Object.fromEntries(stated), version: 5 }]);
});

test("what one house registers, another may register otherwise", async () => {
  await house.client.catalogue.registerVariant({ sku: "APART", colour: "Red" });
  const there = await house.elsewhere.catalogue.registerVariant({ sku: "APART", colour: "Blue" });
  expect(there.data.registered).toBe(true);
  const rows = await house.database.query(
    "select tenant, colour from selvedge.variant where sku = 'APART' order by tenant",
  );
  expect(rows).toEqual([
    { tenant: "default", colour: "Red" },
    { tenant: "elsewhere", colour: "Blue" },
  ]);
});

test("text in any script is kept as it was given", async () => {
  const sku = "Größe/中文/👕/'\"\\%_";
  await house.client.catalogue.registerVariant({ sku, colour: "  blassrosa  " });
  expect(await stored(sku)).toMatchObject([{ colour: "  blassrosa  " }]);
  const again = await house.client.catalogue.registerVariant({ sku, colour: "  blassrosa  " });
  expect(again.data).toEqual({ sku, registered: false });
});

test.each([
  ["no SKU at all", {}],
  ["an empty SKU", { sku: "" }],
  ["a SKU with a blank at its end", { sku: "TEE " }],
  ["a SKU of 101 characters", { sku: "x".repeat(101) }],
  ["half a character in a fact", { sku: "BAD", colour: "\ud83d" }],
  ["a control character in a fact", { sku: "BAD", colour: "a\u0000b" }],
  ["an empty fact", { sku: "BAD", colour: "" }],
  ["a tenant", { sku: "BAD", tenant: "elsewhere" }],
  ["a fact that no variant has", { sku: "BAD", weight: "1" }],
])("input with %s is not taken", async (_, input) => {
  const call = house.client.catalogue.registerVariant(input as { sku: string });
  await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
  expect(await stored("BAD")).toEqual([]);
});

test("every variant's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});

function stored(sku: string) {
  return house.database.query(
    `select style, brand, colour, size, size_system as "sizeSystem", category, material, version
     from selvedge.variant where sku = $1`,
    [sku],
  );
}
