import type { RefreshLoop } from "./refresh-loop.ts";
import type { Signals } from "./signals.ts";

/**
 * Wakes loops as signals come, until the returned function is called: all of them where anything
 * may be stale, the one that a reader waits for, and after a command those that stand on what it
 * has written. Most commands concern few groups, and looking costs the others something each time.
 */
export function wakeOnSignals(
  signals: Pick<Signals, "on">,
  loops: ReadonlyMap<string, Pick<RefreshLoop, "group" | "wake" | "isAbout">>,
): () => void {
  const stale = signals.on("stale", (wanted) => {
    for (const loop of loops.values()) {
      if (wanted === undefined || wanted === loop.group) loop.wake(wanted === loop.group);
    }
  });
  const written = signals.on("written", (tables) => {
    for (const loop of loops.values()) if (loop.isAbout(tables)) loop.wake();
  });
  return () => {
    stale();
    written();
  };
}
