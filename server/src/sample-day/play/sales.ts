import type { Correction } from "../plan/corrections.ts";
import type { KeptPiece, OrderFate, SampleOrder } from "../plan/orders.ts";
import { people } from "../plan/people.ts";
import type { DeskOrder } from "./desk-order.ts";
import type { Player } from "./player.ts";

/** The shops sell. */
export function placeOrders(
  player: Player,
  when: string,
  orders: readonly SampleOrder[],
): Promise<void> {
  return player.step(`${when} orders`, orders, async (order) => {
    const outcome = await player.send(order);
    if (outcome.state !== "refused") player.desk.placed(order, outcome.data);
  });
}

/** Pieces that customers have asked for are kept for them; who comes second is told so. */
export async function keepPieces(player: Player, kept: readonly KeptPiece[]): Promise<void> {
  await player.step("kept pieces", kept, async ({ lpn, order, until, rival }) => {
    for (const one of [order, rival]) {
      const wanted = one && player.desk.find(one);
      if (!wanted) continue;
      const { orderId, ref } = wanted;
      const piece = { orderId, line: 1, lpn, ...(until !== null && { until }) };
      const outcome = await player.do(people.desk, "garments.reservePiece", ref, piece);
      if (outcome.state !== "refused") wanted.supply(1, { batch: null, lpns: [lpn] });
    }
  });
}

/** Who has not paid in time loses their piece, and does not want the order any longer. */
export async function expireKept(player: Player, kept: readonly KeptPiece[]): Promise<void> {
  await player.step("expired reservations", [{ limit: 500 }], async (input) => {
    const path = "garments.expireReservations";
    const outcome = await player.do("clock", path, "noon", input);
    if (outcome.state === "refused") return;
    for (const line of outcome.data.expired) player.desk.supply(line, { batch: null, lpns: [] });
  });
  const unpaid = kept.filter(({ until }) => until !== null);
  const orders = unpaid.flatMap(({ order }) => player.desk.find(order) ?? []);
  await cancelOrders(player, "unpaid orders cancelled", orders, "was not paid in time");
}

/** Orders that are cancelled; one that a carrier has already stays as it is. */
export function cancelOrders(
  player: Player,
  step: string,
  orders: readonly DeskOrder[],
  reason = "the customer has changed their mind",
): Promise<void> {
  return player.step(step, orders, async (order) => {
    const { orderId, ref } = order;
    const as = order.channel;
    const outcome = await player.do(as, "orders.cancelOrder", ref, { orderId, reason });
    if (outcome.state !== "refused") order.isCancelled = true;
  });
}

/** Orders with one of these fates that are not cancelled, in the order of the plan. */
export function ordersThat(player: Player, ...fates: readonly OrderFate[]): DeskOrder[] {
  return player.desk.all().filter(({ isCancelled, fate }) => !isCancelled && fates.includes(fate));
}

/** Orders whose payment is in doubt wait. */
export function holdOrders(
  player: Player,
  when: string,
  orders: readonly DeskOrder[],
): Promise<void> {
  return player.step(`${when} orders held`, orders, async (order) => {
    const { orderId, ref } = order;
    const doubt = { orderId, reason: "payment in doubt" };
    const outcome = await player.do(people.desk, "orders.holdOrder", ref, doubt);
    if (outcome.state !== "refused") order.isHeld = true;
  });
}

/** Orders that waited for their payment go on. */
export function releaseOrders(player: Player, orders: readonly DeskOrder[]): Promise<void> {
  return player.step("orders released", orders, async (order) => {
    const { orderId, ref } = order;
    const settled = { orderId, reason: "paid" };
    const outcome = await player.do(people.desk, "orders.releaseOrder", ref, settled);
    if (outcome.state !== "refused") order.isHeld = false;
  });
}

/** Somebody sees a flaw in what a line has: it waits, and a single piece is set aside. */
export function letLinesGo(player: Player): Promise<void> {
  const orders = ordersThat(player, "let go").filter(({ lines: [first] }) => first?.isSupplied);
  return player.step("flaws seen", orders, async (order) => {
    const { orderId, ref, lines } = order;
    const lpns = lines[0]?.lpns ?? [];
    const reason = "a flaw was seen in the light";
    const flaw = { orderId, line: 1, reason };
    const outcome = await player.do(people.desk, "stock.deallocateLine", ref, flaw);
    if (outcome.state === "refused") return;
    order.supply(1, { batch: null, lpns: [] });
    for (const lpn of lpns) {
      await player.do(people.desk, "garments.quarantine", `${lpn}/flaw`, { lpn, reason });
    }
  });
}

/** Lines that wait try again: something has come, or others have let something go. */
export function allocateWaiting(player: Player, when: string): Promise<void> {
  return player.step(`${when} allocations`, player.desk.waiting(), async ({ order, line }) => {
    const { orderId, ref } = order;
    const about = `${ref}/${line}/${when}`;
    const outcome = await player.do(people.desk, "stock.allocateLine", about, { orderId, line });
    if (outcome.state !== "refused" && outcome.data.allocated) order.supply(line, outcome.data);
  });
}

/**
 * Batches turn out to hold fewer pieces than the books say, or more; lines that lose theirs have
 * others where there are any. One after the other: one line may lose its pieces twice.
 */
export function correctBatches(player: Player, corrections: readonly Correction[]): Promise<void> {
  const correct = async ({ ref, opening, difference, reason }: Correction) => {
    const left = opening - player.desk.shipped(ref);
    const qty = Math.max(left + difference, player.desk.inHands(ref));
    const found = { ref, qty, reason };
    const outcome = await player.do(people.lead, "stock.changeBatchQuantity", ref, found);
    if (outcome.state === "refused") return;
    for (const line of outcome.data.deallocated) player.desk.supply(line, line);
  };
  return player.step("corrections", corrections, correct, 1);
}
