import type { CommandPath, DataOf, InputOf } from "../sample-day-client.ts";

/** What is counted beside the commands. */
export type Tally =
  | "piecesInLots"
  | "discrepancies"
  | "toSell"
  | "donated"
  | "recycled"
  | "toOwners"
  | "lines"
  | "backordered"
  | "allocatedLater"
  | "deallocated"
  | "handedOver"
  | "returnsTaken"
  | "returnsOnSale";

/** What came of the day; a second play of it applies nothing. */
export interface SampleDayReport {
  day: string;
  applied: number;
  repeated: number;
  refused: number;
  /** Refusals by their reason. */
  refusals: Record<string, number>;
  /** Commands that were not refused. */
  taken: Partial<Record<CommandPath, number>>;
  tallies: Record<Tally, number>;
}

/** A report of a day on which nothing has happened yet. */
export function beginReport(day: string): SampleDayReport {
  return {
    ...{ day, applied: 0, repeated: 0, refused: 0, refusals: {}, taken: {} },
    tallies: {
      ...{ piecesInLots: 0, discrepancies: 0 },
      ...{ toSell: 0, donated: 0, recycled: 0, toOwners: 0 },
      ...{ lines: 0, backordered: 0, allocatedLater: 0, deallocated: 0 },
      ...{ handedOver: 0, returnsTaken: 0, returnsOnSale: 0 },
    },
  };
}

/** Counts what a command that was not refused has brought about. */
export function count<Path extends CommandPath>(
  { taken, tallies }: SampleDayReport,
  { path, input, data }: Done<Path>,
): void {
  taken[path] = (taken[path] ?? 0) + 1;
  for (const [what, by] of talliesOf[path]?.(input as never, data as never) ?? []) {
    tallies[what] += by;
  }
}

interface Done<Path extends CommandPath> {
  readonly path: Path;
  readonly input: InputOf<Path>;
  readonly data: DataOf<Path>;
}

type TalliesOf<Path extends CommandPath> = (
  input: InputOf<Path>,
  data: DataOf<Path>,
) => readonly (readonly [Tally, number])[];

const tallyOf = {
  sell: "toSell",
  donate: "donated",
  recycle: "recycled",
  returnToOwner: "toOwners",
} as const;

const talliesOf: { readonly [Path in CommandPath]?: TalliesOf<Path> } = {
  "inbound.receiveLot": ({ qty }) => [["piecesInLots", qty]],
  "inbound.closeInbound": (_input, { discrepancies }) => [["discrepancies", discrepancies]],
  "garments.decideDisposition": ({ disposition }) => [[tallyOf[disposition], 1]],
  "orders.placeOrder": (_input, { lines }) => [
    ["lines", lines.length],
    ["backordered", lines.filter(({ allocated }) => !allocated).length],
  ],
  "garments.reservePiece": () => [["allocatedLater", 1]],
  "stock.allocateLine": (_input, { allocated }) => [["allocatedLater", allocated ? 1 : 0]],
  "stock.changeBatchQuantity": (_input, { deallocated }) => [["deallocated", deallocated.length]],
  "shipments.handOver": (_input, { parcels }) => [["handedOver", parcels]],
};

/** The day in a few lines, one for each part of the warehouse. */
export function tellDay({ taken, tallies, refusals }: SampleDayReport): string[] {
  const done = (path: CommandPath) => number(taken[path] ?? 0);
  const told = (what: Tally) => number(tallies[what]);
  const lines = {
    Dock:
      `${done("inbound.announceInbound")} inbounds, ${done("inbound.closeInbound")} closed, ` +
      `${told("discrepancies")} lines not as announced; ${done("inbound.receivePiece")} pieces ` +
      `and ${done("inbound.receiveLot")} lots of ${told("piecesInLots")} received`,
    Grading:
      `${done("garments.gradeGarment")} grades, ${done("garments.regradeGarment")} corrected; ` +
      `${told("toSell")} pieces to sell, ${told("donated")} donated, ` +
      `${told("recycled")} recycled, ${told("toOwners")} back to their owners`,
    Shelves:
      `${done("garments.putAway")} pieces and ${done("stock.putAwayLot")} lots put away; ` +
      `${done("garments.quarantine")} quarantined, ${done("garments.reportMissing")} missing, ` +
      `${done("bins.submitCount")} bins counted, ${done("garments.writeOffGarment")} written off`,
    Orders:
      `${done("orders.placeOrder")} with ${told("lines")} lines: ${told("backordered")} ` +
      `backordered at first, ${told("allocatedLater")} allocated later; ` +
      `${done("orders.holdOrder")} held, ${done("orders.cancelOrder")} cancelled`,
    Stock:
      `${done("stock.changeBatchQuantity")} batches corrected, by which ` +
      `${told("deallocated")} lines lost their pieces`,
    Picking:
      `${done("waves.planWave")} waves, ${done("waves.confirmPick")} picks, ` +
      `${done("waves.reportShortPick")} short`,
    Parcels:
      `${done("shipments.packParcel")} packed, ${told("handedOver")} handed over on ` +
      `${done("shipments.handOver")} lists, ${done("shipments.confirmDelivery")} delivered, ` +
      `${done("shipments.reportLoss")} lost`,
    Returns: `${told("returnsTaken")} taken back, ${told("returnsOnSale")} of them on sale again`,
    Refused: refusedWords(refusals),
  };
  return Object.entries(lines).map(([part, words]) => tellPart(part, words));
}

/** What there is to say of one part of the warehouse. */
export function tellPart(part: string, words: string): string {
  return `  ${part.padEnd(8)} ${words}`;
}

function refusedWords(refusals: SampleDayReport["refusals"]): string {
  const reasons = Object.entries(refusals).map(([reason, count]) => `${count} ${reason}`);
  return reasons.length === 0 ? "nothing" : reasons.sort().join(", ");
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
