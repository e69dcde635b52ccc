import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { type AllocatedLine, allocateLines } from "../stock/contract.ts";
import { Order } from "./order.ts";
import { OrderLine } from "./order-line.ts";
import { ordersRefusals } from "./refusals.ts";

/** Loads an order with its lines and holds its row: first the order, then stock, everywhere. */
export async function loadOrder(
  ctx: Pick<CommandScope, "load" | "find">,
  orderId: string,
): Promise<Order> {
  const unknown = () => ordersRefusals.because("order-unknown", { orderId });
  const order = await ctx.load(Order, { id: orderId }, unknown, { lock: true });
  order.lines = await ctx.find(OrderLine, { orderId }, { orderBy: { line: "asc" } });
  return order;
}

/** Loads several orders with their lines and holds their rows, in one order, everywhere. */
export async function loadOrders(
  ctx: Pick<CommandScope, "find">,
  orderIds: readonly string[],
): Promise<Order[]> {
  const held = { lock: true, orderBy: { id: "asc" } } as const;
  const orders = await ctx.find(Order, { id: [...orderIds] }, held);
  const known = new Set(orders.map(({ id }) => id));
  const orderId = orderIds.find((one) => !known.has(one));
  if (orderId !== undefined) throw ordersRefusals.because("order-unknown", { orderId });
  const byLine = { orderBy: { orderId: "asc", line: "asc" } } as const;
  const lines = await ctx.find(OrderLine, { orderId: [...orderIds] }, byLine);
  const ofOrder = Map.groupBy(lines, (line) => line.orderId);
  for (const order of orders) order.lines = ofOrder.get(order.id) ?? [];
  return orders;
}

/** What stock needs to know to allocate one line of an open order. */
export async function lineToAllocate(
  ctx: Pick<CommandScope, "load" | "find">,
  orderId: string,
  line: number,
) {
  const order = await loadOrder(ctx, orderId);
  return { ...wantedOf(order, order.openLine(line)) };
}

/** Which stock a line of an order is about, whatever the order's state. */
export async function orderLine(
  ctx: Pick<CommandScope, "load" | "find">,
  orderId: string,
  line: number,
) {
  const { warehouse, lines } = await loadOrder(ctx, orderId);
  const found = lines.find((one) => one.line === line);
  if (!found) throw ordersRefusals.because("line-unknown", { orderId, line });
  return { warehouse, sku: found.sku, grade: found.grade };
}

/** A line as stock sees it. */
export function wantedOf(
  order: Order,
  { line, sku, grade, qty }: Pick<OrderLine, "line" | "sku" | "grade" | "qty">,
) {
  const { id: orderId, warehouse, priority, shipBy = null } = order;
  return { orderId, line, sku, grade, qty, warehouse, priority, shipBy };
}

/** A line of an order, as a piece was reserved for it. */
export interface FreedLine {
  readonly orderId: string;
  readonly line: number;
}

/** What a line that has lost a piece has now. */
export type LineAgain = FreedLine & Omit<AllocatedLine, "line">;

/**
 * Holds the orders of pieces that are about to lose their reservation, before stock and pieces are
 * touched. What is read of the pieces before that is guarded by their versions.
 */
export async function holdOrders(
  ctx: Pick<CommandScope, "find">,
  orderIds: readonly string[],
): Promise<Order[]> {
  const ids = [...new Set(orderIds)];
  if (ids.length === 0) return [];
  const orders = await ctx.find(Order, { id: ids }, { lock: true, orderBy: { id: "asc" } });
  const lines = await ctx.find(OrderLine, { orderId: ids }, { orderBy: { line: "asc" } });
  for (const order of orders) order.lines = lines.filter(({ orderId }) => orderId === order.id);
  return orders;
}

/** Which stock lines of held orders may come from. */
export function stockOf(orders: readonly Order[], freed: readonly FreedLine[]) {
  return wantedAgain(orders, freed).map(({ warehouse, sku, grade }) => ({ warehouse, sku, grade }));
}

/** Lines of held orders that have lost pieces try for stock again. */
export async function allocateAgain(
  ctx: Pick<CommandScope, "load" | "find" | "record">,
  orders: readonly Order[],
  freed: readonly FreedLine[],
): Promise<LineAgain[]> {
  const wanted = wantedAgain(orders, freed);
  if (wanted.length === 0) return [];
  const answers = await allocateLines(ctx, wanted, "known");
  return answers.map((answer, i) => ({ orderId: wanted[i]?.orderId ?? "", ...answer }));
}

function wantedAgain(orders: readonly Order[], freed: readonly FreedLine[]) {
  return orders.flatMap((order) => {
    const lost = new Set(freed.filter((one) => one.orderId === order.id).map(({ line }) => line));
    const lines = order.status === "open" ? order.lines.filter(({ line }) => lost.has(line)) : [];
    return lines.map((line) => wantedOf(order, line));
  });
}
