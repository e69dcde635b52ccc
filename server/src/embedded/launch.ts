import { createServer } from "node:net";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import { predecessorGone } from "./predecessor.ts";
import type { RunAs } from "./run-as.ts";
import { postgresArguments } from "./settings.ts";
import { type Supervised, supervise } from "./supervisor.ts";
import { until } from "./waiting.ts";

/** An earlier PostgreSQL on the same data gets this long to finish its shutdown. */
const predecessorBoundMs = 10_000;
/** After a crash PostgreSQL replays up to `max_wal_size` before it is ready. */
const readyBoundMs = 120_000;
const portTries = 5;

/** What a launch needs to know. */
export interface LaunchPlan {
  readonly postgres: string;
  readonly data: string;
  readonly user: RunAs | null;
  readonly port: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly onLog: (line: string) => void;
}

/** A PostgreSQL that has said it is ready for connections. */
export interface Launched {
  readonly pid: number;
  readonly port: number;
  readonly process: Supervised;
}

/** Starts PostgreSQL on the data and waits until it is ready. */
export async function launch(plan: LaunchPlan, choosePort = freePort): Promise<Launched> {
  const giveUpAt = Date.now() + predecessorBoundMs;
  for (let tries = 1; ; tries += 1) {
    const stalePid = await predecessorGone(plan.data, giveUpAt);
    const port = plan.port ?? (await choosePort());
    const process = supervise(plan.postgres, postgresArguments(plan.data, port, plan.settings), {
      ...plan,
      stalePid,
    });
    const pid = await process.pid;
    const ready = await until(() => process.hasEnded() || isReady(plan.data, pid), readyBoundMs);
    if (ready && !process.hasEnded()) return { pid, port, process };

    await process.stop();
    const lines = process.lastLines();
    const why = lines.join("\n");
    const again =
      (plan.port === undefined && portWasTaken(why) && tries < portTries) ||
      (dataIsHeld(why) && Date.now() < giveUpAt);
    if (!again) throw startFailed(lines);
  }
}

function isReady(data: string, pid: number): boolean {
  const said = readPostmasterFile(data);
  // A file left over from an earlier run may say ready, but it names another process.
  return said?.pid === pid && said.status === "ready";
}

function portWasTaken(log: string): boolean {
  return log.includes("could not bind") || log.includes("could not create any TCP/IP sockets");
}

/** Another start was faster, or processes of a killed PostgreSQL are still on their way out. */
function dataIsHeld(log: string): boolean {
  return (
    log.includes('"postmaster.pid" already exists') ||
    log.includes("pre-existing shared memory block")
  );
}

/** The error for a PostgreSQL that ended instead of getting ready. */
export function startFailed(lines: readonly string[], cause?: unknown): EmbeddedPostgresError {
  const said = lines.length === 0 ? "It said nothing." : `Its last lines:\n${lines.join("\n")}`;
  return new EmbeddedPostgresError("START_FAILED", `PostgreSQL did not start. ${said}`, cause);
}

/** A port that is free on the loopback address now; it may be taken a moment later. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
