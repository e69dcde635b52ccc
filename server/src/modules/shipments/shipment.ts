import { defineEntity, p } from "@mikro-orm/postgresql";
import { type Aggregate, type DomainEvent, happened } from "../../kernel/events.ts";
import { ParcelItem } from "./parcel-item.ts";
import { shipmentsRefusals } from "./refusals.ts";
import { type ShipmentStatus, type ShipmentStep, shipmentLife } from "./shipment-life.ts";

/** Pieces that go into a parcel. */
export interface PackedPieces {
  readonly line: number;
  readonly sku: string;
  readonly grade: string;
  readonly lpn: string | null;
  readonly batch: string | null;
  readonly qty: number;
}

/** A parcel as it leaves the packing bench. */
export interface ParcelToPack {
  readonly tenant: string;
  readonly id: string;
  readonly orderId: string;
  readonly warehouse: string;
  readonly carrier: string | null;
  readonly carrierService: string | null;
  readonly carton: string | null;
  readonly weightGrams: number | null;
  /** By when the carrier has to have it. */
  readonly cutOff: Date | null;
  readonly packedAt: Date;
  readonly items: readonly PackedPieces[];
}

/** When a carrier says that it took a parcel, and when the parcel's order was placed. */
export interface HandOverTold {
  readonly at: Date;
  readonly orderedAt: Date;
}

interface StepBefore {
  readonly now: Date;
  readonly step: "placed" | "handedOver";
  readonly stepAt: Date;
}

const ShipmentSchema = defineEntity({
  name: "Shipment",
  tableName: "shipment",
  properties: {
    tenant: p.text().primary(),
    id: p.uuid().primary(),
    orderId: p.uuid(),
    warehouse: p.text(),
    carrier: p.text().nullable(),
    carrierService: p.text().nullable(),
    carton: p.text().nullable(),
    weightGrams: p.integer().nullable(),
    tracking: p.text().nullable(),
    manifest: p.text().nullable(),
    cutOff: p.datetime().nullable(),
    status: p.text().$type<ShipmentStatus>(),
    packedAt: p.datetime(),
    labelledAt: p.datetime().nullable(),
    handedOverAt: p.datetime().nullable(),
    endedAt: p.datetime().nullable(),
    reportedHandedOverAt: p.datetime().nullable(),
    reportedDeliveredAt: p.datetime().nullable(),
    version: p.integer().concurrencyCheck(),
  },
});

/** One parcel of one order: what is in it, who carries it, and how far it is. */
export class Shipment extends ShipmentSchema.class implements Aggregate {
  items: ParcelItem[] = [];

  /** Picked pieces of an order are packed. */
  static pack({ items, ...facts }: ParcelToPack): { shipment: Shipment; packed: DomainEvent } {
    const nothingYet = { tracking: null, manifest: null, labelledAt: null, handedOverAt: null };
    const begins = { status: shipmentLife.begins, endedAt: null, version: 0 };
    const untold = { reportedHandedOverAt: null, reportedDeliveredAt: null };
    const shipment = Object.assign(new Shipment(), facts, nothingYet, begins, untold);
    const { tenant, id: shipmentId, orderId } = facts;
    shipment.items = items.map((item, i) =>
      Object.assign(new ParcelItem(), item, { tenant, shipmentId, orderId, item: i + 1 }),
    );
    const data = { orderId, carrier: facts.carrier, carton: facts.carton, items: [...items] };
    return { shipment, packed: happened(shipment, "ParcelPacked", data) };
  }

  journalKey() {
    return { kind: "Shipment", id: this.id };
  }

  parts() {
    return this.items;
  }

  /** It has a label: a carrier and its number for it. */
  label(carrier: string, tracking: string, at: Date): DomainEvent {
    this.#step("label");
    Object.assign(this, { carrier, tracking, labelledAt: at });
    return happened(this, "ParcelLabelled", { orderId: this.orderId, carrier, tracking });
  }

  /** It is opened again, and its pieces are free for another parcel. */
  unpack(reason: string, at: Date): DomainEvent {
    this.#step("unpack");
    Object.assign(this, { endedAt: at, tracking: null });
    return happened(this, "ParcelUnpacked", { orderId: this.orderId, reason });
  }

  /**
   * The carrier takes it, by a list that both sides keep, and may tell when: not before its order
   * was placed.
   */
  handOver(manifest: string, at: Date, told: HandOverTold | null = null): DomainEvent {
    const status = this.#after("handOver");
    if (told) this.#requireInSequence(told.at, { now: at, step: "placed", stepAt: told.orderedAt });

    const reportedHandedOverAt = told?.at ?? null;
    Object.assign(this, { status, manifest, handedOverAt: at, reportedHandedOverAt });
    const { orderId, carrier } = this;
    const facts = { orderId, carrier, manifest, qty: this.#pieces() };
    const when = told && { reportedAt: told.at.toISOString() };
    return happened(this, "ParcelHandedOver", { ...facts, ...when });
  }

  /** The customer has it, and the carrier may tell since when: not before the carrier had it. */
  deliver(at: Date, told: Date | null = null): DomainEvent {
    const status = this.#after("deliver");
    const stepAt = this.reportedHandedOverAt ?? this.handedOverAt;
    if (told && stepAt) this.#requireInSequence(told, { now: at, step: "handedOver", stepAt });

    Object.assign(this, { status, endedAt: at, reportedDeliveredAt: told });
    const { orderId } = this;
    return happened(this, "ParcelDelivered", { orderId, deliveredAt: (told ?? at).toISOString() });
  }

  /** The carrier has lost it. */
  lose(reason: string, at: Date): DomainEvent {
    this.#step("lose");
    this.endedAt = at;
    return happened(this, "ParcelLost", { orderId: this.orderId, reason, qty: this.#pieces() });
  }

  #pieces(): number {
    return this.items.reduce((sum, { qty }) => sum + qty, 0);
  }

  #step(verb: ShipmentStep): void {
    this.status = this.#after(verb);
  }

  #after(verb: ShipmentStep): ShipmentStatus {
    return shipmentLife.after(verb, this.status, (needs) => {
      const details = { shipmentId: this.id, status: this.status, needs };
      return shipmentsRefusals.because("shipment-status-forbids", details);
    });
  }

  #requireInSequence(told: Date, { now, step, stepAt }: StepBefore): void {
    const details = { shipmentId: this.id, at: told.toISOString() };
    if (told > now) {
      const facts = { ...details, now: now.toISOString() };
      throw shipmentsRefusals.because("time-in-future", facts);
    }
    if (told >= stepAt) return;
    const facts = { ...details, step, stepAt: stepAt.toISOString() };
    throw shipmentsRefusals.because("time-out-of-sequence", facts);
  }
}

ShipmentSchema.setClass(Shipment);
