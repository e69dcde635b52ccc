import { Garment } from "./garment.ts";

/** What garments store. */
export const entities = [Garment];
