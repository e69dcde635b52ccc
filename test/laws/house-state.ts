import { isDeepStrictEqual } from "node:util";

/*
 * What stands in a house, as a test tells it: the state that a model keeps, and that the tables are
 * read into. Things stand in the order in which they came.
 */

export interface BinState {
  readonly kind: string;
  readonly capacity: number;
  readonly facts: string;
  occupied: number;
  count: "none" | "due" | "counting";
  countedBy: string | null;
}

export interface PieceState {
  readonly sku: string;
  readonly consigned: boolean;
  status: string;
  grade: string | null;
  before: string | null;
  wear: boolean;
  disposition: string | null;
  bin: string | null;
  order: string | null;
  line: number | null;
  untilMs: number | null;
  inbound: string;
  inboundLine: number;
  /** Since when it is to be sold; for the order among pieces alone. */
  storedMs: number | null;
}

export interface BatchState {
  readonly sku: string;
  readonly grade: string;
  readonly etaMs: number | null;
  readonly inbound: string | null;
  qty: number;
  allocated: number;
  picked: number;
  here: boolean;
  bin: string | null;
}

export interface AllocationState {
  readonly order: string;
  readonly line: number;
  readonly batch: string;
  qty: number;
  state: string;
  packed: number;
  shipped: number;
}

export interface OrderLineState {
  readonly sku: string;
  readonly grade: string;
  qty: number;
}

export interface OrderState {
  readonly ref: string;
  readonly priority: number;
  readonly shipByMs: number | null;
  /** From line 1 on; null where a line is off the order. */
  readonly lines: (OrderLineState | null)[];
  status: string;
  held: boolean;
}

export interface TaskState {
  readonly order: string;
  readonly line: number;
  readonly lpn: string | null;
  readonly batch: string | null;
  readonly qty: number;
  state: string;
  picker: string | null;
}

export interface WaveState {
  /** From task 1 on. */
  readonly tasks: readonly TaskState[];
  status: string;
}

export interface ParcelItemState {
  readonly line: number;
  readonly lpn: string | null;
  readonly batch: string | null;
  readonly qty: number;
}

export interface ParcelState {
  readonly order: string;
  readonly items: readonly ParcelItemState[];
  status: string;
  tracking: string | null;
}

export interface InboundLineState {
  readonly sku: string;
  readonly expected: number;
  readonly orderLine: number | null;
  received: number;
  discrepancy: string | null;
}

export interface InboundState {
  readonly ref: string;
  readonly order: string | null;
  /** From line 1 on. */
  readonly lines: readonly InboundLineState[];
  status: string;
}

export interface HouseState {
  /** What is known of each variant. */
  readonly variants: Map<string, Readonly<Record<string, string | null>>>;
  readonly bins: Map<string, BinState>;
  readonly pieces: Map<string, PieceState>;
  readonly batches: Map<string, BatchState>;
  /** By order and line. */
  readonly allocations: Map<string, AllocationState>;
  readonly orders: Map<string, OrderState>;
  readonly waves: Map<string, WaveState>;
  readonly parcels: Map<string, ParcelState>;
  readonly inbounds: Map<string, InboundState>;
  readonly settings: { grades: readonly string[]; windowDays: number };
}

/** An order line, as one text. */
export function lineKey(order: string | null, line: number | null): string {
  return `${order}/${line}`;
}

/** How many pieces lie in a bin, single ones and those of batches. */
export function occupiedOf({ pieces, batches }: HouseState, code: string): number {
  const single = [...pieces.values()].filter(({ bin }) => bin === code).length;
  const ofBatches = [...batches.values()].filter(({ bin }) => bin === code);
  return ofBatches.reduce((sum, { qty }) => sum + qty, single);
}

/** The pieces that an order's line has, whether in the house or not. */
export function piecesOfLine({ pieces }: HouseState, order: string, line: number) {
  return [...pieces].filter(([, piece]) => piece.order === order && piece.line === line);
}

/** How many pieces a line had that were sent and have come back. */
export function backOfLine({ parcels, pieces }: HouseState, order: string, line: number): number {
  const gone = ["handedOver", "delivered", "lost"];
  const sent = [...parcels.values()]
    .filter((one) => one.order === order && gone.includes(one.status))
    .flatMap(({ items }) => items.filter((item) => item.line === line && item.lpn !== null));
  return sent.filter(({ lpn }) => {
    const piece = pieces.get(lpn ?? "");
    return piece?.order !== order || piece.line !== line;
  }).length;
}

/** What stands in one state and not so in another one, in words; since when is left aside. */
export function unlike(model: HouseState, kept: HouseState): string[] {
  const [one, other] = [factsOf(model), factsOf(kept)];
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((id) => {
    const [expected, found] = [one.get(id), other.get(id)];
    if (isDeepStrictEqual(expected, found)) return [];
    const words = [found, expected].map((facts) => JSON.stringify(facts) ?? "nothing");
    return [`${id} is ${words[0]}, not ${words[1]}`];
  });
}

function factsOf(state: HouseState): ReadonlyMap<string, object> {
  const pieces = [...state.pieces].map(([lpn, piece]) => [lpn, { ...piece, storedMs: null }]);
  const kinds: Record<string, Iterable<unknown>> = { ...state, pieces, settings: [] };
  const facts = Object.entries(kinds).flatMap(([kind, things]) =>
    ([...things] as [string, object][]).map(([id, thing]) => [`${kind} ${id}`, thing] as const),
  );
  return new Map<string, object>([...facts, ["settings", state.settings]]);
}
