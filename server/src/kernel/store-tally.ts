import type pg from "pg";
import { type Generation, partsOf } from "./generation.ts";
import { sampleLag } from "./lag-samples.ts";
import { logRefreshes } from "./refresh-log.ts";
import type { RefreshTally } from "./refresh-tally.ts";
import type { Schemas } from "./schemas.ts";

/**
 * Stores what a refresher has counted since the last time: a sample of lag for each read model of
 * the groups whose job it has or has just had, and what their refreshes did.
 */
export async function storeTally(
  pool: pg.Pool,
  schemas: Schemas,
  {
    tally,
    generations,
    running,
  }: {
    readonly tally: RefreshTally;
    readonly generations: readonly Generation[];
    /** The groups whose job this process has just now. */
    readonly running: readonly string[];
  },
): Promise<void> {
  const windows = tally.take();
  const failures = tally.takeFailures();
  const groups = new Set([...running, ...windows.map(({ group }) => group)]);
  const sampled = generations
    .filter(({ group, state }) => groups.has(group) && state === "current")
    .map((generation) => ({ name: generation.name, stale: partsOf(generation, schemas).stale }));
  try {
    await sampleLag(pool, schemas, sampled, windows);
    await logRefreshes(pool, schemas, windows, failures);
  } catch (error) {
    tally.keep(failures);
    throw error;
  }
}
