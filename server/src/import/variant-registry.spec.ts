import { expect, test } from "vitest";
import type { VariantFacts } from "./import-client.ts";
import { plannedVariant } from "./plan.ts";
import type { Outcome } from "./send-command.ts";
import { VariantRegistry } from "./variant-registry.ts";

const applied: Outcome<unknown> = { state: "applied", data: {} };

function refused(facts: { code?: string; reason: string; message?: string; details?: unknown }) {
  return {
    state: "refused" as const,
    code: "REFUSED",
    message: "no",
    details: undefined,
    ...facts,
  };
}

function registryAnswering(outcome: Outcome<unknown>) {
  const sent: VariantFacts[] = [];
  const registry = new VariantRegistry(async ({ input }) => {
    sent.push(input);
    return outcome;
  });
  return { sent, ensure: (facts: VariantFacts) => registry.ensure(plannedVariant("m", facts)) };
}

test("a SKU is registered once, however many orders ask for it at once", async () => {
  const { sent, ensure } = registryAnswering(applied);
  const all = await Promise.all(Array.from({ length: 5 }, () => ensure({ sku: "S", size: "M" })));
  expect(all).toEqual(Array(5).fill({ refusal: null, note: null }));
  expect(sent).toEqual([{ sku: "S", size: "M" }]);
});

test("an order does not go ahead before its variant is registered", async () => {
  const order: string[] = [];
  let answer = (_outcome: Outcome<unknown>) => {};
  const registry = new VariantRegistry(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  const first = registry.ensure(plannedVariant("m", { sku: "S" }));
  const second = registry
    .ensure(plannedVariant("m", { sku: "S" }))
    .then(() => order.push("second"));
  order.push("answered");
  answer(applied);
  await Promise.all([first, second]);
  expect(order).toEqual(["answered", "second"]);
});

test("facts that differ from the SKU's first row are noted once and not sent", async () => {
  const { sent, ensure } = registryAnswering(applied);
  await ensure({ sku: "S", size: "M", category: "set" });
  const notes = [
    await ensure({ sku: "S", size: "M", category: "kurta" }),
    await ensure({ sku: "S", size: "M", category: "kurta" }),
  ].map(({ note }) => note);
  expect(notes).toEqual([
    'kept the facts of the SKU\'s first row: category is "set", not "kurta"',
    null,
  ]);
  expect(sent.length).toBe(1);
});

test("a variant that the catalogue knows otherwise is used as the catalogue knows it", async () => {
  const differs = [{ fact: "category", known: "kurta set", given: "set" }];
  const { ensure } = registryAnswering(
    refused({ reason: "variant-differs", details: { differs } }),
  );
  expect([await ensure({ sku: "S" }), await ensure({ sku: "S" })]).toEqual([
    { refusal: null, note: 'kept the catalogue\'s facts: category is "kurta set", not "set"' },
    { refusal: null, note: null },
  ]);
});

test("a registration that an earlier import made with other facts is kept", async () => {
  const { ensure } = registryAnswering(refused({ code: "COMMAND_ID_REUSED", reason: "x" }));
  expect(await ensure({ sku: "S" })).toEqual({
    refusal: null,
    note: "kept the catalogue's facts: an earlier import stated others for this SKU",
  });
});

test("a variant that is refused for another reason is refused to every order", async () => {
  const { ensure } = registryAnswering(
    refused({ code: "BAD_INPUT", reason: "x", message: "sku is too long" }),
  );
  const expected = { refusal: "the variant is refused: sku is too long", note: null };
  expect([await ensure({ sku: "S" }), await ensure({ sku: "S" })]).toEqual([expected, expected]);
});
