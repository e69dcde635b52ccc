import type { InputOf } from "../sample-day-client.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { SampleVariant } from "../wardrobe.ts";
import type { SampleStock } from "./batches.ts";
import type { SampleBins } from "./bins.ts";
import { people, turn } from "./people.ts";
import type { Planning, SampleCommand } from "./planning.ts";

/** Pieces that come in, from the announcement to the last one: who sends them, and what comes. */
export interface SampleInbound {
  readonly ref: string;
  readonly announcement: SampleCommand<"inbound.announceInbound">;
  readonly pieces: readonly SampleReceipt<"inbound.receivePiece">[];
  readonly lots: readonly SampleLot[];
  /** How what came differs from what was announced; null where the inbound stays open. */
  readonly discrepancies: InputOf<"inbound.closeInbound">["discrepancies"] | null;
}

/** Pieces that come in; the inbound's id is known once it was announced. */
export type SampleReceipt<Path extends "inbound.receivePiece" | "inbound.receiveLot"> = Omit<
  InputOf<Path>,
  "inboundId"
>;

/** A lot, and the bin into which it is put away. */
export interface SampleLot {
  readonly receipt: SampleReceipt<"inbound.receiveLot">;
  readonly toBin: string;
}

type Line = InputOf<"inbound.announceInbound">["lines"][number];
type Planned = Omit<SampleInbound, "ref" | "announcement" | "discrepancies"> & {
  readonly lines: readonly Line[];
};

const supplierNames = ["sample-mill", "sample-overstock", "sample-atelier"] as const;

/** How an inbound differs from what was announced. */
type Oddity = "none" | "over" | "under" | "unfinished" | "absent";

/** Lots that a supplier sends; the odd thing about it is about its last line. */
export function supplierInbound(
  planning: Planning,
  name: string,
  stock: readonly SampleStock[],
  { at, odd, bins, random }: { at: number; odd: Oddity; bins: SampleBins; random: SeededRandom },
): SampleInbound {
  const { label } = planning;
  const lines = stock.map(({ sku, grade }) => ({ sku, grade, qty: random.int(6, 16) }));
  const lots = lines.flatMap(({ grade, qty }, i): SampleLot[] => {
    const line = i + 1;
    const isOdd = line === lines.length;
    if (isOdd && odd === "unfinished") return [];
    const came = !isOdd ? qty : odd === "over" ? qty + 2 : odd === "under" ? qty - 3 : qty;
    // What is too much for one carton comes in two.
    const first = came > 12 ? 8 : came;
    return [first, came - first]
      .filter((pieces) => pieces > 0)
      .map((pieces, part, all) => ({
        receipt: {
          ...{ line, batchRef: `sample/${label}/${name}/${line}/${part + 1}` },
          ...{ qty: pieces, grade },
          ...(isOdd &&
            odd === "over" &&
            part === all.length - 1 && { overReason: "sent as a gift" }),
        },
        toBin: turn(part === 0 ? bins.lots : bins.reserve, at + i),
      }));
  });
  const planned = { lines, lots: odd === "absent" ? [] : lots, pieces: [] };
  const source = turn(supplierNames, at);
  const short = [{ line: lines.length, reason: "the last carton was not full" }];
  return inbound(planning, { name, source, kind: "supplier", at, odd, short, planned });
}

/** Clothes that a person sends in, each of them one of its kind. */
export function sellerInbound(
  planning: Planning,
  name: string,
  variants: readonly SampleVariant[],
  { at, odd, consignor, firstPlate, random }: SellerFacts,
): SampleInbound {
  const lines = variants.map(({ facts: { sku } }) => ({ sku, qty: random.chance(0.2) ? 2 : 1 }));
  const plate = (nth: number) => plateOf(planning, firstPlate + nth);
  const pieces = lines
    .flatMap(({ qty }, i) => Array.from({ length: qty }, () => i + 1))
    .map((line, nth) => ({ line, lpn: plate(nth), ...(consignor !== null && { consignor }) }));
  const last = lines.length;
  const extra = { line: last, lpn: plate(pieces.length), overReason: "was in the same bag" };
  const came = {
    ...{ none: pieces, over: [...pieces, extra], under: pieces.slice(0, -1) },
    ...{ unfinished: pieces, absent: [] },
  }[odd];
  const short = [{ line: last, reason: "not in the bag" }];
  const planned = { lines, lots: [], pieces: came };
  const source = consignor ?? `sample-seller-${at + 1}`;
  return inbound(planning, { name, source, kind: "seller", at, odd, short, planned });
}

/** The licence plate with this number. */
export function plateOf({ label }: Pick<Planning, "label">, number: number): string {
  return `SMP-${label}-${String(number).padStart(4, "0")}`;
}

interface SellerFacts {
  readonly at: number;
  readonly odd: Oddity;
  /** Whose the pieces stay until they are sold; null where the house buys them. */
  readonly consignor: string | null;
  readonly firstPlate: number;
  readonly random: SeededRandom;
}

interface Facts {
  readonly name: string;
  readonly source: string;
  readonly kind: "supplier" | "seller";
  readonly at: number;
  readonly odd: Oddity;
  /** What is said of the line of which too little came. */
  readonly short: NonNullable<SampleInbound["discrepancies"]>;
  readonly planned: Planned;
}

function inbound(
  { day, label, command }: Planning,
  { name, source, kind, at, odd, short, planned: { lines, lots, pieces } }: Facts,
): SampleInbound {
  const ref = `SAMPLE-${label}-${name}`;
  const eta = `${day}T${String(7 + (at % 9)).padStart(2, "0")}:30:00.000Z`;
  const said = { source, ref, kind, lines, eta };
  return {
    ...{ ref, pieces, lots },
    announcement: command(people.desk, "inbound.announceInbound", ref, said),
    discrepancies: odd === "unfinished" || odd === "absent" ? null : odd === "under" ? short : [],
  };
}
