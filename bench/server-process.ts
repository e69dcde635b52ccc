import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A program of ours in a process of its own, ready once it has printed its address. */
export interface ServerProcess {
  readonly baseUrl: string;
  readonly pid: number;
  /** Most resident memory so far, in MB (Linux; 0 elsewhere). */
  peakMemoryMb(): number;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
/** Node's flags as `npm run selvedge` gives them. */
const flags: string[] = scripts.selvedge.split(" ").slice(1, -1);

/** Starts a TypeScript program and waits for the first http address on its standard output. */
export async function startProcess(
  program: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...flags, `${root}${program}`, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const baseUrl = await addressOf(child);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const pid = child.pid ?? 0;
  return {
    baseUrl,
    pid,
    peakMemoryMb: () => peakMemoryMb(pid),
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      const [address] = /http:\/\/[\w.]+:\d+/.exec(seen) ?? [];
      if (address) resolve(address);
    });
    child.once("exit", (code) => reject(new Error(`the process ended with ${code}: ${seen}`)));
  });
}

function peakMemoryMb(pid: number): number {
  try {
    const [, kb = "0"] =
      /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Math.round(Number(kb) / 1_024);
  } catch {
    return 0;
  }
}
