import { PickTask } from "./pick-task.ts";
import { PickWave } from "./pick-wave.ts";

/** What waves store. */
export const entities = [PickWave, PickTask];
