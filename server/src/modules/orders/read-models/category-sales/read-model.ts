import { count, safeText } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";

/** What kinds of things are ordered, and how much of that is cancelled again. */
export const categorySales = readModel({
  doc:
    "Order lines and pieces by the category of their variant, cancelled orders included; (none) where " +
    "the variant does not say.",
  name: "category_sales",
  scope: "orders:read",
  key: ["tenant", "category"],
  columns: {
    category: safeText(200),
    lines: count(),
    units: count(),
    cancelled_lines: count(),
    cancelled_units: count(),
  },
  filterBy: ["category"],
  // Asked a few times a day, and of all there is: refreshes would cost more than they save.
  maintain: "live",
  sql: `
    select l.tenant, coalesce(v.category, '(none)') as category,
      count(*) as lines, sum(l.qty) as units,
      count(*) filter (where o.status = 'cancelled') as cancelled_lines,
      coalesce(sum(l.qty) filter (where o.status = 'cancelled'), 0)::bigint as cancelled_units
    from order_line as l
    join sales_order as o on o.tenant = l.tenant and o.id = l.order_id
    left join variant as v on v.tenant = l.tenant and v.sku = l.sku
    group by l.tenant, coalesce(v.category, '(none)')`,
});
