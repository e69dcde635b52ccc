import type pg from "pg";
import type { Costs } from "./cost-tally.ts";
import { codeOf } from "./database-errors.ts";
import type { Again } from "./read-tally.ts";

/** How long a statement of a trial may run, in ms; the connections of trials are bound by it. */
export const trialMsMax = 1_000;

/**
 * Runs a read that was answered once more, from kept rows and live, and takes the database's own
 * time for each: without planning, the network, or a wait for a connection, so that they compare.
 * Each runs twice and the second time counts, since a connection's first run costs milliseconds.
 */
export async function tryBothWays(pool: pg.Pool, again: Again): Promise<Partial<Costs>> {
  const trialKeptMs = await executionMs(pool, again("kept"));
  try {
    return { trials: 1, trialKeptMs, trialLiveMs: await executionMs(pool, again("live")) };
  } catch (error) {
    const cancelled = "57014";
    if (codeOf(error) !== cancelled) throw error;
    return { trials: 1, trialsCut: 1, trialKeptMs, trialLiveMs: trialMsMax };
  }
}

async function executionMs(pool: pg.Pool, { text, values }: pg.QueryConfig): Promise<number> {
  const explained = {
    text: `explain (analyze, timing off, costs off, format json) ${text}`,
    ...(values && { values }),
  };
  await pool.query(explained);
  const { rows } = await pool.query<{ "QUERY PLAN": [{ "Execution Time": number }] }>(explained);
  const [plan] = rows;
  if (!plan) throw new Error("A statement that is explained has a plan.");
  return plan["QUERY PLAN"][0]["Execution Time"];
}
