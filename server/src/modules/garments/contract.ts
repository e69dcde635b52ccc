import type { DomainEvent } from "../../kernel/events.ts";
import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { changeLoads, type Load, loadsOf } from "../bins/contract.ts";
import { Garment } from "./garment.ts";
import type { GarmentToReceive, ReservedFor } from "./garment-facts.ts";
import { garmentsRefusals } from "./refusals.ts";

export { type PieceCount, piecesToCount } from "./counting.ts";

/** What others may ask of garments. */
export type GarmentScope = Pick<CommandScope, "load" | "find" | "record">;

/** A piece as others see it. */
export interface PieceSeen {
  readonly lpn: string;
  readonly warehouse: string;
  readonly sku: string;
  readonly grade: string | null;
  readonly status: string;
  readonly bin: string | null;
  readonly reservedFor: ReservedFor | null;
}

/** What a variant's pieces are asked for: so many, in one grade, for one order line. */
export interface PiecesWanted extends ReservedFor {
  readonly warehouse: string;
  readonly sku: string;
  readonly grade: string;
  readonly qty: number;
}

const longestStoredFirst = { storedAt: "asc", lpn: "asc" } as const;

/**
 * A piece comes in: a new one, or one that the house has shipped for the order line that it now
 * comes back from. Answers which.
 */
export async function receivePiece(
  ctx: GarmentScope,
  facts: GarmentToReceive & { readonly backFrom: ReservedFor | null },
): Promise<"new" | "returned"> {
  const { backFrom, ...piece } = facts;
  const [known] = await ctx.find(Garment, { lpn: piece.lpn });
  if (!known) {
    ctx.record(Garment.receive(piece));
    return "new";
  }
  if (!backFrom || !isFor(known, backFrom)) {
    throw garmentsRefusals.because("lpn-taken", { lpn: piece.lpn, sku: known.sku });
  }
  ctx.record(known.comeBack(piece, piece.at));
  return "returned";
}

/**
 * Reserves pieces for an order line, the longest stored first, unless there are too few: then none.
 * Pieces that another command is about to take are passed over, so that nobody waits.
 */
export async function reservePieces(
  ctx: GarmentScope,
  { warehouse, sku, grade, qty, ...line }: PiecesWanted,
): Promise<string[]> {
  const wanted = { warehouse, sku, grade, status: "stored", disposition: "sell" };
  const holding = { lock: true, skipLocked: true, orderBy: longestStoredFirst } as const;
  let limit = qty;
  let found = await ctx.find(Garment, wanted, { ...holding, limit });
  let sellable = found.filter((one) => one.sellable);
  // Some may be as the database has them, and not as this command has left them.
  while (sellable.length < qty && found.length === limit) {
    limit += qty;
    found = await ctx.find(Garment, wanted, { ...holding, limit });
    sellable = found.filter((one) => one.sellable);
  }
  if (sellable.length < qty) return [];
  const taken = sellable.slice(0, qty);
  for (const garment of taken) ctx.record(garment.reserve(line, null));
  return taken.map(({ lpn }) => lpn);
}

/** The pieces that an order has, or several have, held until the command is over. */
export async function piecesOf(
  ctx: Pick<CommandScope, "find">,
  orderId: string | readonly string[],
  line?: number,
): Promise<PieceSeen[]> {
  const where = line === undefined ? { orderId } : { orderId, orderLine: line };
  return (await holdPieces(ctx, where)).map(seen);
}

/**
 * An order lets its reserved pieces go, but for the first `keep` of a line; what was picked or
 * packed already is put away anew.
 */
export async function releasePieces(
  ctx: GarmentScope,
  of: { orderId: string; line?: number; keep?: number; reason: string },
): Promise<PieceSeen[]> {
  const { orderId, line, keep = 0, reason } = of;
  const where = line === undefined ? { orderId } : { orderId, orderLine: line };
  const released: PieceSeen[] = [];
  for (const garment of (await holdPieces(ctx, where)).filter(isHeld).slice(keep)) {
    ctx.record(garment.status === "reserved" ? garment.release(reason) : garment.unpick(reason));
    released.push(seen(garment));
  }
  return released;
}

