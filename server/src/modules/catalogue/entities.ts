import { Variant } from "./variant.ts";

/** What the catalogue stores. */
export const entities = [Variant];
