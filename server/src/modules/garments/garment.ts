import { type Aggregate, type DomainEvent, happened } from "../../kernel/events.ts";
import {
  type Defect,
  type Disposition,
  GarmentSchema,
  type GarmentToReceive,
  type GradeRule,
  type ReservedFor,
} from "./garment-facts.ts";
import {
  requireFit,
  requireFitFor,
  requireForSale,
  requireFree,
  requireIn,
  requireReservedFor,
  requireStatus,
  statusForbids,
} from "./garment-guards.ts";
import { type GarmentStep, garmentLife } from "./garment-life.ts";

const nowhere = { orderId: null, orderLine: null, reservedUntil: null } as const;
const ungraded = { grade: null, gradedAt: null, disposition: null } as const;

/** One piece with one licence plate: what it is worth, where it is, and who it is promised to. */
export class Garment extends GarmentSchema.class implements Aggregate {
  /** A piece comes in for the first time. */
  static receive(facts: GarmentToReceive): DomainEvent {
    const { at, ...known } = facts;
    const owner = known.consignor === null ? ("own" as const) : ("consignor" as const);
    const garment = Object.assign(new Garment(), known, nowhere, ungraded, {
      ...{ owner, status: garmentLife.begins, version: 0, defects: [] },
      ...{ gradeBefore: null, bin: null, receivedAt: at, movedAt: at, storedAt: null },
    });
    const { sku, inboundId, inboundLine } = known;
    const data = { sku, owner, inboundId, inboundLine };
    return happened(garment, "GarmentReceived", data);
  }

  journalKey() {
    return { kind: "Garment", id: this.lpn };
  }

  /** Whether an order line may have it. */
  get sellable(): boolean {
    return this.status === "stored" && this.disposition === "sell";
  }

  /** Which order line it is promised to. */
  get reservedFor(): ReservedFor | null {
    const { orderId = null, orderLine = null } = this;
    return orderId === null || orderLine === null ? null : { orderId, line: orderLine };
  }

  /** It comes in again, with a return: its grade is to be found anew. */
  comeBack(
    by: Pick<GarmentToReceive, "warehouse" | "inboundId" | "inboundLine">,
    at: Date,
  ): DomainEvent {
    this.#step("comeBack");
    const { warehouse, inboundId, inboundLine } = by;
    const { orderId, orderLine: line, grade: gradeBefore = null } = this;
    Object.assign(this, nowhere, { warehouse, inboundId, inboundLine }, ungraded, {
      ...{ receivedAt: at, movedAt: at, storedAt: null, gradeBefore, defects: [], bin: null },
    });
    const data = { sku: this.sku, inboundId, inboundLine, orderId, line, gradeBefore };
    return happened(this, "GarmentReturned", data);
  }

  /** A grader says what it is worth. */
  gradeAs(grade: GradeRule, defects: readonly Defect[], at: Date): DomainEvent {
    requireFit(grade, defects);
    this.#step("grade");
    Object.assign(this, { grade: grade.code, defects, disposition: null, gradedAt: at });
    return happened(this, "GarmentGraded", { sku: this.sku, grade: grade.code, defects });
  }

  /** The grade is corrected; what is no longer sellable needs a new decision. */
  regradeAs(grade: GradeRule, defects: readonly Defect[], reason: string): DomainEvent {
    requireStatus(this, ["graded", "stored", "quarantined"]);
    // What is in quarantine may not have been graded yet.
    if (this.grade == null) throw statusForbids(this, ["graded"]);
    requireFit(grade, defects);

    const before = this.grade;
    Object.assign(this, { grade: grade.code, gradeBefore: before, defects });
    if (!grade.sellable && this.disposition === "sell") {
      this.disposition = null;
      if (this.status === "stored") this.#step("unstore");
    }
    const { sku } = this;
    return happened(this, "GarmentRegraded", { sku, before, grade: grade.code, defects, reason });
  }

  /** It goes to the workshop: from now on its grade is to be found anew. */
  sendToRework(work: string): DomainEvent {
    this.#step("sendToRework");
    const { grade: gradeBefore = null, bin: from = null } = this;
    Object.assign(this, ungraded, { gradeBefore, bin: null });
    return happened(this, "ReworkStarted", { work, gradeBefore, from });
  }

  /** The workshop is done with it; it is graded anew afterwards. */
  completeRework(result: string): DomainEvent {
    this.#step("completeRework");
    const { gradeBefore = null } = this;
    return happened(this, "ReworkCompleted", { result, gradeBefore });
  }

  /** It is decided what becomes of it, under the grades that the house has. */
  decide(disposition: Disposition, grades: readonly GradeRule[]): DomainEvent {
    requireStatus(this, ["graded", "stored"]);
    requireFitFor(disposition, this, grades);

    const { bin: from = null } = this;
    this.disposition = disposition;
    if (disposition !== "sell") {
      this.#step(disposition);
      this.bin = null;
    }
    return happened(this, "DispositionDecided", { disposition, from });
  }

  /** It is put into a bin, from which it may be sold if that is what was decided. */
  putAway(bin: string, at: Date): DomainEvent {
    const from = this.bin ?? null;
    if (this.status !== "quarantined") {
      if (this.status === "graded") requireForSale(this);
      this.#step("store");
      this.storedAt = at;
    }
    Object.assign(this, { bin, movedAt: at });
    return happened(this, "GarmentStored", { bin, from });
  }

