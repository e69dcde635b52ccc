import { Order } from "./order.ts";
import { OrderLine } from "./order-line.ts";

/** What orders store. */
export const entities = [Order, OrderLine];
