import type { SampleBins } from "./bins.ts";
import type { IncomingPiece } from "./deliveries.ts";
import type { GradedPiece } from "./grading.ts";
import type { SampleLot } from "./inbounds.ts";
import { people, turn } from "./people.ts";
import type { Planning, SampleCommand, Script } from "./planning.ts";

/** What is done about the shelves in the morning, before anybody picks from them. */
export interface ShelfWork {
  readonly moves: readonly Script[];
  /** Counts, one bin after the other: what is seen in one bin may have lain in another. */
  readonly counts: Script;
  /** Pieces that lie where they are for sale when all of that is done. */
  readonly onSale: readonly PieceOnSale[];
}

/** A piece that a customer may have. */
export interface PieceOnSale {
  readonly lpn: string;
  readonly sku: string;
  readonly grade: string;
  readonly priceCents: number;
}

interface Facts {
  readonly pieces: readonly GradedPiece[];
  /** Came in and was not graded yet. */
  readonly ungraded: IncomingPiece | undefined;
  readonly bins: SampleBins;
  readonly opening: readonly SampleCommand<"stock.addBatch">[];
  readonly lots: readonly SampleLot[];
}

/** Where pieces lie while the work is planned. */
class Shelves {
  readonly #binOf = new Map<string, string>();

  put(lpn: string, bin: string): void {
    this.#binOf.set(lpn, bin);
  }

  take(lpn: string): void {
    this.#binOf.delete(lpn);
  }

  bin(lpn: string): string {
    return this.#binOf.get(lpn) ?? "";
  }

