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
  | "returnsToSell";

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
      ...{ handedOver: 0, returnsTaken: 0, returnsToSell: 0 },
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
  const many = (path: CommandPath) => number(taken[path] ?? 0);
  const lots = `${many("inbound.receiveLot")} lots (${number(tallies.piecesInLots)} pieces)`;
  const { toSell, donated, recycled, toOwners } = tallies;
  const lines = [
    [
      "Dock",
      `${many("inbound.announceInbound")} inbounds announced, ${many("inbound.closeInbound")} ` +
        `closed with ${tallies.discrepancies} discrepancies; ` +
        `${many("inbound.receivePiece")} pieces and ${lots} received`,
    ],
    [
      "Grading",
      `${many("garments.gradeGarment")} gradings, ${many("garments.regradeGarment")} corrected, ` +
        `${many("garments.sendToRework")} to the workshop; ${toSell} to sell, ` +
        `${donated} donated, ${recycled} recycled, ${toOwners} back to their owners`,
    ],
    [
      "Shelves",
      `${many("garments.putAway")} pieces and ${many("stock.putAwayLot")} lots put away; ` +
        `${many("garments.quarantine")} pieces quarantined, ` +
        `${many("garments.reportMissing")} missing, ${many("bins.submitCount")} bins counted, ` +
        `${many("garments.writeOffGarment")} written off`,
    ],
    [
      "Orders",
      `${many("orders.placeOrder")} with ${number(tallies.lines)} lines, ` +
        `${tallies.backordered} backordered at first, ${tallies.allocatedLater} allocated later; ` +
        `${many("orders.holdOrder")} held, ${many("orders.cancelOrder")} cancelled`,
    ],
    [
      "Picking",
      `${many("waves.planWave")} waves: ${many("waves.confirmPick")} picks, ` +
        `${many("waves.reportShortPick")} short`,
    ],
    [
      "Parcels",
      `${many("shipments.packParcel")} packed, ${number(tallies.handedOver)} handed over in ` +
        `${many("shipments.handOver")} lists, ${many("shipments.confirmDelivery")} delivered, ` +
        `${many("shipments.reportLoss")} lost`,
    ],
    [
      "Returns",
      `${tallies.returnsTaken} taken back, ${tallies.returnsToSell} of them on sale again`,
    ],
    ["Refused", refusedWords(refusals)],
  ];
  return lines.map(([part = "", words]) => `  ${part.padEnd(8)} ${words}`);
}

function refusedWords(refusals: SampleDayReport["refusals"]): string {
  const reasons = Object.entries(refusals).map(([reason, count]) => `${count} ${reason}`);
  return reasons.length === 0 ? "nothing" : reasons.sort().join(", ");
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
