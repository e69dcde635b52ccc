import { z } from "zod";

/** A name or a value of a source. */
export const text = z.string().trim().min(1).max(200);

/** A source's words, each with the warehouse's word for it. */
export const vocabulary = z
  .record(text, text)
  .refine((values) => Object.keys(values).length > 0, "name at least one known value");

/** What every mapping says. */
export const common = {
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "use small letters, digits and hyphens"),
  ignore: z.array(text).max(500).default([]),
  missing: z.array(text).max(50).default([]),
  letterCase: z
    .partialRecord(
      z.enum(["style", "brand", "colour", "category", "material", "channel"]),
      z.enum(["lower", "upper", "title"]),
    )
    .default({}),
};
