import type { Planned, PlannedOrder } from "./plan.ts";

/** Orders that stand near each other in a file and left the house: they are picked together. */
export interface PlannedWave {
  readonly kind: "wave";
  readonly orders: readonly PlannedOrder[];
}

/** So few that several waves are under way at once, so many that a wave costs little an order. */
const ordersMax = 50;
const linesMax = 500;

/**
 * Gives what was planned, and after each stretch of orders the wave of those that were shipped. A
 * stretch ends by the number of its orders and lines, whatever became of them: so a later export of
 * the same orders has the same waves.
 */
export async function* withWaves(
  planned: AsyncIterable<Planned>,
): AsyncGenerator<Planned | PlannedWave> {
  let shipped: PlannedOrder[] = [];
  let orders = 0;
  let lines = 0;
  for await (const work of planned) {
    yield work;
    if (work.kind !== "order") continue;
    if (work.parcels.length > 0) shipped.push(work);
    orders += 1;
    lines += work.rows.length;
    if (orders < ordersMax && lines < linesMax) continue;
    if (shipped.length > 0) yield { kind: "wave", orders: shipped };
    [shipped, orders, lines] = [[], 0, 0];
  }
  if (shipped.length > 0) yield { kind: "wave", orders: shipped };
}
