import type { DomainEvent } from "../../kernel/events.ts";
import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { allocateAgain, holdOrders, type LineAgain } from "../orders/contract.ts";
import { cancelTaskOfPiece } from "../waves/contract.ts";
import { loadGarment } from "./contract.ts";
import type { Garment } from "./garment.ts";

/** A piece after something was done to it, and the order line that lost it by that, if one did. */
export interface Freed {
  readonly garment: Garment;
  /** The bin in which it lay before. */
  readonly from: string | null;
  /** What that line has now. */
  readonly freed: LineAgain | null;
}

/**
 * Does something to a piece that takes it from the order line which has it. That line tries for
 * stock again at once. The order is held before stock and pieces are; whether the piece is still
 * that order's is guarded by the piece's version.
 */
export async function freePiece(
  ctx: Pick<CommandScope, "load" | "find" | "record">,
  lpn: string,
  act: (it: Garment) => DomainEvent,
): Promise<Freed> {
  const garment = await loadGarment(ctx, lpn);
  const { reservedFor, bin: from = null } = garment;
  const lines = reservedFor ? [reservedFor] : [];
  const orders = await holdOrders(
    ctx,
    lines.map(({ orderId }) => orderId),
  );
  ctx.record(act(garment));
  const [freed = null] = await allocateAgain(ctx, orders, lines);
  if (reservedFor) await cancelTaskOfPiece(ctx, lpn, "its line has lost this piece");
  return { garment, from, freed };
}
