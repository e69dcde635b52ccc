import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { changeLoads, type Load } from "../bins/contract.ts";
import { missPiece, piecesOf, releasePieces, reservePieces } from "../garments/contract.ts";
import { loadAllocations, loadStock, type StockKey, stockKeyText } from "./loading.ts";
import { stockRefusals } from "./refusals.ts";
import { SkuStock } from "./sku-stock.ts";
import type { BatchToAdd, LineToAllocate } from "./wanted.ts";

export { type BatchesCounted, type BatchSeen, countBatches } from "./counting.ts";
export { type PickableLine, pickableLines } from "./picking.ts";

/** An order line that wants stock. */
export type WantedLine = LineToAllocate & StockKey;

/** Where a line's pieces come from: a batch, or single pieces; nowhere if there are too few. */
export interface AllocatedLine {
  readonly line: number;
  readonly batch: string | null;
  readonly lpns: readonly string[];
}

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

/**
 * Allocates the lines of an order whose row the caller holds; a shortage is an answer, no error.
 * What is in the house goes first: batches, then single pieces; then what is still to come.
 */
export async function allocateLines(
  ctx: StockScope,
  lines: readonly WantedLine[],
  order: "new" | "known",
): Promise<AllocatedLine[]> {
  const stock = await loadStock(ctx, lines);
  const reserved = new Map<string, string[]>();
  if (order === "known") {
    for (const orderId of new Set(lines.map((line) => line.orderId))) {
      await loadAllocations(ctx, stock, { orderId });
      for (const { lpn, reservedFor } of await piecesOf(ctx, orderId)) {
        const key = `${orderId}/${reservedFor?.line}`;
        reserved.set(key, [...(reserved.get(key) ?? []), lpn]);
      }
    }
  }
  const answers: AllocatedLine[] = [];
  for (const wanted of lines) {
    const lpns = reserved.get(`${wanted.orderId}/${wanted.line}`) ?? [];
    answers.push(await allocateLine(ctx, stock.get(stockKeyText(wanted)), wanted, lpns));
  }
  return answers;
}

/**
 * A line that has lost its pieces tries for others. The order's row need not be held: who cancels
 * an order looks at what it has only once the stock is theirs.
 */
export function allocateFrom(
  ctx: StockScope,
  ofKey: SkuStock,
  wanted: WantedLine,
): Promise<AllocatedLine> {
  return allocateLine(ctx, ofKey, wanted, []);
}

/**
 * A line whose order's row the caller holds wants fewer pieces: it lets those go that are too many,
 * before they are picked, and tries for stock again if it had to wait for more.
 */
export async function reduceLine(
  ctx: StockScope,
  wanted: WantedLine,
  { by, reason }: { by: number; reason: string },
): Promise<AllocatedLine> {
  const { orderId, line, qty } = wanted;
  const stock = await loadStock(ctx, [wanted]);
  await loadAllocations(ctx, stock, { orderId });
  const ofKey = stock.get(stockKeyText(wanted));
  if (ofKey && ofKey.batchOf(orderId, line) !== null) {
    ctx.record(ofKey.reduce(orderId, line, by, reason));
    return { line, batch: ofKey.batchOf(orderId, line), lpns: [] };
  }
  const pieces = await piecesOf(ctx, orderId, line);
  if (pieces.some(({ status }) => status !== "reserved")) {
    throw stockRefusals.because("line-picked", { orderId, line });
  }
  const released = await releasePieces(ctx, { orderId, line, keep: qty, reason });
  const lpns = pieces.map(({ lpn }) => lpn).slice(0, pieces.length - released.length);
  return qty === 0 ? { line, batch: null, lpns } : allocateLine(ctx, ofKey, wanted, lpns);
}

/** Which batch an order line has its pieces from, with its stock held; null if from none. */
export async function batchOfLine(
  ctx: StockScope,
  { orderId, line, ...key }: StockKey & { orderId: string; line: number },
): Promise<string | null> {
  const stock = await loadStock(ctx, [key]);
  await loadAllocations(ctx, stock, { orderId });
  return stock.get(stockKeyText(key))?.batchOf(orderId, line) ?? null;
}

async function allocateLine(
  ctx: StockScope,
  ofKey: SkuStock | undefined,
  wanted: WantedLine,
  lpns: readonly string[],
  except: string | null = null,
): Promise<AllocatedLine> {
  const { orderId, line, qty } = wanted;
  const fromBatch = (from: "house" | "anywhere") => {
    const event = ofKey?.allocate(wanted, from, except);
    if (event) ctx.record(event);
    return ofKey?.batchOf(orderId, line) ?? null;
  };
  if (lpns.length >= qty) return { line, batch: null, lpns };
  const here = lpns.length > 0 ? null : fromBatch("house");
  if (here !== null) return { line, batch: here, lpns: [] };
  const pieces = await reservePieces(ctx, { ...wanted, qty: qty - lpns.length });
  if (pieces.length > 0) return { line, batch: null, lpns: [...lpns, ...pieces] };
  return { line, batch: lpns.length > 0 ? null : fromBatch("anywhere"), lpns: [] };
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
  const stock = await loadStock(ctx, of);
  for (const { line, ...allocation } of await loadAllocations(ctx, stock, { orderId })) {
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
  return { ...(await allocateLine(ctx, ofKey, missed, [], batch)), missedIn };
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
  const stock = await loadStock(ctx, shipped);
  await loadAllocations(ctx, stock, { orderId: [...new Set(shipped.map((one) => one.orderId))] });
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
  const stock = await loadStock(ctx, [key]);
  await loadAllocations(ctx, stock, { orderId });
  const ofKey = stock.get(stockKeyText(key));
  if (!ofKey) throw stockRefusals.because("line-not-allocated", { orderId, line });
  return ofKey;
}
