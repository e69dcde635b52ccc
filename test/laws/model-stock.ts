import {
  type AllocationState,
  type BatchState,
  backOfLine,
  type HouseState,
  lineKey,
  type OrderState,
  piecesOfLine,
} from "./house-state.ts";

/** An order's line that wants stock. */
export interface LineOf {
  readonly orderId: string;
  readonly line: number;
}

/** What a line has. */
export interface Has {
  readonly batch: string | null;
  readonly lpns: readonly string[];
}

/** What a line has at the moment. */
export function hasOf(state: HouseState, { orderId, line }: LineOf): Has {
  const batch = state.allocations.get(lineKey(orderId, line))?.batch ?? null;
  return { batch, lpns: piecesOfLine(state, orderId, line).map(([lpn]) => lpn) };
}

/** What a line has, as commands answer it: nothing where that is not all that it wants. */
export function answerOf(state: HouseState, of: LineOf): Has & { readonly line: number } {
  const { batch, lpns } = hasOf(state, of);
  const { qty } = state.orders.get(of.orderId)?.lines[of.line - 1] ?? { qty: 0 };
  const missing = qty - lpns.length - backOfLine(state, of.orderId, of.line);
  return { line: of.line, batch, lpns: missing > 0 ? [] : lpns };
}

/** A line tries for stock: the house's batches, then single pieces, then what is to come. */
export function tryFor(state: HouseState, of: LineOf, except: string | null = null): void {
  const wanted = state.orders.get(of.orderId)?.lines[of.line - 1];
  if (!wanted) return;
  const { batch, lpns } = hasOf(state, of);
  const missing = wanted.qty - lpns.length - backOfLine(state, of.orderId, of.line);
  const piecewise = missing < wanted.qty;
  if (batch !== null || missing <= 0) return;
  if (!piecewise && allocate(state, of, { only: "here", except })) return;
  const free = [...state.pieces]
    .filter(([, { status, sku, grade }]) => {
      return status === "stored" && sku === wanted.sku && grade === wanted.grade;
    })
    .toSorted(([a, one], [b, other]) => {
      return (one.storedMs ?? 0) - (other.storedMs ?? 0) || (a < b ? -1 : 1);
    });
  if (free.length >= missing) {
    const reserved = { status: "reserved", order: of.orderId, line: of.line, untilMs: null };
    for (const [, piece] of free.slice(0, missing)) Object.assign(piece, reserved);
  } else if (!piecewise) allocate(state, of, { only: "anywhere", except });
}

function allocate(
  state: HouseState,
  { orderId: order, line }: LineOf,
  { only, except }: { only: "here" | "anywhere"; except: string | null },
): boolean {
  const { sku, grade, qty } = state.orders.get(order)?.lines[line - 1] ?? {};
  if (qty === undefined) return false;
  const expected = ({ here, etaMs }: BatchState) => (here ? 0 : (etaMs ?? 0));
  const [first] = [...state.batches]
    .filter(([ref, batch]) => {
      const fits = batch.sku === sku && batch.grade === grade && ref !== except;
      return fits && batch.qty - batch.allocated >= qty && (batch.here || only === "anywhere");
    })
    .toSorted(([, a], [, b]) => Number(b.here) - Number(a.here) || expected(a) - expected(b));
  if (!first) return false;
  const [batch, serving] = first;
  serving.allocated += qty;
  const none = { state: "allocated", packed: 0, shipped: 0 };
  state.allocations.set(lineKey(order, line), { order, line, batch, qty, ...none });
  return true;
}

/** A line has its pieces of a batch no longer. */
export function giveBack(state: HouseState, { order, line, batch, qty, ...of }: AllocationState) {
  const from = state.batches.get(batch);
  if (!from) throw new Error(`There is no batch ${batch}.`);
  from.allocated -= qty;
  if (of.state === "picked") from.picked -= qty;
  state.allocations.delete(lineKey(order, line));
}

/** A batch holds so many from now on; answers who has lost its pieces, the least urgent first. */
export function shrink(state: HouseState, ref: string, qty: number): AllocationState[] {
  const batch = state.batches.get(ref);
  if (!batch) throw new Error(`There is no batch ${ref}.`);
  const never = Number.MAX_SAFE_INTEGER;
  const orderOf = ({ order }: AllocationState) => state.orders.get(order) as OrderState;
  const promised = [...state.allocations.values()]
    .filter((one) => one.batch === ref && one.state === "allocated")
    .toReversed()
    .toSorted((a, b) => {
      const [one, other] = [orderOf(a), orderOf(b)];
      return one.priority - other.priority || (other.shipByMs ?? never) - (one.shipByMs ?? never);
    });
  const victims: AllocationState[] = [];
  for (const victim of promised) {
    if (batch.allocated <= qty) break;
    giveBack(state, victim);
    victims.push(victim);
  }
  batch.qty = qty;
  return victims;
}

/** Lines that have lost pieces try for others, the most urgent first. */
export function tryAgain(state: HouseState, victims: readonly AllocationState[]): void {
  for (const { order, line } of victims.toReversed()) {
    if (state.orders.get(order)?.status === "open") tryFor(state, { orderId: order, line });
  }
}

/** A batch is found to hold so many: who has lost pieces by it tries for others at once. */
export function correctTo(state: HouseState, ref: string, qty: number) {
  const victims = shrink(state, ref, qty);
  tryAgain(state, victims);
  for (const { order, line } of victims) {
    cancelTasks(state, (task) => task.order === order && task.line === line);
  }
  const deallocated = victims.map(({ order: orderId, line, qty }) => {
    return { orderId, qty, ...answerOf(state, { orderId, line }) };
  });
  return { qty, deallocated };
}

/** What is open of such tasks is wanted no longer; a wave without open tasks is done. */
export function cancelTasks(
  state: HouseState,
  ofThese: (task: { order: string; line: number; lpn: string | null }) => boolean,
): void {
  for (const wave of state.waves.values()) {
    const open = wave.tasks.filter((task) => task.state === "open" && ofThese(task));
    for (const task of open) task.state = "cancelled";
    if (open.length > 0) finishIfDone(wave);
  }
}

/** A wave without open tasks is done. */
export function finishIfDone(wave: {
  status: string;
  readonly tasks: readonly { state: string }[];
}): void {
  if (wave.tasks.every(({ state }) => state !== "open")) wave.status = "done";
}
