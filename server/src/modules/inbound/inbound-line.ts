import { defineEntity, p } from "@mikro-orm/postgresql";

const InboundLineSchema = defineEntity({
  name: "InboundLine",
  tableName: "inbound_line",
  properties: {
    tenant: p.text().primary(),
    inboundId: p.uuid().primary(),
    line: p.integer().primary(),
    sku: p.text(),
    grade: p.text().nullable(),
    orderLine: p.integer().nullable(),
    expected: p.integer(),
    received: p.integer(),
    discrepancy: p.text().nullable(),
  },
});

/** So many pieces of one variant that are to come in, and how many have. */
export class InboundLine extends InboundLineSchema.class {
  /** Whether exactly what was announced has come in. */
  get isInFull(): boolean {
    return this.received === this.expected;
  }
}

InboundLineSchema.setClass(InboundLine);