/** A picker takes a piece out of its bin, which it answers, for the line that has it. */
export async function pickPiece(
  ctx: GarmentScope,
  lpn: string,
  by: ReservedFor,
): Promise<string | null> {
  const garment = await loadGarment(ctx, lpn);
  const { bin = null } = garment;
  await withLoads(ctx, garment, (it) => it.pick(by));
  return bin;
}

/** A piece cannot be found where it should be; its line has it no longer. */
export async function missPiece(
  ctx: GarmentScope,
  lpn: string,
  reason: string,
): Promise<PieceSeen> {
  const garment = await loadGarment(ctx, lpn);
  const before = seen(garment);
  await withLoads(ctx, garment, (it) => it.miss(null, reason));
  return before;
}

/** Which of some grades pieces have, sold ones included: they may come back. */
export async function gradesOfPieces(
  ctx: Pick<CommandScope, "find">,
  grades: readonly string[],
): Promise<string[]> {
  const used: string[] = [];
  for (const grade of grades) {
    if ((await ctx.find(Garment, { grade }, { limit: 1 })).length > 0) used.push(grade);
  }
  return used;
}

/** A piece goes into a parcel for the line that has it. */
export async function packPiece(
  ctx: GarmentScope,
  lpn: string,
  by: ReservedFor,
  shipmentId: string,
): Promise<PieceSeen> {
  const garment = await loadGarment(ctx, lpn);
  ctx.record(garment.pack(by, shipmentId));
  return seen(garment);
}

/** Packed pieces come out of their parcel again. */
export async function unpackPieces(
  ctx: GarmentScope,
  lpns: readonly string[],
  { shipmentId, reason }: { shipmentId: string; reason: string },
): Promise<void> {
  if (lpns.length === 0) return;
  for (const garment of await holdPieces(ctx, { lpn: [...lpns] })) {
    ctx.record(garment.unpack(shipmentId, reason));
  }
}

/** The carrier takes pieces over. */
export async function shipPieces(
  ctx: GarmentScope,
  lpns: readonly string[],
  shipmentId: string,
): Promise<void> {
  for (const garment of await holdPieces(ctx, { lpn: [...lpns] })) {
    ctx.record(garment.ship(shipmentId));
  }
}

/** The carrier has lost pieces. */
export async function losePieces(
  ctx: GarmentScope,
  lpns: readonly string[],
  { shipmentId, reason }: { shipmentId: string; reason: string },
): Promise<void> {
  for (const garment of await holdPieces(ctx, { lpn: [...lpns] })) {
    // It may have come back before anybody said that it was lost.
    if (garment.status === "shipped") ctx.record(garment.lose(shipmentId, reason));
  }
}

/** Loads a piece, or refuses; commands of several aggregates hold its row. */
export function loadGarment(ctx: Pick<CommandScope, "load">, lpn: string): Promise<Garment> {
  const unknown = () => garmentsRefusals.because("garment-unknown", { lpn });
  return ctx.load(Garment, { lpn }, unknown);
}

/**
 * Does something to a piece, records it, and keeps the bins' books where it moved by that; `kinds`
 * are those of the bin that it may go into.
 */
export async function withLoads(
  ctx: Pick<CommandScope, "find" | "record">,
  garment: Garment,
  act: (it: Garment) => DomainEvent,
  kinds?: Load["kinds"],
): Promise<void> {
  const from = garment.bin ?? null;
  ctx.record(act(garment));
  await changeLoads(ctx, loadsOf(garment.warehouse, { from, to: garment.bin ?? null, kinds }));
}

/** Whether its order has it in the house: what is shipped, or was lost on its way, is gone. */
function isHeld({ status }: Garment): boolean {
  return status === "reserved" || status === "picked" || status === "packed";
}

function isFor({ reservedFor }: Garment, { orderId, line }: ReservedFor): boolean {
  return reservedFor?.orderId === orderId && reservedFor.line === line;
}

function holdPieces(ctx: Pick<CommandScope, "find">, where: object): Promise<Garment[]> {
  return ctx.find(Garment, where, { lock: true, orderBy: { lpn: "asc" } });
}

function seen(garment: Garment): PieceSeen {
  const { lpn, warehouse, sku, status, grade = null, bin = null, reservedFor } = garment;
  return { lpn, warehouse, sku, grade, status, bin, reservedFor };
}
