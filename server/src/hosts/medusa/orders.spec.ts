import { describe, expect, test } from "vitest";
import { type Item, orderOf } from "./orders.ts";
import { variantOf } from "./variants.ts";

const item = (id: string, quantity: number, more: Partial<Item> = {}): Item => ({
  id,
  detail: { quantity },
  ...more,
});

const order = (...items: Item[]) => ({ id: "order_1", created_at: "2026-03-02T10:00:00Z", items });

describe("an order of Medusa", () => {
  test("has its items as lines, in the order in which they were made", () => {
    const placing = orderOf(
      order(
        item("ordli_2", 1, { variant: { id: "v2", sku: "TEE-L" }, unit_price: 29.9 }),
        item("ordli_1", 2, { variant: { id: "v1", sku: "TEE-M" }, unit_price: 19.99 }),
      ),
      "medusa",
    );
    expect(placing).toEqual({
      channel: "medusa",
      externalRef: "order_1",
      orderedAt: "2026-03-02T10:00:00.000Z",
      lines: [
        { sku: "TEE-M", qty: 2, priceCents: 1_999 },
        { sku: "TEE-L", qty: 1, priceCents: 2_990 },
      ],
    });
  });

  test("goes by the variant's SKU as it is now, else as it was sold, else not at all", () => {
    const placing = orderOf(
      order(
        item("ordli_1", 1, { variant: { id: "v1", sku: "NEW" }, variant_sku: "OLD" }),
        item("ordli_2", 1, { variant: null, variant_sku: "GONE" }),
        item("ordli_3", 1, { variant: { id: "v3", sku: null } }),
      ),
      "medusa",
    );
    expect(placing?.lines.map(({ sku }) => sku)).toEqual(["NEW", "GONE"]);
  });

  test("is no order of ours once it is cancelled", () => {
    const cancelled = { ...order(item("ordli_1", 1, { variant_sku: "TEE" })), status: "canceled" };
    expect(orderOf(cancelled, "medusa")).toBeUndefined();
    expect(orderOf({ ...cancelled, status: "pending" }, "medusa")?.lines).toHaveLength(1);
  });

  test("is no order of ours where nothing in it has a SKU", () => {
    expect(orderOf(order(item("ordli_1", 1)), "medusa")).toBeUndefined();
  });
});

describe("a variant of Medusa", () => {
  const options = (...titled: [string, string][]) =>
    titled.map(([title, value]) => ({ value, option: { title } }));

  test("is known by its SKU, its options and its product", () => {
    const product = {
      handle: "tee",
      material: "cotton",
      type: { value: "T-shirt" },
    };
    const sized = options(["Size", "M"], ["COLOR", "Red"], ["Fit", "slim"]);
    expect(variantOf({ id: "v1", sku: "TEE-M", options: sized, product })).toEqual({
      ...{ sku: "TEE-M", style: "tee", size: "M", colour: "Red" },
      ...{ category: "T-shirt", material: "cotton" },
    });
  });

  test("may have a material of its own, and know nothing else", () => {
    const product = { material: "cotton" };
    expect(variantOf({ id: "v1", sku: "TEE-M", material: "wool", product })).toEqual({
      ...{ sku: "TEE-M", material: "wool" },
    });
  });

  test("without a SKU is none of ours", () => {
    expect(variantOf({ id: "v1", sku: null })).toBeUndefined();
  });
});
