import { setTimeout } from "node:timers/promises";
import { readModels } from "../../server/src/router.gen.ts";
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
  if (isLast) await awaitThroughput(stage);
  const compared = readModels.filter(({ group }) => isLast || group === "fulfilment");
  const differences: Record<string, number> = {};
  for (const { name, columns } of compared) {
    differences[name] = await differingRows(stage, name, Object.keys(columns));
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

/** A whole read model is refreshed at leisure, unless somebody waits for it. */
async function awaitThroughput({ desks }: Stage): Promise<void> {
  for (const { client } of desks) await client.floor.throughput({ limit: 1 });
}

async function differingRows({ database }: Stage, name: string, columns: string[]) {
  const list = ["tenant", ...columns].join(", ");
  const kept = `select ${list} from selvedge_read.${name}`;
  const defined = `select ${list} from selvedge.def_${name}`;
  const [row] = await database.query<{ rows: number }>(
    `select count(*)::int as rows from (
       (${kept} except all ${defined}) union all (${defined} except all ${kept})) as different`,
  );
  return row?.rows ?? 0;
}
