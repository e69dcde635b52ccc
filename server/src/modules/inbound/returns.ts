import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { type ShippedPieces, shippedOf } from "../shipments/contract.ts";
import { Inbound } from "./inbound.ts";
import { InboundLine } from "./inbound-line.ts";
import { inboundRefusals } from "./refusals.ts";

/** Pieces of an order line that are to come back. */
interface ToReturn {
  readonly orderLine: number | null;
  readonly sku: string;
  readonly qty: number;
}

type Reading = Pick<CommandScope, "find">;

const dayMs = 86_400_000;

/**
 * Refuses unless so many pieces of an order's lines were shipped, lately enough, and do not come
 * back already. The caller holds the order's row, so that no two returns count on the same pieces.
 */
export async function requireReturnable(
  ctx: Reading,
  { orderId, lines }: { orderId: string; lines: readonly ToReturn[] },
  { at, windowDays }: { at: Date; windowDays: number },
): Promise<void> {
  const [gone, announced] = await Promise.all([shippedOf(ctx, orderId), announcedOf(ctx, orderId)]);
  const shipped = gone.filter(({ status }) => status !== "lost");
  const inTime = ({ handedOverAt }: ShippedPieces) =>
    at.getTime() - handedOverAt.getTime() <= windowDays * dayMs;
  for (const { orderLine, sku, qty } of together(lines)) {
    const ofLine = shipped.filter((one) => one.line === orderLine && one.sku === sku);
    const left = piecesOf(ofLine) - (announced.get(orderLine) ?? 0);
    const details = { orderId, orderLine, sku, qty };
    if (qty > left) {
      throw inboundRefusals.because("more-than-shipped", { ...details, left: Math.max(left, 0) });
    }
    const leftInTime = Math.min(left, piecesOf(ofLine.filter(inTime)));
    if (qty > leftInTime) {
      throw inboundRefusals.because("return-window-over", { ...details, leftInTime, windowDays });
    }
  }
}

/**
 * How many pieces of a return's line may still come back without the licence plates that they were
 * shipped under: those of batches. Where nothing is returned, as many as like.
 */
export async function leftWithoutPlate(
  ctx: Reading,
  { id, orderId = null }: Inbound,
  { orderLine = null, received }: InboundLine,
): Promise<number> {
  if (orderId === null || orderLine === null) return Number.POSITIVE_INFINITY;
  const [shipped, inbounds] = await Promise.all([
    shippedOf(ctx, orderId),
    ctx.find(Inbound, { orderId }),
  ]);
  const fromBatch = shipped.filter(({ line, batch }) => line === orderLine && batch !== null);
  const inboundId = inbounds.flatMap((one) => (one.id === id ? [] : [one.id]));
  const back = (await ctx.find(InboundLine, { inboundId, orderLine })).map((one) => one.received);
  return piecesOf(fromBatch) - back.reduce((sum, one) => sum + one, received);
}

/** Refuses more pieces than may still come back without a licence plate. */
export function requireLeft(left: number, { line, qty }: { line: number; qty: number }): void {
  if (qty <= left) return;
  throw inboundRefusals.because("piece-not-shipped", { line, qty, left: Math.max(left, 0) });
}

/** How many pieces of each line of an order come back, or have; what never came is not counted. */
async function announcedOf(ctx: Reading, orderId: string): Promise<Map<number | null, number>> {
  const inbounds = await ctx.find(Inbound, { orderId });
  const closed = new Set(inbounds.filter(({ status }) => status === "closed").map(({ id }) => id));
  const lines = await ctx.find(InboundLine, { inboundId: inbounds.map(({ id }) => id) });
  const announced = new Map<number | null, number>();
  for (const { inboundId, orderLine = null, expected, received } of lines) {
    const pieces = closed.has(inboundId) ? received : Math.max(expected, received);
    announced.set(orderLine, (announced.get(orderLine) ?? 0) + pieces);
  }
  return announced;
}

/** One order line may stand on several lines of a return. */
function together(lines: readonly ToReturn[]): ToReturn[] {
  const byLine = Map.groupBy(lines, ({ orderLine, sku }) => JSON.stringify([orderLine, sku]));
  return [...byLine.values()].flatMap(([first, ...more]) =>
    first ? [{ ...first, qty: piecesOf([first, ...more]) }] : [],
  );
}

function piecesOf(all: readonly { readonly qty: number }[]): number {
  return all.reduce((sum, { qty }) => sum + qty, 0);
}
