import { derivedCommandId } from "./derived-command-id.ts";
import type {
  AddBatchInput,
  AdjustBatchInput,
  CancelOrderInput,
  PlaceOrderInput,
  ReduceLineInput,
  VariantFacts,
} from "./import-client.ts";
import type { Outcome, ShippedOutcome } from "./outcomes.ts";
import type { SourceRow } from "./source-rows.ts";

/** A command with the id that its fact has in every run. */
export interface PlannedCommand<Input> {
  readonly commandId: string;
  readonly input: Input;
}

/** Something a reader of the import should know about a row that is imported all the same. */
export interface RowNote {
  readonly row: SourceRow;
  /** The part of the reason that many rows share, for counting. */
  readonly cause: string;
  readonly reason: string;
}

/** A row that becomes no command, and why. */
export interface PlannedRejection extends RowNote {
  readonly kind: "rejected";
  /** The pieces that the row states, so that accepted and rejected pieces add up to the file's. */
  readonly units: number;
}

/** A row that is understood and changes nothing in the warehouse, and why. */
export interface PlannedAside extends RowNote {
  readonly kind: "aside";
  readonly units: number;
}

interface PlannedWork {
  readonly rows: readonly SourceRow[];
  readonly variants: readonly PlannedCommand<VariantFacts>[];
  readonly notes: readonly RowNote[];
  /** The pieces that the rows state. */
  readonly units: number;
}

/** One stock row: its variant, and its opening batch when there are pieces. */
export interface PlannedStock extends PlannedWork {
  readonly kind: "stock";
  readonly batch: PlannedCommand<AddBatchInput> | null;
}

/** Lines of one order that left the house together and came to the same end. */
export interface PlannedParcel {
  readonly outcome: ShippedOutcome;
  /** The source's own words for it. */
  readonly status: string;
  /** The numbers of the lines in the order, from 1. */
  readonly lines: readonly number[];
  /** When the carrier took it and when it was there, by the carrier's word; null where unknown. */
  readonly handedOverAt: string | null;
  readonly deliveredAt: string | null;
}

/** What became of one line, and how many pieces it is about. */
export interface PlannedOutcome {
  readonly outcome: Outcome;
  /** The pieces that the order is placed with. */
  readonly units: number;
  /** Those of them that the file does not state. */
  readonly assumedUnits: number;
}

/** One order with all its rows: placed whole, then cancelled or shipped as its rows say. */
export interface PlannedOrder extends PlannedWork {
  readonly kind: "order";
  /** The pieces that the file does not state and that were assumed. */
  readonly assumedUnits: number;
  readonly order: PlannedCommand<PlaceOrderInput>;
  readonly cancellation: PlannedCommand<Omit<CancelOrderInput, "orderId">> | null;
  /** Line by line what became of it. */
  readonly outcomes: readonly PlannedOutcome[];
  /** What a carrier took of it; nothing of an order that is only placed, or cancelled. */
  readonly parcels: readonly PlannedParcel[];
  readonly carrier: string;
  /** Batches that are assumed to have been there before. */
  readonly openings?: readonly PlannedCommand<AddBatchInput>[];
  /** Whether a later row of the file may take pieces off it. */
  readonly mayBeReduced?: boolean;
}

/** Pieces that were found or written off: more or fewer in a batch, or a batch of their own. */
export interface PlannedCorrection extends PlannedWork {
  readonly kind: "correction";
  readonly openings: readonly PlannedCommand<AddBatchInput>[];
  readonly batch: PlannedCommand<AddBatchInput> | null;
  readonly adjustment: PlannedCommand<AdjustBatchInput> | null;
}

/** Pieces that are taken off orders of earlier rows. */
export interface PlannedReduction extends PlannedWork {
  readonly kind: "reduction";
  readonly parts: readonly (PlannedCommand<Omit<ReduceLineInput, "orderId">> & {
    readonly externalRef: string;
  })[];
}

/** What is sent. */
export type PlannedSending = PlannedStock | PlannedOrder | PlannedCorrection | PlannedReduction;

/** What one or more rows of a source become. */
export type Planned = PlannedRejection | PlannedAside | PlannedSending;

/** Turns rows into commands, one row at a time, without sending anything. */
export interface Planner {
  /** Takes the next row and gives what is now complete. */
  take(row: SourceRow): Planned[];
  /** Gives what was still open when the file ended. */
  end(): Planned[];
  /** The first row that it has taken and not planned yet, if there is one. */
  openSince?(): number | null;
}

/** The registration of a variant, with the same command id for its SKU in every run. */
export function plannedVariant(
  mappingName: string,
  facts: VariantFacts,
): PlannedCommand<VariantFacts> {
  return {
    commandId: derivedCommandId(mappingName, "registerVariant", facts.sku),
    input: facts,
  };
}

/** The row that a SKU has come with. */
export function rowOfSku(work: PlannedSending, sku: string): SourceRow | undefined {
  if (work.kind !== "order") return work.rows[0];
  return work.rows[work.order.input.lines.findIndex((line) => line.sku === sku)];
}

/** A row that becomes no command. */
export function rejection(
  row: SourceRow,
  cause: string,
  units: number,
  reason = cause,
): PlannedRejection {
  return { kind: "rejected", row, cause, reason, units };
}
