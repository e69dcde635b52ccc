import { z } from "zod";
import { common, text } from "./mapping-parts.ts";
import { isMomentFormat } from "./moments.ts";

/** How the mapping of an export of invoices is written. */
export const invoicesMapping = z.strictObject({
  ...common,
  kind: z.literal("invoices"),
  columns: z.strictObject({
    orderId: text,
    date: text,
    sku: text,
    qty: text,
    price: text,
    customer: text,
    description: text,
  }),
  constants: z.strictObject({ channel: text, warehouse: text.optional() }),
  dateFormat: z
    .string()
    .refine(isMomentFormat, "use YYYY or YY, MM or M, DD or D, HH or H and mm, like M/D/YY H:mm"),
  /** What the number of a cancellation begins with. */
  cancellationPrefix: text,
  /** How the codes of goods are written; a code of another shape rejects its row. */
  goods: z.array(text).min(1).max(100),
  /** Codes, or shapes of codes, that stand for something else, and for what. */
  notGoods: z.record(text, text).default({}),
  /** Where the stock comes from that the file sells: assumed, or there by an import before. */
  openingStock: z.enum(["assumed", "imported"]).default("assumed"),
});

/** Says how the rows of an export of invoices become orders, corrections and cancellations. */
export type InvoicesMapping = z.output<typeof invoicesMapping>;
