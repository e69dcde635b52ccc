import { type Outcome, outcomes } from "./outcomes.ts";

/** How often a command was applied, answered as applied before, or refused. */
export interface CommandCounts {
  applied: number;
  repeated: number;
  refused: number;
}

const commandNames = [
  ...(["registerVariant", "addBatch", "adjustBatch", "allocateLine"] as const),
  ...(["placeOrder", "reduceLine", "cancelOrder"] as const),
  ...(["planWave", "releaseWave", "confirmPick", "cancelWave"] as const),
  ...(["packParcel", "labelParcel", "handOver", "confirmDelivery", "reportLoss"] as const),
  ...(["announceInbound", "receiveLot", "receivePiece", "closeInbound"] as const),
];

/** A command that an import may send. */
export type CommandName = (typeof commandNames)[number];

/** Orders, lines and pieces whose rows tell one outcome. */
export interface OutcomeCounts {
  /** An order whose lines have several outcomes counts for each of them. */
  orders: number;
  lines: number;
  /** The pieces that were ordered; `assumed` of them the file does not state. */
  units: number;
  assumed: number;
}

/** So many rows, and the pieces that they state. */
export interface RowsAndUnits {
  rows: number;
  units: number;
}

/** Rows that share a reason. */
export interface CauseCount {
  kind: "rejected" | "noted" | "aside";
  cause: string;
  rows: number;
  units: number;
}

/** Why an import ended before its file did. */
export interface ImportStop {
  /** `interrupted` by its user, or `failed` because server, file or disk did not go on. */
  outcome: "interrupted" | "failed";
  /** The first row that is not known to be in. */
  row: number | null;
  reason: string;
}

/** What an import has done, so that accepted and rejected add up to the file's own totals. */
export interface ImportReport {
  mapping: string;
  file: string;
  dryRun: boolean;
  stop: ImportStop | null;
  rows: { inFile: number; accepted: number; rejected: number; noted: number };
  /**
   * Pieces as the rows state them; `assumed` come on top where the source has lost the number.
   * `assumedStock` were put on the shelf, since orders were shipped of which there was too little.
   */
  units: { accepted: number; rejected: number; assumed: number; assumedStock: number };
  /**
   * Orders that are in, with their lines; `cancelled` of them were cancelled, and `unfinished` did
   * not get as far as their rows say.
   */
  orders: {
    placed: number;
    cancelled: number;
    lines: number;
    allocated: number;
    backordered: number;
    unfinished: number;
  };
  batches: number;
  /** What the accepted rows say became of their lines. */
  outcomes: Record<Outcome, OutcomeCounts>;
  /** Batches that are assumed to have been there before the file, with their pieces. */
  opening: { batches: number; units: number };
  /** Rows that are understood and change nothing in the warehouse, with the pieces they state. */
  aside: RowsAndUnits;
  /** Rows by which pieces of batches turned up or were written off. */
  corrections: { found: RowsAndUnits; writtenOff: RowsAndUnits };
  /** Rows by which pieces were taken off orders; `ordersCancelled` had none left then. */
  reductions: RowsAndUnits & { ordersCancelled: number };
  commands: Record<CommandName, CommandCounts>;
  causes: CauseCount[];
  rejectsFile: string | null;
  tookMs: number;
}

/** How far an import is. */
export interface ImportProgress {
  rowsInFile: number;
  rowsDone: number;
  rejected: number;
  noted: number;
}

/** A report of nothing yet. */
export function emptyReport(mapping: string, file: string, dryRun: boolean): ImportReport {
  const nothing = () => ({ orders: 0, lines: 0, units: 0, assumed: 0 });
  const noRows = (): RowsAndUnits => ({ rows: 0, units: 0 });
  const none = (): CommandCounts => ({ applied: 0, repeated: 0, refused: 0 });
  return {
    mapping,
    file,
    dryRun,
    stop: null,
    rows: { inFile: 0, accepted: 0, rejected: 0, noted: 0 },
    units: { accepted: 0, rejected: 0, assumed: 0, assumedStock: 0 },
    orders: { placed: 0, cancelled: 0, lines: 0, allocated: 0, backordered: 0, unfinished: 0 },
    batches: 0,
    outcomes: forEach(outcomes, nothing),
    opening: { batches: 0, units: 0 },
    aside: noRows(),
    corrections: { found: noRows(), writtenOff: noRows() },
    reductions: { ...noRows(), ordersCancelled: 0 },
    commands: forEach(commandNames, none),
    causes: [],
    rejectsFile: null,
    tookMs: 0,
  };
}

function forEach<Name extends string, Value>(
  names: readonly Name[],
  of: () => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, of()])) as Record<Name, Value>;
}
