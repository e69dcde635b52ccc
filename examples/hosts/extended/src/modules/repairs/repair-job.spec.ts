import { deepStrictEqual } from "node:assert/strict";
import { test } from "node:test";
import { given } from "@selvedge/server/testing";
import { RepairJob } from "./repair-job.ts";

const at = new Date("2026-03-03T09:00:00Z");
const wanted = { tenant: "t", id: "1", lpn: "L-1", seamstress: "Amira", work: "sew the hem" };

/** A repair as it stands in the database. */
function aRepair(now: Partial<RepairJob> = {}): RepairJob {
  const { aggregate } = RepairJob.send(wanted, at);
  return Object.assign(aggregate as RepairJob, { version: 1 }, now);
}

test("sending a garment begins a repair and says who has it", () => {
  const { type, data, aggregate } = RepairJob.send(wanted, at);
  deepStrictEqual(
    { type, data },
    { type: "RepairSent", data: { lpn: "L-1", seamstress: "Amira", work: "sew the hem" } },
  );
  deepStrictEqual(aggregate.journalKey(), { kind: "RepairJob", id: "1" });
});

test("a repair is finished once", () => {
  const { it } = given(aRepair())
    .when((repair) => repair.finish("hem sewn", at))
    .thenHappened("RepairFinished");
  deepStrictEqual([it.status, it.result, it.finishedAt], ["done", "hem sewn", at]);
  given(it)
    .when((repair) => repair.finish("again", at))
    .thenRefused("repair-done", { repairId: "1" });
});
