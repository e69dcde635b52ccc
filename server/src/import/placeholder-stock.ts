import type { FactSender } from "./fact-sender.ts";

const quantityMax = 1_000_000;

/**
 * Where a source does not tell what was ordered, everything is one variant that the mapping names,
 * of which there is as much as the file has rows: one batch, before the first order. Answers how
 * many pieces that are; none where the mapping assumes no stock, or the file says what was ordered.
 */
export async function stockPlaceholder(facts: FactSender, rows: number): Promise<number> {
  const { constants, whenStockMissing } = facts.mapping;
  const { sku, qty: each = 1, warehouse } = constants;
  if (sku === undefined || whenStockMissing !== "assume-batch" || rows === 0) return 0;

  await facts.send("registerVariant", [sku], ({ catalogue }, options) =>
    catalogue.registerVariant({ sku }, options),
  );
  const qty = Math.min(rows * each, quantityMax);
  // A longer file has more of it: its own batch, beside that of the shorter one.
  const ref = facts.keyFor("assumed", sku, String(qty));
  const outcome = await facts.send("addBatch", [ref], ({ stock }, options) =>
    stock.addBatch({ ref, sku, qty, ...(warehouse ? { warehouse } : {}) }, options),
  );
  return outcome.state === "refused" ? 0 : qty;
}
