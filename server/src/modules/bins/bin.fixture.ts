import { Bin, type BinFacts } from "./bin.ts";

/** Facts of a bin for ten pieces that pickers take from, or what is said. */
export function binFacts(facts: Partial<BinFacts> = {}): BinFacts {
  return { zone: "A", pickSequence: 10, kind: "pick", capacity: 10, ...facts };
}

/** A bin with four pieces in it, as it stands in the database, or with what is said. */
export function aBin(
  known: Partial<Pick<Bin, keyof BinFacts | "occupied" | "countState" | "countReason">> = {},
): Bin {
  const of = { tenant: "t", warehouse: "main", code: "A-1" };
  const bin = Bin.register(of, binFacts()).aggregate as Bin;
  const counting = { countingBy: "ann", countSince: new Date("2026-03-01T10:00:00Z") };
  const isCounting = known.countState === "counting";
  return Object.assign(bin, { occupied: 4, version: 1 }, isCounting && counting, known);
}
