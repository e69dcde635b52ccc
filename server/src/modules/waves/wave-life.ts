import { declareLife } from "../../kernel/life.ts";

/** What a wave may go through. */
export const waveLife = declareLife("PickWave", "planned", {
  release: { from: ["planned"], to: "released" },
  finish: { from: ["planned", "released"], to: "done" },
  cancel: { from: ["planned", "released"], to: "cancelled" },
});

/** What a task of a wave may go through. */
export const taskLife = declareLife("PickTask", "open", {
  pick: { from: ["open"], to: "picked" },
  miss: { from: ["open"], to: "short" },
  cancel: { from: ["open"], to: "cancelled" },
});

/** Where a wave is in its life. */
export type WaveStatus = ReturnType<typeof waveLife.after>;

/** How far a task is. */
export type TaskState = ReturnType<typeof taskLife.after>;
