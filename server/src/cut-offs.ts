import type { CutOffSource } from "./kernel/engine.ts";
import { identifier } from "./kernel/schemas.ts";

/** By when open orders have to leave the house. */
export const cutOffsOfOrders: CutOffSource = {
  kind: "Order",
  sql: ({ write }, ids) =>
    `select ship_by as at, count(*)::int as count from ${identifier(write)}.sales_order
     where tenant = $1 and id = any (${ids}::uuid[]) and status = 'open' and ship_by is not null
     group by ship_by order by ship_by`,
};
