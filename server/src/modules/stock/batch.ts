import { defineEntity, p } from "@mikro-orm/postgresql";

/** Most pieces of one batch. */
export const batchMax = 1_000_000;

const BatchSchema = defineEntity({
  name: "Batch",
  tableName: "batch",
  properties: {
    tenant: p.text().primary(),
    ref: p.text().primary(),
    warehouse: p.text(),
    sku: p.text(),
    grade: p.text(),
    qty: p.integer(),
    allocated: p.integer(),
    eta: p.datetime().nullable(),
    receivedAt: p.datetime().nullable(),
    bin: p.text().nullable(),
    picked: p.integer(),
    inboundId: p.uuid().nullable(),
    inboundLine: p.integer().nullable(),
    // The database counts; nobody writes it.
    sequence: p.bigint("number").persist(false).nullable(),
  },
});

/** A lot of interchangeable pieces of one variant and grade, in the house or on its way. */
export class Batch extends BatchSchema.class {
  /** Pieces that no order line has yet. */
  get available(): number {
    return this.qty - this.allocated;
  }

  /** Pieces for which its bin keeps a place: until the carrier has them. */
  get load(): number {
    return this.bin == null ? 0 : this.qty;
  }

  /** Whether its pieces can be picked today. */
  get inHouse(): boolean {
    return this.receivedAt != null;
  }
}

BatchSchema.setClass(Batch);
