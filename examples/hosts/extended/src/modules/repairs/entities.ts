import { RepairJob } from "./repair-job.ts";

/** What repairs store. */
export const entities = [RepairJob];
