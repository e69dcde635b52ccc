import type { SeededRandom } from "../seeded-random.ts";
import type { SampleVariant } from "../wardrobe.ts";
import { type SampleStock, stockOf } from "./batches.ts";
import type { SampleBins } from "./bins.ts";
import { type SampleInbound, sellerInbound, supplierInbound } from "./inbounds.ts";
import type { Planning } from "./planning.ts";

/** What comes to the dock, when it comes. */
export interface SampleDeliveries {
  readonly morning: readonly SampleInbound[];
  readonly noon: readonly SampleInbound[];
  readonly evening: readonly SampleInbound[];
  /** Announced last of all: the day is over. */
  readonly tomorrow: SampleInbound;
  readonly pieces: readonly IncomingPiece[];
}

/** A single piece that the dock takes in. */
export interface IncomingPiece {
  readonly lpn: string;
  readonly variant: SampleVariant;
  readonly consignor: string | null;
  /** Whether the graders get to it on this day. */
  readonly isGraded: boolean;
}

interface Facts {
  readonly stocked: readonly SampleVariant[];
  readonly secondHand: readonly SampleVariant[];
  readonly bins: SampleBins;
  readonly random: SeededRandom;
}

/** Plans all that comes in on one day, return parcels apart. */
export function sampleDeliveries(planning: Planning, facts: Facts): SampleDeliveries {
  const stock = stockOf(facts.stocked);
  const sellers = sellerInbounds(planning, facts);
  const { deliveryLines } = planning.size;
  const supplier = (name: string, lines: number, at: number, odd: "none" | "unfinished") =>
    supplierInbound(planning, name, facts.random.some(stock, lines), { ...facts, at, odd });
  return {
    morning: [...supplierInbounds(planning, stock, facts), ...sellers.inbounds],
    noon: [
      supplier("NOON-1", deliveryLines, 4, "none"),
      supplier("NOON-2", deliveryLines / 2, 5, "none"),
    ],
    evening: [supplier("EVENING-1", deliveryLines, 9, "none")],
    tomorrow: supplier("TOMORROW-1", deliveryLines, 1, "none"),
    pieces: sellers.pieces,
  };
}

function supplierInbounds(
  planning: Planning,
  stock: readonly SampleStock[],
  { bins, random }: Facts,
): SampleInbound[] {
  const { suppliers } = planning.size;
  return Array.from({ length: suppliers }, (_none, at) => {
    const odd =
      at === 0 ? "over" : at === 1 ? "under" : at === suppliers - 1 ? "unfinished" : "none";
    const lines = random.some(stock, random.int(4, 6));
    return supplierInbound(planning, `PO-${at + 1}`, lines, { at, odd, bins, random });
  });
}

function sellerInbounds(planning: Planning, { secondHand, random }: Facts) {
  const { sellers, consignors } = planning.size;
  const inbounds: SampleInbound[] = [];
  const pieces: IncomingPiece[] = [];
  for (let at = 0; at < sellers + consignors; at += 1) {
    const isConsigned = at >= sellers;
    const consignor = isConsigned ? `sample-consignor-${at - sellers + 1}` : null;
    const odd = isConsigned ? "none" : oddityOf(at, sellers);
    const variants = random.some(secondHand, random.int(6, 9));
    const firstPlate = pieces.length + 1;
    const name = isConsigned ? `CONSIGNED-${at - sellers + 1}` : `BAG-${at + 1}`;
    const how = { at, odd, consignor, firstPlate, random } as const;
    const one = sellerInbound(planning, name, variants, how);
    inbounds.push(one);
    for (const { lpn, line } of one.pieces) {
      const variant = variants[line - 1];
      if (variant) pieces.push({ lpn, variant, consignor, isGraded: odd !== "unfinished" });
    }
  }
  return { inbounds, pieces };
}

function oddityOf(at: number, sellers: number) {
  if (at === sellers - 1) return "unfinished";
  if (at === sellers - 2) return "absent";
  return at === 0 ? "under" : at === 1 ? "over" : "none";
}
