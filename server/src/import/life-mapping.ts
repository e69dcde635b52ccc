import { z } from "zod";
import { text } from "./mapping-parts.ts";
import { courierWords, outcomes } from "./outcomes.ts";

/** Columns that tell what became of an order after it was placed. */
export const lifeColumns = {
  status: text.optional(),
  courierStatus: text.optional(),
  carrier: text.optional(),
  approvedAt: text.optional(),
  handedOverAt: text.optional(),
  deliveredAt: text.optional(),
  promisedFor: text.optional(),
};

/** What the source's words for it mean. */
export const lifeValues = {
  status: z.record(text, z.enum(outcomes)).optional(),
  courierStatus: z.record(text, z.enum(courierWords)).optional(),
};

/** Who carried parcels, where neither the source nor its owner says. */
export const carrierNotStated = "not stated";

/** What a source does not say: who carried it, and what it was, if that is not told at all. */
export const lifeConstants = {
  carrier: text.optional(),
  sku: text.optional(),
  qty: z.int().min(1).max(1_000).optional(),
};

/** What is assumed where a source cannot be right without it. */
export const lifeRules = {
  /** An order was shipped of which the house has too few pieces. */
  whenStockMissing: z.enum(["assume-batch", "leave-backordered"]).default("leave-backordered"),
};

interface LifeMapping {
  readonly columns: Readonly<Record<string, unknown>>;
  readonly values: z.output<z.ZodObject<typeof lifeValues>>;
  readonly constants: z.output<z.ZodObject<typeof lifeConstants>>;
}

/** Where a mapping names a column and not what its words mean, or not what was ordered. */
export function lifeIssues({ columns, values, constants }: LifeMapping) {
  const unknown = (["status", "courierStatus"] as const)
    .filter((column) => columns[column] && !values[column])
    .map((column) => ({ path: ["values", column], message: "name the known statuses" }));
  const untold = (["sku", "qty"] as const)
    .filter((fact) => !columns[fact] && !constants[fact])
    .map((fact) => ({
      path: ["columns", fact],
      message: `name a column, or constants.${fact}`,
    }));
  return [...unknown, ...untold];
}
