import { defineEntity, p } from "@mikro-orm/postgresql";

const OrderLineSchema = defineEntity({
  name: "OrderLine",
  tableName: "order_line",
  properties: {
    tenant: p.text().primary(),
    orderId: p.uuid().primary(),
    line: p.integer().primary(),
    sku: p.text(),
    grade: p.text(),
    qty: p.integer(),
    priceCents: p.integer().nullable(),
  },
});

/** So many pieces of one variant in one grade. */
export class OrderLine extends OrderLineSchema.class {}

OrderLineSchema.setClass(OrderLine);
