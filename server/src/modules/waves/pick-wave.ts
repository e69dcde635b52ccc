import { defineEntity, p } from "@mikro-orm/postgresql";
import { type Aggregate, type DomainEvent, happened } from "../../kernel/events.ts";
import { PickTask, type TaskToPlan } from "./pick-task.ts";
import { wavesRefusals } from "./refusals.ts";
import { taskLife, type WaveStatus, waveLife } from "./wave-life.ts";

/** A wave as a shift lead plans it. */
export interface WaveToPlan {
  readonly id: string;
  readonly tenant: string;
  readonly warehouse: string;
  readonly carrier: string | null;
  readonly cutOff: Date | null;
}

/** What a picker's scanner has read. */
export interface Scan {
  readonly bin?: string | undefined;
  readonly lpn?: string | undefined;
  readonly sku?: string | undefined;
  readonly qty?: number | undefined;
}

const PickWaveSchema = defineEntity({
  name: "PickWave",
  tableName: "pick_wave",
  properties: {
    tenant: p.text().primary(),
    id: p.uuid().primary(),
    warehouse: p.text(),
    carrier: p.text().nullable(),
    cutOff: p.datetime().nullable(),
    status: p.text().$type<WaveStatus>(),
    plannedAt: p.datetime(),
    releasedAt: p.datetime().nullable(),
    doneAt: p.datetime().nullable(),
    openTasks: p.integer(),
    version: p.integer().concurrencyCheck(),
  },
});

/**
 * What is picked on one walk through the warehouse. `tasks` holds those that the present command
 * works with; how many are open in all it counts itself.
 */
export class PickWave extends PickWaveSchema.class implements Aggregate {
  tasks: PickTask[] = [];

  /** A shift lead plans a wave; its tasks are numbered from one in the order of the walk. */
  static plan(
    wanted: WaveToPlan,
    tasks: readonly TaskToPlan[],
    at: Date,
  ): { wave: PickWave; planned: DomainEvent } {
    const wave = Object.assign(new PickWave(), wanted, {
      ...{ status: waveLife.begins, version: 0, openTasks: tasks.length },
      ...{ plannedAt: at, releasedAt: null, doneAt: null },
    });
    const { tenant, warehouse, carrier = null } = wave;
    const open = { state: taskLife.begins, picker: null, reason: null, endedAt: null };
    wave.tasks = tasks.toSorted(byWalk).map((task, i) => {
      const known = { tenant, waveId: wave.id, task: i + 1, warehouse };
      return Object.assign(new PickTask(), known, task, open);
    });
    const orders = new Set(tasks.map(({ orderId }) => orderId)).size;
    const cutOff = wanted.cutOff?.toISOString() ?? null;
    const data = { warehouse, carrier, cutOff, orders, tasks: tasks.length };
    return { wave, planned: happened(wave, "WavePlanned", data) };
  }

  journalKey() {
    return { kind: "PickWave", id: this.id };
  }

  parts() {
    return this.tasks;
  }

