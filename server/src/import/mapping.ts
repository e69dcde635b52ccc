import { z } from "zod";
import { isDateFormat } from "./dates.ts";
import { type InvoicesMapping, invoicesMapping } from "./invoices-mapping.ts";
import { lifeColumns, lifeConstants, lifeIssues, lifeRules, lifeValues } from "./life-mapping.ts";
import { common, text, vocabulary } from "./mapping-parts.ts";
import { isMomentFormat } from "./moments.ts";

const factColumns = {
  style: text.optional(),
  brand: text.optional(),
  colour: text.optional(),
  size: text.optional(),
  category: text.optional(),
  material: text.optional(),
};
const factValues = {
  colour: vocabulary.optional(),
  size: vocabulary.optional(),
  category: vocabulary.optional(),
};
const constants = {
  warehouse: text.optional(),
  brand: text.optional(),
  sizeSystem: z.enum(["EU", "UK", "US", "INT", "one-size"]).optional(),
};

const stockMapping = z.strictObject({
  ...common,
  kind: z.literal("stock"),
  columns: z.strictObject({ sku: text, qty: text, ...factColumns }),
  values: z.strictObject(factValues).default({}),
  constants: z.strictObject(constants).default({}),
});

const ordersMapping = z
  .strictObject({
    ...common,
    kind: z.literal("orders"),
    columns: z.strictObject({
      orderId: z.union([text, z.array(text).min(1).max(5)]),
      date: text,
      sku: text.optional(),
      qty: text.optional(),
      ...lifeColumns,
      channel: text.optional(),
      carrierService: text.optional(),
      amount: text.optional(),
      currency: text.optional(),
      ...factColumns,
    }),
    values: z
      .strictObject({
        ...factValues,
        ...lifeValues,
        currency: vocabulary.optional(),
      })
      .default({}),
    constants: z
      .strictObject({ ...constants, ...lifeConstants, channel: text.optional() })
      .default({}),
    dateFormat: z
      .string()
      .refine(
        (format) => isDateFormat(format) || isMomentFormat(format),
        "use YYYY or YY, MM and DD once each, like MM-DD-YY, or with H:mm, like M/D/YYYY H:mm",
      ),
    rowsOfAnOrder: z.enum(["together", "anywhere"]).default("together"),
    whenLineRefused: z.enum(["refuse-order", "leave-line-out"]).default("refuse-order"),
    whenQtyZero: z.enum(["assume-one", "reject"]).default("reject"),
    ...lifeRules,
  })
  .superRefine((mapping, context) => {
    const { columns, constants: fixed } = mapping;
    if (!columns.channel && !fixed.channel)
      context.addIssue({
        code: "custom",
        path: ["columns", "channel"],
        message: "name a column, or constants.channel",
      });
    for (const issue of lifeIssues(mapping)) context.addIssue({ code: "custom", ...issue });
  });

const mappingSchema = z.discriminatedUnion("kind", [stockMapping, ordersMapping, invoicesMapping]);

/** Says how the rows of a seller's stock export become variants and opening batches. */
export type StockMapping = z.output<typeof stockMapping>;

/** Says how the rows of a seller's order export become variants, orders and what became of them. */
export type OrdersMapping = z.output<typeof ordersMapping>;

/** Says how the rows of an export describe variants. */
export type VariantsMapping = StockMapping | OrdersMapping;

/** Says which columns and values of one source mean what in the warehouse. */
export type Mapping = VariantsMapping | InvoicesMapping;

/** What a mapping file holds before its defaults are filled in. */
export type MappingFile = z.input<typeof mappingSchema>;

/** A mapping file that cannot be used, with every reason in its message. */
export class MappingError extends Error {
  override readonly name = "MappingError";
}

/** Reads a mapping, naming each thing that is wrong with it. */
export function parseMapping(content: unknown, source = "the mapping"): Mapping {
  const parsed = mappingSchema.safeParse(content);
  if (parsed.success) return parsed.data;

  const issues = parsed.error.issues.slice(0, 10).map((issue) => {
    const path = issue.path.map(String).join(".");
    return path === "" ? issue.message : `${path}: ${issue.message}`;
  });
  throw new MappingError(`${source} cannot be used: ${issues.join("; ")}`);
}
