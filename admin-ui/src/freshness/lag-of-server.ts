import { Selvedge } from "@selvedge/sdk";
import type { LagReport } from "../lag-report.ts";

type Listener = (report: LagReport | undefined) => void;

interface Follower {
  readonly listeners: Set<Listener>;
  last: LagReport | undefined;
}

const LIVE_FOR_MS = 5_000;
const AGAIN_MS = 10_000;

const followers = new Map<string, Follower>();

/**
 * Tells the lag of a server as it changes, and nothing once there is no news; until the returned
 * function is called. All who want to be told of one server share one line to it, which rests while
 * the tab is hidden.
 */
export function listen(baseUrl: string, listener: Listener): () => void {
  const known = followers.get(baseUrl);
  const follower = known ?? { listeners: new Set(), last: undefined };
  follower.listeners.add(listener);
  if (!known) {
    followers.set(baseUrl, follower);
    const selvedge = new Selvedge({ baseUrl, onNotice: () => undefined });
    void follow(selvedge, follower).finally(() => followers.delete(baseUrl));
  }
  listener(follower.last);
  return () => void follower.listeners.delete(listener);
}

async function follow(selvedge: Selvedge, follower: Follower): Promise<void> {
  const { listeners } = follower;
  const tell = (report: LagReport | undefined) => {
    follower.last = report;
    for (const listener of listeners) listener(report);
  };
  while (listeners.size > 0) {
    const ending = new AbortController();
    const look = () => document.visibilityState === "hidden" && ending.abort();
    document.addEventListener("visibilitychange", look);
    let stale: ReturnType<typeof setTimeout> | undefined;
    try {
      const options = { signal: ending.signal, onFailure: () => tell(undefined) };
      for await (const report of selvedge.operations.lag.follow({}, options)) {
        clearTimeout(stale);
        stale = setTimeout(() => tell(undefined), LIVE_FOR_MS);
        tell(report);
        if (listeners.size === 0) break;
      }
    } catch {
      // Refused, for one: whoever shows it has no scope for it. Asked for again now and then.
      tell(undefined);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    clearTimeout(stale);
    document.removeEventListener("visibilitychange", look);
    await seen();
  }
}

function seen(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.visibilityState === "hidden") return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
}
