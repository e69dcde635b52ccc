import { z } from "zod";
import { count, safeText, timestamp } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { grade } from "../../inputs.ts";

/** Age bands, the youngest first, each with the last day that it holds. */
const bands = [
  ["0-30", 30],
  ["31-60", 60],
  ["61-90", 90],
  ["91-180", 180],
  ["181-365", 365],
] as const;
const oldest = "over 365";

/** What lies in the house for sale, by how long it has been there: what is to be marked down. */
export const stockAgeing = readModel({
  doc:
    "Pieces for sale in the house, by brand, category, grade and the days since they came in; " +
    "(none) where the variant does not say.",
  name: "stock_ageing",
  group: "merchandising",
  scope: "stock:read",
  key: ["tenant", "brand", "category", "grade", "age_band"],
  columns: {
    brand: safeText(200),
    category: safeText(200),
    grade: grade(),
    age_band: z.enum([...bands.map(([name]) => name), oldest]),
    pieces: count(),
    oldest_days: count(),
    last_move_at: timestamp(),
  },
  filterBy: ["brand", "category", "grade", "age_band"],
  maintain: "whole",
  freshWithinMs: 600_000,
  staleOn: ["garment", "batch", "variant"],
  // Days are counted by the calendar in UTC, so that a band changes at midnight and not all day.
  sql: `
    select tenant, brand, category, grade, age_band, sum(pieces) as pieces,
      max(days) as oldest_days, max(moved_at) as last_move_at
    from (
      select s.tenant, coalesce(v.brand, '(none)') as brand,
        coalesce(v.category, '(none)') as category, s.grade, s.pieces, s.moved_at, d.days,
        case ${bands.map(([name, days]) => `when d.days <= ${days} then '${name}'`).join(" ")}
          else '${oldest}' end as age_band
      from (
        select tenant, sku, grade, 1 as pieces, received_at, moved_at from garment
        where status in ('stored', 'reserved')
        union all
        select tenant, sku, grade, qty - picked, received_at, received_at from batch
        where received_at is not null and qty > picked
      ) as s
      cross join lateral (
        select greatest(0, (now() at time zone 'UTC')::date
          - (s.received_at at time zone 'UTC')::date) as days
      ) as d
      left join variant as v on v.tenant = s.tenant and v.sku = s.sku
    ) as aged
    group by tenant, brand, category, grade, age_band`,
});
