import { Bin } from "./bin.ts";

/** What bins store. */
export const entities = [Bin];
