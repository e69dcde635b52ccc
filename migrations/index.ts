import { WriteSide0001 } from "./0001-write-side.ts";

/** All migrations in the order in which they run; forward only. */
export const migrations = [{ name: "0001-write-side", class: WriteSide0001 }];
