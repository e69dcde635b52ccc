import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
/** `npm run selvedge` as the package has it, flags of Node and all. */
const [, ...flags]: string[] = scripts.selvedge.split(" ");

/** How a run of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function spawnCli(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, [...flags, ...args], {
    cwd: root,
    // A database of the machine's own is not meant.
    env: { ...process.env, DATABASE_URL: undefined, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs the command line to its end. */
export function runCli(...args: readonly string[]): Promise<Ended> {
  return startCli(...args).ended;
}

/** Runs the command line, which may be killed on the way: it then has no code. */
export function startCli(...args: readonly string[]): { ended: Promise<Ended>; kill(): void } {
  const child = spawnCli(args);
  const all = Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]);
  const ended = all.then(([[code], out, err]) => ({ code, out, err }));
  return { ended, kill: () => void child.kill("SIGKILL") };
}

/** A server in a process of its own. */
export interface ServerProcess {
  readonly baseUrl: string;
  /** The lines that it had printed when it answered. */
  readonly said: readonly string[];
  /** The most memory it has held, in bytes. */
  peakMemory(): Promise<number>;
  /** Asks it to end and waits for it. */
  stop(): Promise<void>;
  /** Sends it a signal that does not end it. */
  send(signal: "SIGSTOP" | "SIGCONT"): void;
  /** Ends it without asking. Throws where it had died by itself before. */
  kill(): Promise<void>;
}

/** Starts `selvedge start` without the sample day and waits until it answers. */
export function startServerProcess(dataDir: string): Promise<ServerProcess> {
  return answering(spawnCli(["start", "--no-sample", "--port", "0", "--data-dir", dataDir]));
}

/** Starts `selvedge start` with the small sample day, which has just begun when it answers. */
export function startSmallDay(dataDir: string): Promise<ServerProcess> {
  const args = ["--sample", "small", "--port", "0", "--data-dir", dataDir];
  return answering(spawnCli(["start", ...args]));
}

/** Starts a process that only refreshes and waits until it does. */
export function startRefresherProcess(databaseUrl: string): Promise<ServerProcess> {
  return startServing("refresh", databaseUrl);
}

/** Starts a process that only answers queries and waits until it does. */
export function startQueryProcess(databaseUrl: string): Promise<ServerProcess> {
  return startServing("query", databaseUrl);
}

/** Starts a process that only refreshes and delivers webhooks, to this machine too. */
export function startDelivererProcess(databaseUrl: string): Promise<ServerProcess> {
  return startServing("refresh", databaseUrl, { SELVEDGE_WEBHOOKS_ALLOW_PRIVATE: "1" });
}

function startServing(
  role: string,
  databaseUrl: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const args = ["serve", "--roles", role, "--no-migrate", "--port", "0"];
  return answering(spawnCli(args, { DATABASE_URL: databaseUrl, ...more }));
}

/** Waits until a server that was spawned, with its output in pipes, says where it answers. */
export async function answering(
  child: ChildProcessByStdio<null, Readable, Readable>,
): Promise<ServerProcess> {
  const complaints = text(child.stderr);
  const ended = once(child, "exit");
  const said: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    said.push(line);
    const [, baseUrl] =
      /^(?:Admin page|Selvedge serves .+ on) +(http:\S+?)(?:\/admin\/)?$/.exec(line) ?? [];
    if (baseUrl === undefined) continue;
    child.stdout.resume();
    return {
      baseUrl,
      said,
      peakMemory: async () => {
        const status = await readFile(`/proc/${child.pid}/status`, "utf8");
        return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
      },
      stop: async () => {
        child.kill("SIGTERM");
        await ended;
      },
      send: (signal) => void child.kill(signal),
      kill: async () => {
        const isAlive = child.exitCode === null && child.signalCode === null;
        child.kill("SIGKILL");
        await ended;
        if (!isAlive) throw new Error(`A server died by itself: ${await complaints}`);
      },
    };
  }
  throw new Error(`The server did not start: ${await complaints}`);
}

/** A folder of one test's own, which PostgreSQL's user can enter, and its end. */
export async function temporaryFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "selvedge-main-job-"));
  await chmod(folder, 0o755);
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
