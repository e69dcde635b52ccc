import { defineEntity, p } from "@mikro-orm/postgresql";
import type { TaskState } from "./wave-life.ts";

/** Pieces of an order line that lie in one place: one with a licence plate, or some of a batch. */
export interface TaskToPlan {
  readonly orderId: string;
  readonly line: number;
  readonly sku: string;
  readonly grade: string;
  readonly lpn: string | null;
  readonly batch: string | null;
  readonly qty: number;
  readonly bin: string | null;
  readonly pickSequence: number;
}

const PickTaskSchema = defineEntity({
  name: "PickTask",
  tableName: "pick_task",
  properties: {
    tenant: p.text().primary(),
    waveId: p.uuid().primary(),
    task: p.integer().primary(),
    orderId: p.uuid(),
    line: p.integer(),
    warehouse: p.text(),
    sku: p.text(),
    grade: p.text(),
    lpn: p.text().nullable(),
    batch: p.text().nullable(),
    qty: p.integer(),
    bin: p.text().nullable(),
    pickSequence: p.integer(),
    state: p.text().$type<TaskState>(),
    picker: p.text().nullable(),
    reason: p.text().nullable(),
    endedAt: p.datetime().nullable(),
  },
});

/** One grip of a picker: what to take, out of which bin, for which order line. */
export class PickTask extends PickTaskSchema.class {
  /** What a feed's reader wants to know of it. */
  get facts() {
    const { task, orderId, line, sku, qty, lpn = null, batch = null } = this;
    return { task, orderId, line, sku, qty, lpn, batch };
  }
}

PickTaskSchema.setClass(PickTask);
