import type { TaskToPlan } from "./pick-task.ts";
import { PickWave, type WaveToPlan } from "./pick-wave.ts";

/** Ten in the morning. */
export const ten = new Date("2026-03-02T10:00:00Z");

/** A wave as a test tells it. */
export const aWaveToPlan: WaveToPlan = {
  id: "0199c0de-0000-4000-8000-000000000002",
  tenant: "t",
  warehouse: "main",
  carrier: "DHL",
  cutOff: new Date("2026-03-02T17:00:00Z"),
};

/** A task for one piece that lies in bin A-1, or what is said. */
export function aTask(told: Partial<TaskToPlan> = {}): TaskToPlan {
  const piece = { lpn: "L1", batch: null, qty: 1 };
  const of = { orderId: "o", line: 1, sku: "TEE", grade: "B", bin: "A-1", pickSequence: 10 };
  return { ...of, ...piece, ...told };
}

/** A task for five pieces of a batch that lies in bin A-2. */
export const aBatchTask = () =>
  aTask({ line: 2, lpn: null, batch: "TEE/1", qty: 5, bin: "A-2", pickSequence: 20 });

/** A planned wave of one piece and of some of a batch, or of what is said. */
export function aWave(tasks: readonly TaskToPlan[] = [aTask(), aBatchTask()]): PickWave {
  return Object.assign(PickWave.plan(aWaveToPlan, tasks, ten).wave, { version: 1 });
}

/** A wave that was released, without pickers or with those who are named. */
export function aReleasedWave(...pickers: readonly string[]): PickWave {
  const wave = aWave();
  wave.release(pickers, ten);
  return wave;
}
