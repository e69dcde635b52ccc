/** How often a command was applied, answered as applied before, or refused. */
export interface CommandCounts {
  applied: number;
  repeated: number;
  refused: number;
}

/** The commands that an import sends. */
export type CommandName =
  | "registerVariant"
  | "addBatch"
  | "adjustBatch"
  | "placeOrder"
  | "reduceLine"
  | "cancelOrder";

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
  /** Pieces as the rows state them; `assumed` come on top where the source has lost the number. */
  units: { accepted: number; rejected: number; assumed: number };
  /** Orders that are in, with their lines; `cancelled` of the orders were cancelled. */
  orders: {
    placed: number;
    cancelled: number;
    lines: number;
    allocated: number;
    backordered: number;
  };
  batches: number;
  /** Batches that are assumed to have been there before the file, with their pieces. */
  opening: { batches: number; units: number };
  /** Rows that are understood and change nothing in the warehouse, with the pieces they state. */
  aside: RowsAndUnits;
  /** Rows by which pieces of batches turned up or were written off. */
  corrections: { found: RowsAndUnits; writtenOff: RowsAndUnits };
  /** Rows by which pieces were taken off orders; `ordersCancelled` had none left then. */
  reductions: RowsAndUnits & { ordersCancelled: number };
  commands: Record<CommandName, CommandCounts>;
  /** Orders that carry a state which this version does not import, by their status. */
  laterStates: Record<string, number>;
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
  const noRows = (): RowsAndUnits => ({ rows: 0, units: 0 });
  const none = (): CommandCounts => ({ applied: 0, repeated: 0, refused: 0 });
  return {
    mapping,
    file,
    dryRun,
    stop: null,
    rows: { inFile: 0, accepted: 0, rejected: 0, noted: 0 },
    units: { accepted: 0, rejected: 0, assumed: 0 },
    orders: { placed: 0, cancelled: 0, lines: 0, allocated: 0, backordered: 0 },
    batches: 0,
    opening: { batches: 0, units: 0 },
    aside: noRows(),
    corrections: { found: noRows(), writtenOff: noRows() },
    reductions: { ...noRows(), ordersCancelled: 0 },
    commands: {
      registerVariant: none(),
      addBatch: none(),
      adjustBatch: none(),
      placeOrder: none(),
      reduceLine: none(),
      cancelOrder: none(),
    },
    laterStates: {},
    causes: [],
    rejectsFile: null,
    tookMs: 0,
  };
}
