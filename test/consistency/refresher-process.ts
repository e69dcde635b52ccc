import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** A server in a process of its own that does nothing but refresh. */
export interface RefresherProcess {
  /** Kills it, without a word, and starts another in its place. */
  replace(): Promise<void>;
  /** Stops it for so long, as a machine does that is out of breath, and lets it go on. */
  pause(ms: number): Promise<void>;
  /** Kills it for good. */
  end(): Promise<void>;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const command = ["--conditions=selvedge-source", "server/src/cli/main.ts", "serve"];
const args = [...command, "--no-migrate", "--roles", "refresh", "--port", "0"];

/** Starts one over a database that is up to date, and waits until it works. */
export async function startRefresher(databaseUrl: string): Promise<RefresherProcess> {
  let child = await startChild(databaseUrl);
  return {
    async replace() {
      await child.kill();
      child = await startChild(databaseUrl);
    },
    async pause(ms) {
      child.send("SIGSTOP");
      await setTimeout(ms);
      child.send("SIGCONT");
    },
    end: () => child.kill(),
  };
}

interface Child {
  send(signal: "SIGSTOP" | "SIGCONT"): void;
  /** Throws where it had died by itself before. */
  kill(): Promise<void>;
}

async function startChild(databaseUrl: string): Promise<Child> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  const complaints = text(child.stderr);
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith("Selvedge serves")) continue;
    child.stdout.resume();
    return {
      send: (signal) => void child.kill(signal),
      kill: async () => {
        const isAlive = child.exitCode === null && child.signalCode === null;
        child.kill("SIGKILL");
        await ended;
        if (!isAlive) throw new Error(`A refresher died by itself: ${await complaints}`);
      },
    };
  }
  throw new Error(`The refresher did not start: ${await complaints}`);
}
