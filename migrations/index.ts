import { WriteSide0001 } from "./0001-write-side.ts";
import { LagHistory0002 } from "./0002-lag-history.ts";
import { Feed0005 } from "./0005-feed.ts";

/** All migrations in the order in which they run; forward only. */
export const migrations = [
  { name: "0001-write-side", class: WriteSide0001 },
  { name: "0002-lag-history", class: LagHistory0002 },
  { name: "0005-feed", class: Feed0005 },
];
