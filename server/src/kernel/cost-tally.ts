import type pg from "pg";
import { resolutions, stepOf } from "./lag-history.ts";
import { identifier, type Schemas, snakeCase } from "./schemas.ts";

/**
 * What is added up of a read model; each has a column of its name in snake_case. A trial is a read
 * that was answered, run once more both from kept rows and live; a cut one took too long live.
 */
export const costNames = [
  ...(["refreshes", "keys", "refreshMs"] as const),
  ...(["keptReads", "keptMs", "patchedReads", "patchedMs", "liveReads", "liveMs"] as const),
  ...(["trials", "trialsCut", "trialKeptMs", "trialLiveMs"] as const),
] as const;

/** What a read model costs and saves, in sums. */
export type Costs = Readonly<Record<(typeof costNames)[number], number>>;

/** Adds up in memory what read models cost and save, so that nothing pays for being counted. */
export class CostTally {
  #sums = new Map<string, Partial<Record<keyof Costs, number>>>();

  /** Adds to the sums of one read model. */
  add(readModel: string, costs: Partial<Costs>): void {
    let sums = this.#sums.get(readModel);
    if (!sums) {
      sums = {};
      this.#sums.set(readModel, sums);
    }
    for (const name in costs) {
      const cost = name as keyof Costs;
      sums[cost] = (sums[cost] ?? 0) + (costs[cost] ?? 0);
    }
  }

  /** Hands over what was added up and begins anew. */
  take(): ReadonlyMap<string, Partial<Costs>> {
    const sums = this.#sums;
    this.#sums = new Map();
    return sums;
  }
}

/**
 * Adds what a process has counted to the minute and the quarter of an hour that it is now; what
 * cannot be stored goes on being counted.
 */
export async function storeCosts(
  db: Pick<pg.Pool, "query">,
  schemas: Schemas,
  tally: CostTally,
): Promise<void> {
  const taken = tally.take();
  if (taken.size === 0) return;
  const rows = [...taken].map(([readModel, costs]) => ({ readModel, ...costs }));
  try {
    await db.query(addSql(schemas), [JSON.stringify(rows)]);
  } catch (error) {
    for (const [readModel, costs] of taken) tally.add(readModel, costs);
    throw error;
  }
}

function addSql(schemas: Schemas): string {
  const columns = costNames.map(snakeCase);
  const steps = resolutions.map(({ seconds }) => {
    return `(${seconds}, ${stepOf(seconds, "statement_timestamp()")})`;
  });
  const added = costNames.map((name) => `coalesce(added.${identifier(name)}, 0)`);
  // In order, so that two processes never wait for each other in a circle.
  return `insert into ${identifier(schemas.write)}.read_model_cost as cost
      (resolution_s, at, read_model, ${columns.join(", ")})
    select step.resolution_s, step.at, added."readModel", ${added.join(", ")}
    from jsonb_to_recordset($1::jsonb) as added ("readModel" text,
        ${costNames.map((name) => `${identifier(name)} float8`).join(", ")})
      cross join (values ${steps.join(", ")}) as step (resolution_s, at)
    order by 1, 2, 3
    on conflict (resolution_s, at, read_model) do update set
      ${columns.map((column) => `${column} = cost.${column} + excluded.${column}`).join(", ")}`;
}
