import type { CommandScope } from "../../kernel/unit-of-work.ts";
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
export function wantedOf(order: Order, { line, sku, grade, qty }: OrderLine) {
  const { id: orderId, warehouse, priority, shipBy = null } = order;
  return { orderId, line, sku, grade, qty, warehouse, priority, shipBy };
}
