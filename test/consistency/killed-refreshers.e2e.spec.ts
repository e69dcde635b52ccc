import { test } from "vitest";
import { ownCluster } from "../harness/own-cluster.ts";
import { play } from "./play.ts";
import { startRefresher } from "./refresher-process.ts";
import { seeds } from "./seeds.ts";
import { onStage } from "./stage.ts";
import { harassedProcesses, swap } from "./troubles.ts";
import { expectKept } from "./verdict.ts";

test.each(seeds)("a killed refresher breaks no promise (seed %i)", async (seed) => {
  const database = await ownCluster();
  try {
    const roles = ["command", "query", "admin"] as const;
    const played = await onStage({ roles, database }, async (stage) => {
      const starting = [startRefresher(database.url), startRefresher(database.url)];
      try {
        const refreshers = await Promise.all(starting);
        return await play(stage, {
          ...{ seed, bursts: 1, writes: 150, burstMsMax: 5_000, restMsMax: 20_000 },
          troubles: [harassedProcesses(refreshers)],
          deeds: [swap],
        });
      } finally {
        const started = await Promise.allSettled(starting);
        const running = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
        await Promise.all(running.map((refresher) => refresher.end()));
      }
    });
    await expectKept(played, seed);
  } finally {
    await database.drop();
  }
});