  /** It is carried from the bin that a scan proves to another; it is not sold where nothing is. */
  move(fromBin: string, toBin: string, at: Date, binIsForSale = true): DomainEvent {
    requireStatus(this, ["stored", "reserved", "quarantined"]);
    requireIn(this, fromBin);

    if (this.status === "stored" && !binIsForSale) this.#step("unstore");
    Object.assign(this, { bin: toBin, movedAt: at });
    return happened(this, "GarmentMoved", { from: fromBin, to: toBin });
  }

  /** It is set aside; whoever had reserved it has it no longer. */
  quarantine(reason: string): DomainEvent {
    this.#step("quarantine");
    const { reservedFor } = this;
    Object.assign(this, nowhere);
    return happened(this, "GarmentQuarantined", { reason, freed: reservedFor });
  }

  /** It is no longer set aside; from a bin that is not for sale it has to be put away again. */
  releaseQuarantine(reason: string, inPickableBin: boolean, at: Date): DomainEvent {
    const graded = this.grade != null;
    const stored = graded && inPickableBin && this.disposition === "sell";
    this.#step(stored ? "releaseStored" : graded ? "releaseGraded" : "releaseUngraded");
    if (stored) this.storedAt ??= at;
    return happened(this, "QuarantineReleased", { reason });
  }

  /** It is not where it should be; whoever had reserved it has it no longer. */
  miss(bin: string | null, reason: string): DomainEvent {
    if (bin !== null) requireIn(this, bin);
    // Whatever it was set aside for is not over because it turns up again.
    if (this.status === "quarantined") this.disposition = null;
    this.#step("miss");
    const { reservedFor, bin: from = null } = this;
    Object.assign(this, nowhere, { bin: null });
    return happened(this, "GarmentMissing", { from, reason, freed: reservedFor });
  }

  /** It has turned up in a bin; from one that is not for sale it has to be put away again. */
  find(bin: string, at: Date, binIsForSale = true): DomainEvent {
    const graded = this.grade != null;
    const stored = binIsForSale && this.disposition === "sell";
    this.#step(!graded ? "findUngraded" : stored ? "find" : "findLoose");
    Object.assign(this, { bin, movedAt: at });
    if (this.status === "stored") this.storedAt = at;
    return happened(this, "GarmentFound", { bin });
  }

  /** The house gives it up. */
  writeOff(reason: string): DomainEvent {
    this.#step("writeOff");
    const from = this.bin ?? null;
    Object.assign(this, nowhere, { bin: null });
    return happened(this, "GarmentWrittenOff", { reason, from });
  }

  /** It is promised to an order line, for good or until a time. */
  reserve({ orderId, line }: ReservedFor, until: Date | null): DomainEvent {
    requireFree(this);
    this.#step("reserve");
    Object.assign(this, { orderId, orderLine: line, reservedUntil: until });
    const data = { orderId, line, sku: this.sku, until: until?.toISOString() ?? null };
    return happened(this, "PieceReserved", data);
  }

  /** Its order line has it no longer; `expired` if only because time has run out. */
  release(reason: string, how: "freed" | "expired" = "freed"): DomainEvent {
    this.#step("release");
    const { orderId, orderLine: line } = this;
    Object.assign(this, nowhere);
    const type = how === "expired" ? "ReservationExpired" : "ReservationReleased";
    return happened(this, type, { orderId, line, reason });
  }

  /** A picker takes it out of its bin for the line that has it. */
  pick(by: ReservedFor): DomainEvent {
    requireReservedFor(this, by);
    this.#step("pick");
    const { bin: from } = this;
    Object.assign(this, { bin: null, reservedUntil: null });
    return happened(this, "GarmentPicked", { ...by, from: from ?? null });
  }

  /** Its order is not shipped after all: it is put away anew. */
  unpick(reason: string): DomainEvent {
    this.#step("unpick");
    const { orderId, orderLine: line } = this;
    Object.assign(this, nowhere);
    return happened(this, "GarmentUnpicked", { orderId, line, reason });
  }

  /** It goes into a parcel for the line that has it. */
  pack(by: ReservedFor, shipmentId: string): DomainEvent {
    requireReservedFor(this, by);
    this.#step("pack");
    return happened(this, "GarmentPacked", { ...by, shipmentId });
  }

  /** Its parcel is opened again. */
  unpack(shipmentId: string, reason: string): DomainEvent {
    this.#step("unpack");
    return happened(this, "GarmentUnpacked", { shipmentId, reason });
  }

  /** The carrier has it. */
  ship(shipmentId: string): DomainEvent {
    this.#step("ship");
    return happened(this, "GarmentShipped", { shipmentId, orderId: this.orderId });
  }

  /** The carrier has lost it. */
  lose(shipmentId: string, reason: string): DomainEvent {
    this.#step("lose");
    return happened(this, "GarmentWrittenOff", { reason, shipmentId, from: null });
  }

  #step(verb: GarmentStep): void {
    this.status = garmentLife.after(verb, this.status, (needs) => statusForbids(this, needs));
  }
}

GarmentSchema.setClass(Garment);
