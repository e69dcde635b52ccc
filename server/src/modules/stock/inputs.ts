import { keyText } from "../../kernel/primitives.ts";

/** A warehouse's short name. */
export const warehouse = () => keyText();

/** A grade's short name, such as N (new with tags) or B (good). */
export const grade = () => keyText();

/** Where a house has one warehouse only. */
export const defaultWarehouse = "main";

/** New with tags. */
export const defaultGrade = "N";
