import type { SampleBins } from "./bins.ts";
import type { SampleLot } from "./inbounds.ts";
import { people } from "./people.ts";
import type { Planning, SampleCommand, Script } from "./planning.ts";
import type { Shelves } from "./shelves.ts";

interface Facts {
  readonly bins: SampleBins;
  readonly opening: readonly SampleCommand<"stock.addBatch">[];
  readonly lots: readonly SampleLot[];
  readonly shelves: Shelves;
  /** Pieces that nothing else has happened to. */
  readonly lpns: readonly string[];
}

type InBin = readonly [lpn: string, bin: string];
type Seen = { readonly ref: string; readonly qty: number };

const by = people.stowers[1];

/**
 * Three pieces are not in their bins. The first bin is counted, and a piece of another bin turns up
 * in it; the second missing piece turns up in the third bin, in which nobody sees the third piece:
 * that one is given up. The second bin is not counted yet. A bin of batches holds two fewer.
 */
export function countScript(planning: Planning, facts: Facts): Script {
  const { bins, opening, lots, shelves, lpns } = facts;
  const [first, second, third] = threeBins(bins, shelves, lpns);
  const taken = [first, second, third].map(([, bin]) => bin);
  const stray = lpns.find((lpn) => !taken.includes(shelves.bin(lpn)));
  for (const [lpn] of [first, second, third]) shelves.take(lpn);
  shelves.put(second[0], third[1]);
  if (stray !== undefined) shelves.put(stray, first[1]);
  const gone = { lpn: third[0], reason: "not found in two counts" };
  const [lotBin] = bins.lots;
  return [
    ...[missing(planning, first), missing(planning, second)],
    ...count(planning, first[1], { lpns: shelves.in(first[1]), batches: [] }),
    ...count(planning, third[1], { lpns: shelves.in(third[1]), batches: [] }),
    planning.command(people.lead, "garments.writeOffGarment", third[0], gone),
    ...count(planning, lotBin, { lpns: [], batches: twoFewer(lotsIn(lotBin, opening, lots)) }),
  ];
}

function missing({ command }: Planning, [lpn, bin]: InBin): SampleCommand {
  return command(by, "garments.reportMissing", lpn, { lpn, bin });
}

function count(
  { command }: Planning,
  bin: string,
  seen: { lpns: readonly string[]; batches: readonly Seen[] },
): Script {
  const counted = { bin, seen, reason: "counted by hand" };
  return [
    command(by, "bins.startCount", bin, { bin }),
    command(by, "bins.submitCount", bin, counted),
  ];
}

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

function lotsIn(bin: string, opening: Facts["opening"], lots: Facts["lots"]): Seen[] {
  const lie = opening.map(({ input }) => input).filter((input) => input.bin === bin);
  const came = lots.filter(({ toBin }) => toBin === bin).map(({ receipt }) => receipt);
  return [
    ...lie.map(({ ref, qty }) => ({ ref, qty })),
    ...came.map(({ batchRef, qty }) => ({ ref: batchRef, qty })),
  ];
}

function twoFewer([first, ...others]: readonly Seen[]): Seen[] {
  return first ? [{ ...first, qty: Math.max(0, first.qty - 2) }, ...others] : [];
}
