import { readdirSync, readFileSync } from "node:fs";
import { withClient } from "./bench-postgres.ts";

/*
 * How much processor time processes have taken so far (Linux). On a machine that others use as
 * well, how long something takes says as much of them; what it takes of a processor does not.
 */

// /proc counts in hundredths of a second.
const tickMs = 10;

/** Processor time that a process has taken so far, in ms. */
export function processorMs(pid: number): number {
  return ownTicks(statOf(pid)) * tickMs;
}

/** Finds PostgreSQL's first process, whose children are all the others. */
export async function postmasterOf(databaseUrl: string): Promise<number> {
  const pid = await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    return parentOf(statOf(rows[0]?.pid ?? 0));
  });
  return pid;
}

/** Processor time of a process and all its children, those that have ended included, in ms. */
export function processorMsOfFamily(pid: number): number {
  const parent = statOf(pid);
  const [ofEndedUser = 0, ofEndedSystem = 0] = numbers(parent).slice(13, 15);
  let ticks = ownTicks(parent) + ofEndedUser + ofEndedSystem;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(Number(name));
    if (stat !== "" && parentOf(stat) === pid) ticks += ownTicks(stat);
  }
  return ticks * tickMs;
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
}

/** What follows the name, which may hold anything: state, parent, ..., utime, stime, ... */
function numbers(stat: string): number[] {
  return stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
}

function parentOf(stat: string): number {
  return numbers(stat)[1] ?? 0;
}

function ownTicks(stat: string): number {
  const [user = 0, system = 0] = numbers(stat).slice(11, 13);
  return user + system;
}
