import type { FactSender } from "./fact-sender.ts";
import type { OrderUnderWay } from "./order-under-way.ts";

/** Pieces that are added may go to an order that is placed meanwhile: then some more are. */
const attemptsMax = 10;

const was = "it was shipped, and the house has too few pieces";

/** What the notes say of a line that had to be given pieces. */
export const stockAssumed = `stock is assumed: ${was}`;

interface ShortLine {
  readonly order: OrderUnderWay;
  readonly line: number;
  readonly sku: string;
  readonly qty: number;
}

/**
 * Sees to it that lines which were shipped have pieces. Whatever a carrier has had was there, even
 * if no export says since when: where the mapping allows it, a batch of just the missing pieces is
 * assumed. Each line has one of its own, so that no other file or run assumes it again. Answers how
 * many pieces that were.
 */
export async function assumeStock(
  facts: FactSender,
  orders: readonly OrderUnderWay[],
): Promise<number> {
  const mayAssume = facts.mapping.whenStockMissing === "assume-batch";
  let assumed = 0;
  for (let attempt = 1; mayAssume && attempt <= attemptsMax; attempt += 1) {
    for (const short of shortLines(orders)) {
      if (await addBatch(facts, short, attempt)) assumed += short.qty;
      await allocate(facts, short, attempt);
    }
  }
  for (const { order } of shortLines(orders)) order.stick("it is not shipped", "no stock");
  return assumed;
}

function shortLines(orders: readonly OrderUnderWay[]): ShortLine[] {
  return orders
    .filter(({ isStuck }) => !isStuck)
    .flatMap((order) => [...order.waiting].map((line) => ({ order, line, ...order.lineOf(line) })));
}

async function addBatch(
  facts: FactSender,
  { order, line, sku, qty }: ShortLine,
  attempt: number,
): Promise<boolean> {
  if (order.isStuck) return false;
  const { warehouse } = facts.mapping.constants;
  const names = [...order.names, String(line), ...(attempt > 1 ? [String(attempt)] : [])];
  const ref = facts.keyFor("assumed", ...names);
  const batch = { ref, sku, qty, ...(warehouse ? { warehouse } : {}) };
  const outcome = await facts.send("addBatch", [ref], ({ stock }, options) =>
    stock.addBatch(batch, options),
  );
  if (outcome.state === "refused") order.stickFor("no stock can be assumed for it", outcome);
  else order.note(line, stockAssumed, `${stockAssumed} (${qty} pieces)`);
  return outcome.state !== "refused";
}

async function allocate(
  facts: FactSender,
  { order, line }: ShortLine,
  attempt: number,
): Promise<void> {
  if (order.isStuck) return;
  const { orderId } = order;
  const fact = [...order.names, String(line), String(attempt)];
  const outcome = await facts.send("allocateLine", fact, ({ stock }, options) =>
    stock.allocateLine({ orderId, line }, options),
  );
  if (outcome.state === "refused") order.stickFor("it has no stock", outcome);
  else if (outcome.data.allocated) order.waiting.delete(line);
}
