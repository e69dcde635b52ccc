import { backOfLine, type HouseState, type PieceState } from "./house-state.ts";
import { answerOf, cancelTasks, hasOf, type LineOf, tryFor } from "./model-stock.ts";
import { forSale, type Rule, refusesMove, rule } from "./rule.ts";

interface OfPiece {
  readonly lpn: string;
}

/** Grades that are not sold, and those that no worn piece has. */
const unsold = new Set(["D"]);
const unworn = new Set(["N"]);

const nobody = { order: null, line: null, untilMs: null };
const ungraded = { grade: null, disposition: null };

/** Why nothing can be done with a piece, or with one that is not at such a point of its life. */
function refusesPiece(
  { pieces }: HouseState,
  { lpn }: OfPiece,
  ...statuses: readonly string[]
): (string | false)[] {
  const piece = pieces.get(lpn);
  if (!piece) return ["garment-unknown"];
  return [!statuses.includes(piece.status) && "garment-status-forbids"];
}

function pieceOf({ pieces }: HouseState, { lpn }: OfPiece): PieceState {
  const piece = pieces.get(lpn);
  if (!piece) throw new Error(`There is no piece ${lpn}.`);
  return piece;
}

/** A piece is taken from the line that has it, and that line tries for another. */
export function freePiece(state: HouseState, lpn: string, after: Partial<PieceState>): LineOf[] {
  const piece = pieceOf(state, { lpn });
  const { order, line } = piece;
  Object.assign(piece, nobody, after);
  if (order === null || line === null) return [];
  if (state.orders.get(order)?.status === "open") tryFor(state, { orderId: order, line });
  cancelTasks(state, (task) => task.lpn === lpn);
  return [{ orderId: order, line }];
}

/** A piece cannot be found; what it was set aside for is not over because it turns up again. */
export function missed({ status, disposition }: PieceState): Partial<PieceState> {
  const decided = status === "quarantined" ? null : disposition;
  return { status: "missing", bin: null, disposition: decided };
}

/** A bin is to be counted, unless it is already. */
export function askForCount(state: HouseState, code: string | null): void {
  const bin = code === null ? undefined : state.bins.get(code);
  if (bin?.count === "none") bin.count = "due";
}

function freed(state: HouseState, lines: readonly LineOf[]): object {
  const open = lines.filter(({ orderId }) => state.orders.get(orderId)?.status === "open");
  return { freed: open.map((line) => ({ ...line, ...answerOf(state, line) }))[0] ?? null };
}

const kindsFor = ({ status }: Pick<PieceState, "status">) =>
  status === "quarantined" ? ["quarantine"] : forSale;

interface Graded extends OfPiece {
  readonly grade: string;
  readonly defects?: readonly { readonly kind: string }[];
}

const isWorn = (defects: Graded["defects"] = []) =>
  defects.some(({ kind }) => kind !== "production");

function refusesGrade({ settings }: HouseState, grade: string, wear: boolean) {
  return [
    !settings.grades.includes(grade) && ("grade-unknown" as const),
    unworn.has(grade) && wear && ("grade-forbids-defects" as const),
  ];
}

