import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { Garment } from "./garment.ts";
import type { ReservedFor } from "./garment-facts.ts";
import type { GarmentStatus } from "./garment-life.ts";

/** A bin that is being counted. */
export interface CountedBin {
  readonly warehouse: string;
  readonly bin: string;
  /** Whether what lies in it may be sold from there. */
  readonly isForSale: boolean;
}

/** What a bin's count says of single pieces, before anything is put right. */
export interface PieceCount {
  /** Pieces that should lie there. */
  readonly expected: number;
  /** Those that do not. */
  readonly missing: readonly string[];
  /** Pieces that were missing and are there. */
  readonly found: readonly string[];
  /** Pieces that are there and should be in another bin. */
  readonly moved: readonly { readonly lpn: string; readonly from: string }[];
  /** Pieces that are there and that the house has not put into any bin: nothing is done to them. */
  readonly stray: readonly { readonly lpn: string; readonly status: string }[];
  /** Plates that the house does not know. */
  readonly unknown: readonly string[];
  /** Order lines that lose a piece, since it is missing, or lies where it is not sold from. */
  readonly freed: readonly (ReservedFor & { readonly lpn: string })[];
  /** Puts the pieces right; the bins' books are the caller's. */
  adjust(reason: string, at: Date): void;
}

const mayLieInBins: readonly GarmentStatus[] = ["stored", "reserved", "quarantined"];

/** Compares the pieces that were seen in a bin with those that should be there. */
export async function piecesToCount(
  ctx: Pick<CommandScope, "find" | "record">,
  { warehouse, bin, isForSale }: CountedBin,
  lpns: readonly string[],
): Promise<PieceCount> {
  const byLpn = { orderBy: { lpn: "asc" } } as const;
  const expected = await ctx.find(Garment, { warehouse, bin }, byLpn);
  const seen = await ctx.find(Garment, { lpn: [...lpns] }, byLpn);
  const here = new Set(lpns);
  const known = new Set(seen.map(({ lpn }) => lpn));
  const missing = expected.filter(({ lpn }) => !here.has(lpn));
  const others = seen.filter((one) => one.bin !== bin || one.warehouse !== warehouse);
  const ours = others.filter((one) => one.warehouse === warehouse);
  const found = ours.filter(({ status }) => status === "missing");
  const moved = ours.filter((one) => one.bin != null && mayLieInBins.includes(one.status));
  const notForSale = isForSale ? [] : moved;
  const stray = others.filter((one) => !found.includes(one) && !moved.includes(one));
  return {
    expected: expected.length,
    missing: missing.map(({ lpn }) => lpn),
    found: found.map(({ lpn }) => lpn),
    moved: moved.map(({ lpn, bin: from }) => ({ lpn, from: from ?? "" })),
    stray: stray.map(({ lpn, status }) => ({ lpn, status })),
    unknown: lpns.filter((lpn) => !known.has(lpn)),
    freed: [...missing, ...notForSale].flatMap(({ lpn, reservedFor }) =>
      reservedFor ? [{ ...reservedFor, lpn }] : [],
    ),
    adjust(reason, at) {
      for (const garment of missing) ctx.record(garment.miss(bin, reason));
      for (const garment of found) ctx.record(garment.find(bin, at, isForSale));
      for (const garment of moved) {
        if (!isForSale && garment.status === "reserved") ctx.record(garment.release(reason));
        ctx.record(garment.move(garment.bin ?? "", bin, at, isForSale));
      }
    },
  };
}
