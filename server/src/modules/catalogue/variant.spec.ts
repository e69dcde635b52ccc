import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import { Variant, type VariantFacts } from "./variant.ts";

const facts = {
  style: "TEE",
  brand: "Nord",
  colour: "Red",
  size: "M",
  sizeSystem: "INT",
  category: "T-shirt",
  material: "Cotton",
} as const;
const names = Object.keys(facts) as (keyof typeof facts)[];

/** A variant that was registered with these facts, as it stands in the database. */
function aVariant(known: VariantFacts = facts): Variant {
  const none = Object.fromEntries(names.map((name) => [name, null]));
  return Object.assign(Variant.unregistered("t", "TEE-RED-M"), none, known, { version: 1 });
}

test("a SKU that nobody has described yet has no version", () => {
  expect(Variant.unregistered("t", "S")).toMatchObject({ tenant: "t", sku: "S", version: 0 });
});

test("a variant stands in the journal under its SKU", () => {
  expect(aVariant().journalKey()).toEqual({ kind: "Variant", id: "TEE-RED-M" });
});

describe("the first registration", () => {
  test("says all that was stated", () => {
    const { events, it } = given(Variant.unregistered("t", "S"))
      .when((variant) => variant.register(facts))
      .thenHappened("VariantRegistered");
    expect(events[0]?.data).toEqual({ sku: "S", ...facts });
    expect(it).toMatchObject(facts);
  });

  test("may state nothing but the SKU", () => {
    const { events } = given(Variant.unregistered("t", "S"))
      .when((variant) => variant.register({}))
      .thenHappened("VariantRegistered");
    expect(events[0]?.data).toEqual({ sku: "S" });
  });

  test("leaves alone what is stated as undefined", () => {
    const { events } = given(Variant.unregistered("t", "S"))
      .when((variant) => variant.register({ size: "M", colour: undefined }))
      .thenHappened("VariantRegistered");
    expect(events[0]?.data).toEqual({ sku: "S", size: "M" });
  });
});

describe("a second registration", () => {
  test("with the same facts changes nothing", () => {
    given(aVariant())
      .when((variant) => variant.register(facts))
      .thenNothing();
  });

  test("that states nothing changes nothing", () => {
    given(aVariant())
      .when((variant) => variant.register({}))
      .thenNothing();
  });

  test.each(names)("that repeats the %s alone changes nothing", (name) => {
    given(aVariant())
      .when((variant) => variant.register({ [name]: facts[name] }))
      .thenNothing();
  });

  test.each(names)("with another %s is refused, and says what differs", (name) => {
    given(aVariant())
      .when((variant) => variant.register({ ...facts, [name]: "other" }))
      .thenRefused("variant-differs", {
        sku: "TEE-RED-M",
        differs: [{ fact: name, known: facts[name], given: "other" }],
      });
  });

  test.each(names)("that brings the %s adds it, and says only that", (name) => {
    const { [name]: missing, ...known } = facts;
    const { events, it } = given(aVariant(known))
      .when((variant) => variant.register(facts))
      .thenHappened("VariantRegistered");
    expect(events[0]?.data).toEqual({ sku: "TEE-RED-M", [name]: missing });
    expect(it[name]).toBe(missing);
  });

  test("that brings one fact and contradicts another changes neither", () => {
    given(aVariant({ colour: "Red" }))
      .when((variant) => variant.register({ colour: "Blue", size: "M" }))
      .thenRefused("variant-differs");
  });

  test("tells letters of different case apart", () => {
    given(aVariant({ colour: "Red" }))
      .when((variant) => variant.register({ colour: "red" }))
      .thenRefused("variant-differs");
  });
});

const someFacts = fc.record(
  Object.fromEntries(names.map((name) => [name, fc.constantFrom("a", "b")])),
  { requiredKeys: [] },
) as fc.Arbitrary<VariantFacts>;

test("whatever is said of it in whatever order, a fact once known never changes", () => {
  fc.assert(
    fc.property(fc.array(someFacts, { maxLength: 8 }), (registrations) => {
      const variant = Variant.unregistered("t", "S");
      const known: Record<string, unknown> = {};
      for (const stated of registrations) {
        const contradicts = Object.entries(stated).some(
          ([name, value]) => name in known && known[name] !== value,
        );
        const news = Object.keys(stated).some((name) => !(name in known));
        const asked = given(variant).when((it) => it.register(stated));
        if (contradicts) asked.thenRefused("variant-differs");
        else if (variant.version > 0 && !news) asked.thenNothing();
        else {
          asked.thenHappened("VariantRegistered");
          variant.version += 1;
          Object.assign(known, stated);
        }
        expect(variant).toMatchObject(known);
      }
    }),
  );
});