const grading: Readonly<Record<string, Rule>> = {
  "garments.gradeGarment": rule<Graded>({
    refuses: (state, input) => [
      ...refusesPiece(state, input, "received"),
      ...refusesGrade(state, input.grade, isWorn(input.defects)),
    ],
    does: (state, input) => {
      const { grade, defects } = input;
      const after = { status: "graded", grade, wear: isWorn(defects), disposition: null };
      Object.assign(pieceOf(state, input), after);
      return { sellable: !unsold.has(grade) };
    },
  }),
  "garments.regradeGarment": rule<Graded>({
    refuses: (state, input) => {
      const piece = state.pieces.get(input.lpn);
      const wear = input.defects ? isWorn(input.defects) : (piece?.wear ?? false);
      return [
        ...refusesPiece(state, input, "graded", "stored", "quarantined"),
        piece?.grade === null && "garment-status-forbids",
        ...refusesGrade(state, input.grade, wear),
      ];
    },
    does: (state, input) => {
      const piece = pieceOf(state, input);
      const { grade: before } = piece;
      Object.assign(piece, { grade: input.grade, before });
      if (input.defects) piece.wear = isWorn(input.defects);
      if (unsold.has(input.grade) && piece.disposition === "sell") {
        piece.disposition = null;
        if (piece.status === "stored") piece.status = "graded";
      }
      return { before };
    },
  }),
  "garments.sendToRework": rule<OfPiece>({
    refuses: (state, input) => [
      ...refusesPiece(state, input, "graded", "stored"),
      ...refusesMove(state, { from: state.pieces.get(input.lpn)?.bin ?? null, to: null }),
    ],
    does: (state, input) => {
      const piece = pieceOf(state, input);
      Object.assign(piece, { before: piece.grade }, ungraded, { status: "rework", bin: null });
      return undefined;
    },
  }),
  "garments.completeRework": rule<OfPiece>({
    refuses: (state, input) => refusesPiece(state, input, "rework"),
    does: (state, input) => {
      pieceOf(state, input).status = "received";
      return undefined;
    },
  }),
};

const leaves: Readonly<Record<string, string>> = {
  ...{ donate: "donated", recycle: "recycled", returnToOwner: "returnedToOwner" },
};

const deciding: Readonly<Record<string, Rule>> = {
  "garments.decideDisposition": rule<OfPiece & { readonly disposition: string }>({
    refuses: (state, input) => {
      const { grade = null, consigned = false, bin = null } = state.pieces.get(input.lpn) ?? {};
      const { disposition } = input;
      const isSold = grade !== null && !unsold.has(grade);
      return [
        ...refusesPiece(state, input, "graded", "stored"),
        disposition === "sell" && !isSold && "grade-not-sellable",
        disposition === "returnToOwner" && !consigned && "not-consigned",
        ...(disposition === "sell" ? [] : refusesMove(state, { from: bin, to: null })),
      ];
    },
    does: (state, input) => {
      const piece = pieceOf(state, input);
      const { disposition } = input;
      piece.disposition = disposition;
      const status = leaves[disposition];
      if (status) Object.assign(piece, { status, bin: null });
      return undefined;
    },
  }),
  "garments.quarantine": rule<OfPiece>({
    refuses: (state, input) =>
      refusesPiece(state, input, "received", "graded", "rework", "stored", "reserved"),
    does: (state, { lpn }) => freed(state, freePiece(state, lpn, { status: "quarantined" })),
  }),
  "garments.releaseQuarantine": rule<OfPiece>({
    refuses: (state, input) => refusesPiece(state, input, "quarantined"),
    does: (state, input) => {
      const piece = pieceOf(state, input);
      const kind = piece.bin === null ? undefined : state.bins.get(piece.bin)?.kind;
      const isForSale = kind !== undefined && forSale.includes(kind);
      const stored = isForSale && piece.disposition === "sell";
      piece.status = piece.grade === null ? "received" : stored ? "stored" : "graded";
      if (piece.status === "stored") piece.storedMs ??= now();
      return { status: piece.status };
    },
  }),
  "garments.writeOffGarment": rule<OfPiece>({
    refuses: (state, input) => [
      ...refusesPiece(
        ...([state, input, "received", "graded", "rework", "stored"] as const),
        ...["quarantined", "missing"],
      ),
      ...refusesMove(state, { from: state.pieces.get(input.lpn)?.bin ?? null, to: null }),
    ],
    does: (state, input) => {
      Object.assign(pieceOf(state, input), nobody, { status: "writtenOff", bin: null });
      return undefined;
    },
  }),
};

