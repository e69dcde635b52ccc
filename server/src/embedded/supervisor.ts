import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { isPostmasterOf, signal } from "./postmaster-file.ts";
import { programEnv, type RunAs } from "./run-as.ts";
import { until, within } from "./waiting.ts";

/**
 * Runs PostgreSQL and stops it when its standard input ends, which the system sees to when we die,
 * however we die. It asks once a second because a signal is lost on a PostgreSQL that has not yet
 * set up its handlers; after 20 s it insists (immediate shutdown), after 30 s it kills.
 */
const script = `
trap '' HUP INT TERM PIPE
exec 3<&0 </dev/null
"$@" 3<&- >&2 &
postgres=$!
echo "$postgres"
(
  read -r line <&3
  asked=0
  while kill -INT "$postgres"; do
    asked=$((asked + 1))
    if [ "$asked" -gt 20 ]; then kill -QUIT "$postgres"; fi
    if [ "$asked" -gt 30 ]; then kill -KILL "$postgres"; fi
    sleep 1
  done
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$postgres"
code=$?
kill -KILL "$watcher" 2>/dev/null
exit "$code"
`;

const keptLines = 30;
const stopBoundMs = 35_000;
const insistBoundMs = 5_000;
const logBoundMs = 1_000;

/** A PostgreSQL under its supervisor. */
export interface Supervised {
  /** The process id of PostgreSQL itself, or NaN when it could not even be started. */
  readonly pid: Promise<number>;
  /** True when the supervisor, and with it PostgreSQL, has ended. */
  hasEnded(): boolean;
  /** The last lines of its log; complete once it is stopped. */
  lastLines(): readonly string[];
  /** Lets this process end while PostgreSQL runs; the supervisor then stops it. */
  letGo(): void;
  stop(): Promise<void>;
}

/** What a supervised PostgreSQL works on, and who hears of it. */
export interface SupervisedRun {
  readonly data: string;
  readonly user: RunAs | null;
  /** A process id that PostgreSQL must not mistake for an earlier run on the same data. */
  readonly stalePid: number | null;
  readonly onLog: (line: string) => void;
}

/** Starts PostgreSQL under a supervisor, in a session of its own: Ctrl-C does not reach it. */
export function supervise(
  postgres: string,
  args: readonly string[],
  run: SupervisedRun,
): Supervised {
  const child = spawnSupervisor([postgres, ...args], run);
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (lines.push(line) > keptLines) lines.shift();
    run.onLog(line);
  });

  let over = false;
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", (error) => {
      lines.push(error.message);
      resolve();
    });
  }).then(() => {
    over = true;
  });
  const pid = firstLine(child, ended);
  const stop = async () => {
    child.ref();
    child.stdin.end();
    await within(ended, stopBoundMs);
    await stopUnsupervised(await pid, run.data);
    await within(closed, logBoundMs);
    child.stdout.destroy();
    child.stderr.destroy();
  };
  let stopping: Promise<void> | undefined;
  return {
    pid,
    hasEnded: () => over,
    lastLines: () => lines,
    letGo: () => {
      child.unref();
      for (const pipe of [child.stdin, child.stdout, child.stderr]) (pipe as Socket).unref();
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function spawnSupervisor(command: readonly string[], run: SupervisedRun) {
  const env = programEnv();
  // PostgreSQL leaves this id out when it looks whether a left-over postmaster.pid is alive; it
  // still checks that no process of the earlier run holds the data's shared memory.
  if (run.stalePid !== null) env.PG_GRANDPARENT_PID = String(run.stalePid);
  const child = spawn("/bin/sh", ["-c", script, "selvedge-postgres", ...command], {
    ...run.user,
    cwd: "/",
    env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {}); // The supervisor was gone first.
  return child;
}

function firstLine(child: ChildProcessWithoutNullStreams, ended: Promise<void>): Promise<number> {
  const line = new Promise<number>((resolve) => {
    child.stdout.setEncoding("utf8").once("data", (text: string) => resolve(Number(text)));
  });
  return Promise.race([line, ended.then(() => Number.NaN)]);
}

/** For when the supervisor failed us, or was killed before its time. */
async function stopUnsupervised(pid: number, data: string): Promise<void> {
  for (const name of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    if (!isPostmasterOf(pid, data)) return;
    signal(pid, name);
    await until(() => !isPostmasterOf(pid, data), insistBoundMs);
  }
}
