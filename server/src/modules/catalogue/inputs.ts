import { keyText } from "../../kernel/primitives.ts";

/** A stock-keeping unit: which variant. */
export const sku = () => keyText();
