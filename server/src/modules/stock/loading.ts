import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { Allocation } from "./allocation.ts";
import { Batch } from "./batch.ts";
import { SkuStock } from "./sku-stock.ts";

/** Which stock: one variant and grade in one warehouse. */
export interface StockKey {
  readonly warehouse: string;
  readonly sku: string;
  readonly grade: string;
}

const inOrder = { warehouse: "asc", sku: "asc", grade: "asc" } as const;

/** Text to find stock under. */
export function stockKeyText({ warehouse, sku, grade }: StockKey): string {
  return JSON.stringify([warehouse, sku, grade]);
}

/**
 * Loads the stock of several keys with its batches, each held until the command is over. Best
 * sellers are wanted by many orders at once: waiting a moment in a fixed order beats running again
 * and again.
 */
export async function loadStock(
  ctx: Pick<CommandScope, "find">,
  keys: readonly StockKey[],
): Promise<Map<string, SkuStock>> {
  if (keys.length === 0) return new Map();
  const distinct = [...new Map(keys.map((key) => [stockKeyText(key), key])).values()];
  const wanted = distinct.map(({ warehouse, sku, grade }) => ({ warehouse, sku, grade }));
  // Sent together; the batches are read once the rows are held.
  const [found, batches] = await Promise.all([
    ctx.find(SkuStock, wanted, { lock: true, orderBy: inOrder }),
    ctx.find(Batch, wanted),
  ]);
  const stock = new Map(found.map((one) => [stockKeyText(one), one]));
  for (const [text, ofKey] of Map.groupBy(batches, stockKeyText)) {
    const one = stock.get(text);
    if (one) one.batches = ofKey;
  }
  return stock;
}

/** Whose allocations are wanted. */
type AllocationsWanted = { orderId: string | readonly string[] } | { batch: string };

/** Loads stock as `loadStock` does, with some of its allocations, read once the rows are held. */
export async function loadAllocated(
  ctx: Pick<CommandScope, "find">,
  keys: readonly StockKey[],
  where: AllocationsWanted,
): Promise<{ stock: Map<string, SkuStock>; allocations: Allocation[] }> {
  const [stock, allocations] = await Promise.all([
    loadStock(ctx, keys),
    findAllocations(ctx, where),
  ]);
  fill(stock, allocations);
  return { stock, allocations };
}

/** Loads allocations into the stock that they are of; call it with the stock's rows held. */
export async function loadAllocations(
  ctx: Pick<CommandScope, "find">,
  stock: ReadonlyMap<string, SkuStock>,
  where: AllocationsWanted,
): Promise<Allocation[]> {
  const allocations = await findAllocations(ctx, where);
  fill(stock, allocations);
  return allocations;
}

function findAllocations(
  ctx: Pick<CommandScope, "find">,
  where: AllocationsWanted,
): Promise<Allocation[]> {
  return ctx.find(Allocation, where, { orderBy: { line: "asc" } });
}

function fill(stock: ReadonlyMap<string, SkuStock>, allocations: readonly Allocation[]): void {
  for (const [text, ofKey] of Map.groupBy(allocations, stockKeyText)) {
    const one = stock.get(text);
    if (one) one.allocations = ofKey;
  }
}
