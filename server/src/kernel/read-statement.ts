import { setTimeout } from "node:timers/promises";
import type pg from "pg";
import { pauseAfterMs } from "./back-off.ts";
import { codeOf } from "./database-errors.ts";
import { Fault } from "./faults.ts";
import { asFault, isInTheWay } from "./run-command.ts";

const inTheWay = { firstPauseMs: 50, pauseMsMax: 50 };

/**
 * Runs a query's one statement and answers its one row. Once more where a swap, or what a replica
 * had to replay, stood in its way: a moment later, or it may get there before what wanted room.
 */
export async function runRead<Row extends object>(
  pool: pg.Pool,
  statement: pg.QueryConfig,
): Promise<Row> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { rows } = await pool.query<Row>(statement);
      const [row] = rows;
      if (!row) throw new Error("A query answers one row.");
      return row;
    } catch (error) {
      if (!isInTheWay(error) || tries > 1) throw await readFault(pool, error);
      await setTimeout(pauseAfterMs(0, inTheWay));
    }
  }
}

async function readFault(pool: pg.Pool, error: unknown): Promise<unknown> {
  if (isInTheWay(error)) {
    return new Fault("UNAVAILABLE", "The query was cancelled twice to let other work through.", {
      cause: error,
      hint: "Ask again. On a replica, hot_standby_feedback makes this rare.",
    });
  }
  const undefinedTable = "42P01";
  if (codeOf(error) === undefinedTable && (await isFollowing(pool))) {
    return new Fault("UNAVAILABLE", "A new read model has not reached the replica yet.", {
      cause: error,
    });
  }
  return asFault(error);
}

async function isFollowing(pool: pg.Pool): Promise<boolean> {
  const asked = pool.query<{ is: boolean }>("select pg_is_in_recovery() as is");
  return asked.then(
    ({ rows }) => rows[0]?.is ?? false,
    () => false,
  );
}
