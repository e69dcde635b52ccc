import { setTimeout } from "node:timers/promises";
import type { Deed, Trouble } from "./play.ts";
import type { RefresherProcess } from "./refresher-process.ts";

/**
 * Now and then the database ends a connection of the refreshers, or the one that wakes them. A
 * refresh that was under way is undone; somebody has to begin anew.
 */
export const lostConnections: Trouble =
  ({ database }, random) =>
  async (isOver) => {
    while (!isOver()) {
      const victim = random.pick(["selvedge refresh", "selvedge refresh", "selvedge signals"]);
      await database.query(
        `select pg_terminate_backend(pid) from (
           select pid from pg_stat_activity
           where datname = current_database() and application_name = $1
           order by query_start desc offset $2 limit 1) as victim`,
        [victim, random.int(0, 1)],
      );
      await setTimeout(random.int(100, 800));
    }
  };

/**
 * Refreshers in processes of their own are killed, and others started; or they are stopped for a
 * while, whatever they were at, and go on as if no time had passed. At the end all of them run.
 */
export const harassedProcesses =
  (refreshers: readonly RefresherProcess[]): Trouble =>
  (_stage, random) =>
  async (isOver) => {
    while (!isOver()) {
      await setTimeout(random.int(50, 700));
      const victim = refreshers[random.int(0, refreshers.length - 1)];
      if (random.chance(0.5)) await victim?.replace();
      else await victim?.pause(random.int(50, 1_500));
    }
  };

const swapMsMax = 20_000;

/** A read model is built anew while everybody reads it, and takes its own place. */
export const swap: Deed = async ({ client }, random) => {
  const readModel = random.pick(["sellableAvailability", "allocations", "orderBoard"]);
  const current = async () => {
    const { generations } = await client.operations.generations({ readModel });
    return generations.find(({ state }) => state === "current")?.id;
  };
  const before = await current();
  await client.operations.rebuild({ readModel, reason: "to see whether a reader notices" });
  const until = performance.now() + swapMsMax;
  while ((await current()) === before) {
    if (performance.now() > until) throw new Error(`${readModel} was not swapped in time.`);
    await setTimeout(20);
  }
};
