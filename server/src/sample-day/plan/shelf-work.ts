import type { SampleBins } from "./bins.ts";
import { countScript } from "./counts.ts";
import type { IncomingPiece } from "./deliveries.ts";
import type { GradedPiece } from "./grading.ts";
import type { SampleLot } from "./inbounds.ts";
import { people, turn } from "./people.ts";
import type { Planning, SampleCommand, Script } from "./planning.ts";
import { Shelves } from "./shelves.ts";

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
  const counts = countScript(planning, { ...facts, shelves, lpns: rest });
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

/** Of four pieces in doubt one is aired, one was fine, one is kept apart, and one lies there. */
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
