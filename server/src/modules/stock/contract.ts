import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { changeLoads, type Load } from "../bins/contract.ts";
import { missPiece, piecesOf, releasePieces } from "../garments/contract.ts";
import {
  type AllocatedLine,
  allocateLine,
  allocateLines,
  unserved,
  type WantedLine,
} from "./allocating.ts";
import { loadAllocated, loadStock, type StockKey, stockKeyText } from "./loading.ts";
import { stockRefusals } from "./refusals.ts";
import { SkuStock } from "./sku-stock.ts";
import type { BatchToAdd } from "./wanted.ts";

export {
  type AllocatedLine,
  allocateFrom,
  allocateLines,
  reduceLine,
  type WantedLine,
} from "./allocating.ts";
export { type BatchesCounted, type BatchSeen, countBatches } from "./counting.ts";
export { holdSource, type PickableLine, pickableLines } from "./picking.ts";

/** Some pieces of an order line that come from a batch. */
export type BatchPieces = StockKey & {
  readonly orderId: string;
  readonly line: number;
  readonly qty: number;
};

type StockScope = Pick<CommandScope, "load" | "find" | "record">;

/** A batch comes in, into a bin from which it is sold or filled up, if into any. */
export async function receiveBatch(
  ctx: Pick<CommandScope, "tenant" | "find" | "record">,
  key: StockKey,
  batch: BatchToAdd,
  at: Date,
): Promise<void> {
  const stock = (await loadStock(ctx, [key])).get(stockKeyText(key));
  const ofKey = stock ?? SkuStock.empty({ tenant: ctx.tenant, ...key });
  ctx.record(ofKey.addBatch(batch, at));
  const { bin = null, qty: pieces } = batch;
  if (bin === null) return;
  const { warehouse } = key;
  await changeLoads(ctx, [{ warehouse, bin, pieces, kinds: ["pick", "reserve"] }]);
}

/** Which batch an order line has its pieces from, with its stock held; null if from none. */
export async function batchOfLine(
  ctx: StockScope,
  { orderId, line, ...key }: StockKey & { orderId: string; line: number },
): Promise<string | null> {
  const { stock } = await loadAllocated(ctx, [key], { orderId });
  return stock.get(stockKeyText(key))?.batchOf(orderId, line) ?? null;
}

/**
 * Takes back whatever stock the lines of an order have, picked or not; the caller holds the order's
 * row. A batch has kept its place in its bin; single pieces that were picked are put away anew.
 */
export async function releaseLines(
  ctx: StockScope,
  orderId: string,
  of: readonly StockKey[],
  reason: string,
): Promise<void> {
  const { stock, allocations } = await loadAllocated(ctx, of, { orderId });
  for (const { line, ...allocation } of allocations) {
    const ofKey = stock.get(stockKeyText(allocation));
    if (ofKey) ctx.record(ofKey.giveBack(orderId, line, reason));
  }
  await releasePieces(ctx, { orderId, reason });
}

/** A picker has taken a line's pieces out of a batch's bin, which it answers. */
export async function pickFromBatch(ctx: StockScope, picked: BatchPieces): Promise<string | null> {
  const ofKey = await loadLineStock(ctx, picked);
  ctx.record(ofKey.pick(picked.orderId, picked.line));
  const bin = ofKey.binOf(picked.orderId, picked.line);
  // The batch keeps its place; but nothing is taken out of a bin that is being counted.
  if (bin !== null) await changeLoads(ctx, [{ warehouse: picked.warehouse, bin, pieces: 0 }]);
  return bin;
}

/**
 * A line's pieces are not where their batch should be: the line has them no longer, and has others
 * if there are any. Answers where it has them from now, and the bin that did not hold them.
 */
export async function replaceFromBatch(
  ctx: StockScope,
  missed: WantedLine,
  reason: string,
): Promise<AllocatedLine & { readonly missedIn: string | null }> {
  const { orderId, line } = missed;
  const ofKey = await loadLineStock(ctx, missed);
  const batch = ofKey.batchOf(orderId, line);
  const missedIn = ofKey.binOf(orderId, line);
  ctx.record(ofKey.deallocate(orderId, line, reason));
  return { ...(await allocateLine(ctx, ofKey, missed, unserved, batch)), missedIn };
}

/**
 * A single piece of a line is not where it should be: the line has it no longer, and has another
 * if there is one. Answers where it has its pieces from now, and the bin that did not hold it.
 */
export async function replacePiece(
  ctx: StockScope,
  missed: WantedLine,
  { lpn, reason }: { lpn: string; reason: string },
): Promise<AllocatedLine & { readonly missedIn: string | null }> {
  // Stock and pieces are held before the bin.
  await loadStock(ctx, [missed]);
  await piecesOf(ctx, missed.orderId, missed.line);
  const { bin } = await missPiece(ctx, lpn, reason);
  const [now] = await allocateLines(ctx, [missed], "known");
  return { line: missed.line, batch: null, lpns: [], ...now, missedIn: bin };
}

/**
 * Some of a line's picked pieces go into a parcel, or come out of it again. Answers their batch.
 */
export async function packFromBatch(
  ctx: StockScope,
  { orderId, line, qty, ...key }: BatchPieces,
  how: "pack" | "unpack" = "pack",
): Promise<string | null> {
  const ofKey = await loadLineStock(ctx, { ...key, orderId, line });
  ctx.record(ofKey[how](orderId, line, qty));
  return ofKey.batchOf(orderId, line);
}

/** The carrier takes packed pieces of batches: they leave the stock, and their bins have room. */
export async function shipFromBatches(
  ctx: StockScope,
  shipped: readonly BatchPieces[],
): Promise<void> {
  if (shipped.length === 0) return;
  const orderId = [...new Set(shipped.map((one) => one.orderId))];
  const { stock } = await loadAllocated(ctx, shipped, { orderId });
  const loads: Load[] = [];
  for (const { orderId, line, qty, warehouse, ...key } of shipped) {
    const ofKey = stock.get(stockKeyText({ warehouse, ...key }));
    if (!ofKey) throw stockRefusals.because("line-not-allocated", { orderId, line });
    ctx.record(ofKey.ship(orderId, line, qty));
    const bin = ofKey.binOf(orderId, line);
    // They have left it long since; only their place is free from now on.
    if (bin !== null) loads.push({ warehouse, bin, pieces: -qty, what: "books" });
  }
  await changeLoads(ctx, loads);
}

/** Which of some grades there are or were batches of. */
export async function gradesOfStock(
  ctx: Pick<CommandScope, "find">,
  grades: readonly string[],
): Promise<string[]> {
  const found = await ctx.find(SkuStock, { grade: [...grades] });
  return [...new Set(found.map(({ grade }) => grade))];
}

async function loadLineStock(
  ctx: StockScope,
  { orderId, line, ...key }: Omit<BatchPieces, "qty">,
): Promise<SkuStock> {
  const { stock } = await loadAllocated(ctx, [key], { orderId });
  const ofKey = stock.get(stockKeyText(key));
  if (!ofKey) throw stockRefusals.because("line-not-allocated", { orderId, line });
  return ofKey;
}