const moving: Readonly<Record<string, Rule>> = {
  "garments.putAway": rule<OfPiece & { readonly bin: string }>({
    refuses: (state, input) => {
      const piece = state.pieces.get(input.lpn);
      if (!piece) return ["garment-unknown"];
      const { status, disposition, bin: from } = piece;
      return [
        status === "graded" && disposition !== "sell" && "not-for-sale",
        !["graded", "quarantined"].includes(status) && "garment-status-forbids",
        ...refusesMove(state, { from, to: input.bin, kinds: kindsFor(piece) }),
      ];
    },
    does: (state, input) => {
      const piece = pieceOf(state, input);
      if (piece.status === "graded") Object.assign(piece, { status: "stored", storedMs: now() });
      piece.bin = input.bin;
      return { status: piece.status };
    },
  }),
  "garments.movePiece": rule<OfPiece & { readonly fromBin: string; readonly toBin: string }>({
    refuses: (state, input) => {
      const piece = state.pieces.get(input.lpn);
      const { bin: from = null } = piece ?? {};
      return [
        ...refusesPiece(state, input, "stored", "reserved", "quarantined"),
        piece !== undefined && from !== input.fromBin && "garment-elsewhere",
        ...(piece ? refusesMove(state, { from, to: input.toBin, kinds: kindsFor(piece) }) : []),
      ];
    },
    does: (state, input) => {
      pieceOf(state, input).bin = input.toBin;
      return undefined;
    },
  }),
  "garments.reportMissing": rule<OfPiece & { readonly bin: string }>({
    refuses: (state, input) => {
      const piece = state.pieces.get(input.lpn);
      return [
        piece ? piece.bin !== input.bin && "garment-elsewhere" : "garment-unknown",
        ...refusesMove(state, { from: piece?.bin ?? null, to: null }),
      ];
    },
    does: (state, { lpn, bin }) => {
      const lines = freePiece(state, lpn, missed(pieceOf(state, { lpn })));
      askForCount(state, bin);
      return freed(state, lines);
    },
  }),
};

const isOver = ({ status, untilMs }: PieceState) =>
  status === "reserved" && untilMs !== null && untilMs <= Date.now();

const reserving: Readonly<Record<string, Rule>> = {
  "garments.reservePiece": rule<OfPiece & LineOf & { readonly until?: string }>({
    refuses: (state, input) => {
      const order = state.orders.get(input.orderId);
      const wanted = order?.lines[input.line - 1];
      const piece = state.pieces.get(input.lpn);
      const { batch, lpns } = hasOf(state, input);
      const served = lpns.length + backOfLine(state, input.orderId, input.line);
      const over = piece !== undefined && isOver(piece);
      const fits = piece?.sku === wanted?.sku && piece?.grade === wanted?.grade;
      return [
        !order && "order-unknown",
        order !== undefined && order.status !== "open" && "order-cancelled",
        order !== undefined && !wanted && "line-unknown",
        wanted != null && (batch !== null || served >= wanted.qty) && "line-served",
        !piece && "garment-unknown",
        piece !== undefined && wanted != null && !fits && "wrong-piece",
        piece !== undefined && piece.order !== null && !over && "reserved-for-another",
        piece !== undefined && piece.status !== "stored" && !over && "garment-status-forbids",
      ];
    },
    does: (state, { lpn, orderId, line, until }) => {
      const piece = pieceOf(state, { lpn });
      if (isOver(piece)) cancelTasks(state, (task) => task.lpn === lpn);
      const untilMs = until === undefined ? null : Date.parse(until);
      Object.assign(piece, { status: "reserved", order: orderId, line, untilMs });
      return undefined;
    },
  }),
  "garments.expireReservations": rule<{ readonly limit: number }>({
    refuses: () => [],
    does: ({ pieces, ...state }, { limit }) => {
      const over = [...pieces].filter(([, piece]) => isOver(piece));
      const first = over.toSorted(([a, one], [b, other]) => {
        return (one.untilMs ?? 0) - (other.untilMs ?? 0) || (a < b ? -1 : 1);
      });
      for (const [lpn, piece] of first.slice(0, limit)) {
        Object.assign(piece, nobody, { status: "stored" });
        cancelTasks({ pieces, ...state }, (task) => task.lpn === lpn);
      }
      return { more: over.length > limit };
    },
  }),
};

let lastMs = 0;

/** A time after all others. */
export function now(): number {
  lastMs = Math.max(lastMs + 1, Date.now());
  return lastMs;
}

/** What is known of garments' commands. */
export const garmentsRules = { ...grading, ...deciding, ...moving, ...reserving };
