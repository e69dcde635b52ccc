import { defineEntity, p } from "@mikro-orm/postgresql";

const AllocationSchema = defineEntity({
  name: "Allocation",
  tableName: "allocation",
  properties: {
    tenant: p.text().primary(),
    orderId: p.uuid().primary(),
    line: p.integer().primary(),
    warehouse: p.text(),
    sku: p.text(),
    grade: p.text(),
    batch: p.text(),
    qty: p.integer(),
    priority: p.integer(),
    shipBy: p.datetime().nullable(),
    state: p.text().$type<"allocated" | "picked" | "shipped">(),
    packed: p.integer(),
    shipped: p.integer(),
    // The database counts; nobody writes it.
    sequence: p.bigint("number").persist(false).nullable(),
  },
});

/** Pieces of one batch promised to one order line. */
export class Allocation extends AllocationSchema.class {}

AllocationSchema.setClass(Allocation);
