import { setTimeout } from "node:timers/promises";
import { startRefresherProcess } from "../harness/processes.ts";

/** A server in a process of its own that does nothing but refresh. */
export interface RefresherProcess {
  /** Kills it, without a word, and starts another in its place. */
  replace(): Promise<void>;
  /** Stops it for so long, as a machine does that is out of breath, and lets it go on. */
  pause(ms: number): Promise<void>;
  /** Kills it for good. */
  end(): Promise<void>;
}

/** Starts one over a database that is up to date, and waits until it works. */
export async function startRefresher(databaseUrl: string): Promise<RefresherProcess> {
  let child = await startRefresherProcess(databaseUrl);
  return {
    async replace() {
      await child.kill();
      child = await startRefresherProcess(databaseUrl);
    },
    async pause(ms) {
      child.send("SIGSTOP");
      await setTimeout(ms);
      child.send("SIGCONT");
    },
    end: () => child.kill(),
  };
}
