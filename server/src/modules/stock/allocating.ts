import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { piecesBack, piecesOf, releasePieces, reservePieces } from "../garments/contract.ts";
import { loadAllocated, loadStock, type StockKey, stockKeyText } from "./loading.ts";
import { stockRefusals } from "./refusals.ts";
import type { SkuStock } from "./sku-stock.ts";
import type { LineToAllocate } from "./wanted.ts";

type StockScope = Pick<CommandScope, "load" | "find" | "record">;

/** An order line that wants stock. */
export type WantedLine = LineToAllocate & StockKey;

/** Where a line's pieces come from: a batch, or single pieces; nowhere if there are too few. */
export interface AllocatedLine {
  readonly line: number;
  readonly batch: string | null;
  readonly lpns: readonly string[];
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
  const { stock, served } =
    order === "known"
      ? await loadServed(ctx, lines)
      : { stock: await loadStock(ctx, lines), served: new Map<string, Served>() };
  const answers: AllocatedLine[] = [];
  for (const wanted of lines) {
    const has = served.get(lineKey(wanted));
    answers.push(await allocateLine(ctx, stock.get(stockKeyText(wanted)), wanted, has));
  }
  return answers;
}

/** The single pieces that a line has, and how many it had that have come back. */
export interface Served {
  readonly lpns: readonly string[];
  readonly back: number;
}

/** A line that has no pieces yet. */
export const unserved: Served = { lpns: [], back: 0 };

/** The stock of lines, what their orders have of it, and the single pieces that those have. */
async function loadServed(ctx: StockScope, lines: readonly WantedLine[]) {
  const orderIds = [...new Set(lines.map(({ orderId }) => orderId))];
  const [{ stock }, pieces] = await Promise.all([
    loadAllocated(ctx, lines, { orderId: orderIds }),
    piecesOf(ctx, orderIds),
  ]);
  const back = Map.groupBy(await piecesBack(ctx, orderIds, pieces), lineKey);
  const had = Map.groupBy(pieces, ({ reservedFor }) => reservedFor && lineKey(reservedFor));
  const served = new Map<string, Served>();
  for (const wanted of lines) {
    const key = lineKey(wanted);
    const lpns = (had.get(key) ?? []).map(({ lpn }) => lpn);
    served.set(key, { lpns, back: back.get(key)?.length ?? 0 });
  }
  return { stock, served };
}

function lineKey({ orderId, line }: { readonly orderId: string; readonly line: number }): string {
  return `${orderId}/${line}`;
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
  return allocateLine(ctx, ofKey, wanted);
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
  const { stock } = await loadAllocated(ctx, [wanted], { orderId });
  const ofKey = stock.get(stockKeyText(wanted));
  if (ofKey && ofKey.batchOf(orderId, line) !== null) {
    ctx.record(ofKey.reduce(orderId, line, by, reason));
    return { line, batch: ofKey.batchOf(orderId, line), lpns: [] };
  }
  const pieces = await piecesOf(ctx, orderId, line);
  const back = (await piecesBack(ctx, [orderId], pieces)).filter((of) => of.line === line).length;
  // What was sent and has come back is the line's all the same.
  if (qty < back || pieces.some(({ status }) => status !== "reserved")) {
    throw stockRefusals.because("line-picked", { orderId, line });
  }
  const released = await releasePieces(ctx, { orderId, line, keep: qty - back, reason });
  const lpns = pieces.map(({ lpn }) => lpn).slice(0, pieces.length - released.length);
  if (qty === 0) return { line, batch: null, lpns };
  return allocateLine(ctx, ofKey, wanted, { lpns, back });
}

/** Gives a line what there is for it: a batch, or single pieces; in the house before incoming. */
export async function allocateLine(
  ctx: StockScope,
  ofKey: SkuStock | undefined,
  wanted: WantedLine,
  { lpns, back }: Served = unserved,
  except: string | null = null,
): Promise<AllocatedLine> {
  const { orderId, line } = wanted;
  const qty = wanted.qty - lpns.length - back;
  // A line has its pieces from one batch, or piece by piece.
  const piecewise = qty < wanted.qty;
  const fromBatch = (from: "house" | "anywhere") => {
    const event = ofKey?.allocate(wanted, from, except);
    if (event) ctx.record(event);
    return ofKey?.batchOf(orderId, line) ?? null;
  };
  if (qty <= 0) return { line, batch: null, lpns };
  const here = piecewise ? null : fromBatch("house");
  if (here !== null) return { line, batch: here, lpns: [] };
  const pieces = await reservePieces(ctx, { ...wanted, qty });
  if (pieces.length > 0) return { line, batch: null, lpns: [...lpns, ...pieces] };
  return { line, batch: piecewise ? null : fromBatch("anywhere"), lpns: [] };
}
