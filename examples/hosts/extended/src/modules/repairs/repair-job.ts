import {
  type Aggregate,
  type DomainEvent,
  defineEntity,
  happened,
  p,
} from "@selvedge/server/kernel";
import { repairsRefusals } from "./refusals.ts";
import { type RepairStatus, repairLife } from "./repair-life.ts";

/** A garment as it is handed to a seamstress. */
export interface RepairToSend {
  readonly tenant: string;
  readonly id: string;
  readonly lpn: string;
  readonly seamstress: string;
  readonly work: string;
}

const RepairJobSchema = defineEntity({
  name: "RepairJob",
  tableName: "repair_job",
  properties: {
    tenant: p.text().primary(),
    id: p.uuid().primary(),
    lpn: p.text(),
    seamstress: p.text(),
    work: p.text(),
    status: p.text().$type<RepairStatus>(),
    result: p.text().nullable(),
    sentAt: p.datetime(),
    finishedAt: p.datetime().nullable(),
    version: p.integer().concurrencyCheck(),
  },
});

/** One garment's stay with a seamstress. */
export class RepairJob extends RepairJobSchema.class implements Aggregate {
  /** A garment leaves the house for a seamstress. */
  static send(wanted: RepairToSend, at: Date): DomainEvent {
    const job = Object.assign(new RepairJob(), wanted, {
      ...{ status: repairLife.begins, version: 0, sentAt: at, result: null, finishedAt: null },
    });
    const { lpn, seamstress, work } = wanted;
    return happened(job, "RepairSent", { lpn, seamstress, work });
  }

  journalKey() {
    return { kind: "RepairJob", id: this.id };
  }

  /** The garment is back, with what was done to it. */
  finish(result: string, at: Date): DomainEvent {
    const refuse = () => repairsRefusals.because("repair-done", { repairId: this.id });
    const status = repairLife.after("finish", this.status, refuse);

    Object.assign(this, { status, result, finishedAt: at });
    return happened(this, "RepairFinished", { lpn: this.lpn, result });
  }
}

RepairJobSchema.setClass(RepairJob);