  in(bin: string): string[] {
    return [...this.#binOf].flatMap(([lpn, isIn]) => (isIn === bin ? [lpn] : [])).sort();
  }
}

/** Plans moves, quarantines and counts of the pieces that are on sale. */
export function shelfWork(planning: Planning, facts: Facts): ShelfWork {
  const { moves, quarantines } = planning.size;
  const shelves = new Shelves();
  const onSale = facts.pieces.flatMap(({ lpn, sku, priceCents, onSale }) => {
    if (!onSale) return [];
    shelves.put(lpn, onSale.bin);
    return [{ lpn, sku, priceCents, grade: onSale.grade }];
  });
  const lpns = onSale.map(({ lpn }) => lpn);
  const moved = lpns.slice(0, moves);
  const doubtful = lpns.slice(moves, moves + quarantines);
  const rest = lpns.slice(moves + quarantines);
  const scripts = [
    ...moved.map((lpn, at) => moveScript(planning, facts.bins, shelves, lpn, at)),
    ...doubtful.map((lpn, at) => quarantineScript(planning, facts.bins, shelves, lpn, at)),
    ...(facts.ungraded ? [mothScript(planning, facts.bins, facts.ungraded.lpn)] : []),
  ];
  const counts = countScript(planning, facts, shelves, rest);
  const isThere = ({ lpn }: PieceOnSale) => facts.bins.pieces.includes(shelves.bin(lpn));
  // Half of those that were in doubt still are.
  const inDoubt = new Set(doubtful.filter((_lpn, at) => at % 4 >= 2));
  return {
    ...{ moves: scripts, counts },
    onSale: onSale.filter((piece) => isThere(piece) && !inDoubt.has(piece.lpn)),
  };
}

function moveScript(
  { command }: Planning,
  bins: SampleBins,
  shelves: Shelves,
  lpn: string,
  at: number,
): Script {
  const fromBin = shelves.bin(lpn);
  const toBin = turn(bins.pieces, bins.pieces.indexOf(fromBin) + 1);
  shelves.put(lpn, toBin);
  const way = { lpn, fromBin, toBin };
  return [command(turn(people.stowers, at), "garments.movePiece", `${lpn}/shelf`, way)];
}

/** Of four pieces in doubt one is aired, one was fine, one is kept apart and one still lies there. */
function quarantineScript(
  { command }: Planning,
  bins: SampleBins,
  shelves: Shelves,
  lpn: string,
  at: number,
): Script {
  const stower = turn(people.stowers, at);
  const fromBin = shelves.bin(lpn);
  const toBin = turn(bins.quarantine, at);
  const why = { lpn, reason: at % 2 === 0 ? "smells of smoke" : "may be a fake" };
  const aside = command(stower, "garments.quarantine", lpn, why);
  const carried = command(stower, "garments.movePiece", `${lpn}/aside`, { lpn, fromBin, toBin });
  const fine = command(turn(people.graders, at), "garments.releaseQuarantine", lpn, {
    ...{ lpn, reason: at % 2 === 0 ? "was aired" : "is genuine" },
  });
  const back = command(stower, "garments.putAway", `${lpn}/again`, { lpn, bin: fromBin });
  if (at % 4 === 2) shelves.put(lpn, toBin);
  return [[aside, carried, fine, back], [aside, fine], [aside, carried], [aside]][at % 4] ?? [];
}

/** What came in with moths in it never gets to the graders. */
function mothScript({ command }: Planning, bins: SampleBins, lpn: string): Script {
  const by = turn(people.dock, 0);
  return [
    command(by, "garments.quarantine", lpn, { lpn, reason: "moths" }),
    command(by, "garments.putAway", lpn, { lpn, bin: bins.quarantine[0] }),
    command(people.lead, "garments.writeOffGarment", lpn, { lpn, reason: "moths, burnt" }),
  ];
}

/**
 * Three pieces are not in their bins. The first bin is counted, and a piece of another bin turns up
 * in it; the second missing piece turns up in the third bin, in which nobody sees the third piece
 * either: that one is given up. The second bin is not counted yet. A bin of batches holds two fewer.
 */
function countScript(
  { command }: Planning,
  { bins, opening, lots }: Facts,
  shelves: Shelves,
  lpns: readonly string[],
): Script {
  const [first, second, third] = threeBins(bins, shelves, lpns);
  const by = turn(people.stowers, 1);
  const missing = ([lpn, bin]: InBin) => {
    shelves.take(lpn);
    return command(by, "garments.reportMissing", lpn, { lpn, bin });
  };
  const count = (bin: string, pieces: readonly string[], batches: readonly Lot[] = []) => {
    const seen = { lpns: [...pieces], batches: [...batches] };
    const counted = { bin, seen, reason: "counted by hand" };
    return [
      command(by, "bins.startCount", bin, { bin }),
      command(by, "bins.submitCount", bin, counted),
    ];
  };
  const stray = lpns.find(
    (lpn) => ![first, second, third].some(([, bin]) => shelves.bin(lpn) === bin),
  );
  const reports = [missing(first), missing(second)];
  if (stray) shelves.put(stray, first[1]);
  shelves.take(third[0]);
  shelves.put(second[0], third[1]);
  const lotBin = bins.lots[0];
  const gone = { lpn: third[0], reason: "not found in two counts" };
  return [
    ...reports,
    ...count(first[1], shelves.in(first[1])),
    ...count(third[1], shelves.in(third[1])),
    command(people.lead, "garments.writeOffGarment", third[0], gone),
    ...count(lotBin, [], withTwoFewer(lotsIn(lotBin, opening, lots))),
  ];
}

type InBin = readonly [lpn: string, bin: string];
type Lot = { readonly ref: string; readonly qty: number };

/** One piece out of each of three bins. */
function threeBins(bins: SampleBins, shelves: Shelves, lpns: readonly string[]) {
  const found = bins.pieces.flatMap((bin): InBin[] => {
    const lpn = lpns.find((one) => shelves.bin(one) === bin);
    return lpn === undefined ? [] : [[lpn, bin]];
  });
  const [first, second, third] = found;
  if (!first || !second || !third) throw new RangeError("a day needs pieces in three bins");
  return [first, second, third] as const;
}

function lotsIn(
  bin: string,
  opening: readonly SampleCommand<"stock.addBatch">[],
  lots: readonly SampleLot[],
): Lot[] {
  const lie = opening.flatMap(({ input }) => (input.bin === bin ? [input] : []));
  const came = lots.filter(({ toBin }) => toBin === bin).map(({ receipt }) => receipt);
  return [...lie, ...came.map(({ batchRef, qty }) => ({ ref: batchRef, qty }))].map(
    ({ ref, qty }) => ({ ref, qty }),
  );
}

function withTwoFewer([first, ...others]: readonly Lot[]): Lot[] {
  return first ? [{ ...first, qty: Math.max(0, first.qty - 2) }, ...others] : [];
}
