import { z } from "zod";
import { courierWords, outcomes } from "./outcomes.ts";

const text = z.string().trim().min(1).max(200);

/** Columns that tell what became of an order after it was placed. */
export const lifeColumns = {
  status: text.optional(),
  courierStatus: text.optional(),
  carrier: text.optional(),
};

/** What the source's words for it mean. */
export const lifeValues = {
  status: z.record(text, z.enum(outcomes)).optional(),
  courierStatus: z.record(text, z.enum(courierWords)).optional(),
};

/** Who carried parcels, where neither the source nor its owner says. */
export const carrierNotStated = "not stated";

/** What a source does not say and its owner knows. */
export const lifeConstants = { carrier: text.optional() };

/** What is assumed where a source cannot be right without it. */
export const lifeRules = {
  /** An order was shipped of which the house has too few pieces. */
  whenStockMissing: z.enum(["assume-batch", "leave-backordered"]).default("leave-backordered"),
};

interface LifeMapping {
  readonly columns: { readonly [Column in keyof typeof lifeColumns]?: string | undefined };
  readonly values: z.output<z.ZodObject<typeof lifeValues>>;
}

/** Where a mapping names a column and not what its words mean. */
export function lifeIssues({
  columns,
  values,
}: LifeMapping): { path: string[]; message: string }[] {
  return (["status", "courierStatus"] as const)
    .filter((column) => columns[column] && !values[column])
    .map((column) => ({ path: ["values", column], message: "name the known statuses" }));
}