  /** Picking may begin; each of the pickers, if any are named, has a stretch of the walk. */
  release(pickers: readonly string[], at: Date): DomainEvent {
    this.status = waveLife.after("release", this.status, (needs) => this.#forbids(needs));
    this.releasedAt = at;
    const open = this.tasks.filter(({ state }) => state === "open");
    for (const [i, task] of open.entries()) {
      task.picker = pickers[Math.floor((i * pickers.length) / open.length)] ?? task.picker ?? null;
    }
    return happened(this, "WaveReleased", { pickers, tasks: this.openTasks });
  }

  /**
   * Gives open tasks to a picker: those with these numbers, or all that are nobody's. Answers no
   * event where the picker has them already.
   */
  assign(picker: string, numbers?: readonly number[]): DomainEvent | undefined {
    this.#requireRunning();
    const tasks = numbers
      ? numbers.map((number) => this.#openTask(number))
      : this.tasks.filter((task) => task.state === "open" && task.picker == null);
    const given = tasks.filter((task) => task.picker !== picker);
    if (given.length === 0) return undefined;

    for (const task of given) task.picker = picker;
    return happened(this, "TasksAssigned", { picker, tasks: given.map(({ task }) => task) });
  }

  /** Refuses unless somebody may work on a task now. */
  requireWorkable(number: number, by: string): PickTask {
    const task = this.#openTask(number);
    if (this.status !== "released") throw this.#forbids(["released"]);
    if (task.picker != null && task.picker !== by) {
      const { id: waveId } = this;
      const details = { waveId, task: number, picker: task.picker };
      throw wavesRefusals.because("task-of-another", details);
    }
    return task;
  }

  /** A picker has taken what the task is about; a task that was nobody's is theirs. */
  pick(number: number, scan: Scan, { by, bin, at }: PickedBy): DomainEvent[] {
    const task = this.requireWorkable(number, by);
    this.#requireScan(task, scan, bin);

    this.#end(task, "pick", at);
    task.picker = by;
    const picked = { ...task.facts, bin, picker: by };
    return [happened(this, "LinePicked", picked), ...this.#finishIfDone(at)];
  }

  /** What the task is about is not where it should be. */
  miss(number: number, reason: string, { by, bin, at }: PickedBy): DomainEvent[] {
    const task = this.requireWorkable(number, by);

    this.#end(task, "miss", at);
    Object.assign(task, { picker: by, reason });
    const missed = { ...task.facts, bin, picker: by, reason };
    return [happened(this, "LineShort", missed), ...this.#finishIfDone(at)];
  }

  /** The open tasks at hand are wanted no longer. */
  cancelTasks(reason: string, at: Date): DomainEvent[] {
    const open = this.tasks.filter(({ state }) => state === "open");
    const events = open.map((task) => {
      this.#end(task, "cancel", at);
      task.reason = reason;
      return happened(this, "TaskCancelled", { ...task.facts, reason });
    });
    return events.length === 0 ? [] : [...events, ...this.#finishIfDone(at)];
  }

  /** The whole wave is given up; what was picked already stays picked. Needs all open tasks. */
  cancel(reason: string, at: Date): DomainEvent {
    this.status = waveLife.after("cancel", this.status, (needs) => this.#forbids(needs));
    const open = this.tasks.filter(({ state }) => state === "open");
    for (const task of open) {
      this.#end(task, "cancel", at);
      task.reason = reason;
    }
    return happened(this, "WaveCancelled", { reason, tasks: open.length });
  }

  #end(task: PickTask, verb: keyof typeof taskLife.steps, at: Date): void {
    task.state = taskLife.after(verb, task.state, () => this.#ended(task));
    task.endedAt = at;
    this.openTasks -= 1;
  }

  #finishIfDone(at: Date): DomainEvent[] {
    if (this.openTasks > 0) return [];
    this.status = waveLife.after("finish", this.status, (needs) => this.#forbids(needs));
    this.doneAt = at;
    return [happened(this, "WaveDone", {})];
  }

  #openTask(number: number): PickTask {
    const task = this.tasks.find((one) => one.task === number);
    const { id: waveId } = this;
    if (!task) throw wavesRefusals.because("task-unknown", { waveId, task: number });
    if (task.state !== "open") throw this.#ended(task);
    return task;
  }

  #requireRunning(): void {
    const running: readonly WaveStatus[] = waveLife.steps.cancel.from;
    if (!running.includes(this.status)) throw this.#forbids(running);
  }

  #requireScan(task: PickTask, scan: Scan, bin: string | null): void {
    const { sku, qty, lpn = null } = task;
    const isThis = lpn === null ? scan.sku === sku && scan.qty === qty : scan.lpn === lpn;
    const isHere = scan.bin === undefined || scan.bin === bin;
    if (isThis && isHere) return;
    const wanted = lpn === null ? { sku, qty } : { lpn };
    throw wavesRefusals.because("scan-differs", { wanted: { ...wanted, bin }, scanned: scan });
  }

  #ended({ task, state }: PickTask) {
    return wavesRefusals.because("task-ended", { waveId: this.id, task, state });
  }

  #forbids(needs: readonly WaveStatus[]) {
    const { id: waveId, status } = this;
    return wavesRefusals.because("wave-status-forbids", { waveId, status, needs });
  }
}

PickWaveSchema.setClass(PickWave);

/** Who works on a task, where the stock says that its pieces lie, and when. */
interface PickedBy {
  readonly by: string;
  readonly bin: string | null;
  readonly at: Date;
}

/** By the bins' places on the walk; what lies nobody knows where comes last. */
function byWalk(a: TaskToPlan, b: TaskToPlan): number {
  return (
    Number(a.bin === null) - Number(b.bin === null) ||
    a.pickSequence - b.pickSequence ||
    compare(a.bin ?? "", b.bin ?? "") ||
    compare(a.sku, b.sku) ||
    compare(a.lpn ?? "", b.lpn ?? "")
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
