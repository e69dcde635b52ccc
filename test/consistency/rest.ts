import { setTimeout } from "node:timers/promises";
import { isKept } from "../../server/src/kernel/read-model.ts";
import { readModels } from "../../server/src/router.gen.ts";
import { differencesSql } from "../harness/differences.ts";
import type { Rest } from "./history.ts";
import type { Stage } from "./stage.ts";

const pollMs = 10;

/**
 * Waits until nothing is pending in the group that is played on, and compares each read model with
 * its defining query; at the last rest those that nobody waits for as well.
 */
export async function rest(stage: Stage, msMax: number, isLast: boolean): Promise<Rest> {
  const begun = performance.now();
  while (!(await isSettled(stage))) {
    if (performance.now() - begun > msMax) return { settledMs: null, differences: {} };
    await setTimeout(pollMs);
  }
  const settledMs = performance.now() - begun;
  if (isLast) await awaitWhole(stage);
  const kept = readModels.filter(isKept);
  const compared = kept.filter(({ group }) => isLast || group === "fulfilment");
  const differences: Record<string, number> = {};
  for (const model of compared) {
    differences[model.name] = (await stage.database.query(differencesSql(model))).length;
  }
  return { settledMs, differences };
}

async function isSettled({ client }: Stage): Promise<boolean> {
  const row = { limit: 1 };
  const serve = { onMiss: "serve" } as const;
  const answers = await Promise.all([
    client.stock.sellableAvailability(row, serve),
    client.stock.allocations(row, serve),
    client.orders.orderBoard(row, serve),
  ]).catch(() => []);
  return answers.length > 0 && answers.every(({ freshness }) => freshness.pending === 0);
}

/** Whole read models are refreshed at leisure, unless somebody waits for them. */
async function awaitWhole({ desks }: Stage): Promise<void> {
  for (const { client } of desks) {
    await client.floor.throughput({ limit: 1 });
    await client.garments.gradingBoard({ limit: 1 });
    await client.stock.stockAgeing({ limit: 1 });
  }
}
