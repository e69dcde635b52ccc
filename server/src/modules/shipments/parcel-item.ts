import { defineEntity, p } from "@mikro-orm/postgresql";

const ParcelItemSchema = defineEntity({
  name: "ParcelItem",
  tableName: "parcel_item",
  properties: {
    tenant: p.text().primary(),
    shipmentId: p.uuid().primary(),
    item: p.integer().primary(),
    orderId: p.uuid(),
    line: p.integer(),
    sku: p.text(),
    grade: p.text(),
    lpn: p.text().nullable(),
    batch: p.text().nullable(),
    qty: p.integer(),
  },
});

/** Pieces of one order line in one parcel: one piece with a licence plate, or some of a batch. */
export class ParcelItem extends ParcelItemSchema.class {}

ParcelItemSchema.setClass(ParcelItem);
