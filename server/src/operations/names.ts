import { z } from "zod";

/** A read model as the SDK names it, in camelCase. */
export const readModelName = () =>
  z
    .string()
    .max(60)
    .regex(/^[a-z][A-Za-z0-9]*$/, "is not the name of a read model");

/** The name of a group of read models. */
export const groupName = () =>
  z
    .string()
    .max(60)
    .regex(/^[a-z][a-z0-9_]*$/, "is not the name of a group");

/** A key of a read model: its columns by their SQL names. */
export const keyValues = () =>
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
