import { z } from "zod";

/**
 * Most lines of one order. Wholesale orders come with hundreds; at this many, placing takes about a
 * second, in which nobody else gets at the stock of those SKUs.
 */
export const orderLinesMax = 2_000;

/** The number of an order's line, from one. */
export const orderLineNumber = () => z.int().min(1).max(orderLinesMax);
