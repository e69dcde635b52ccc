import { setTimeout as sleep } from "node:timers/promises";

/** Looks at a fact again and again until it holds; false when it still did not at the bound. */
export async function until(fact: () => boolean, boundMs: number, everyMs = 10): Promise<boolean> {
  const giveUpAt = Date.now() + boundMs;
  while (!fact()) {
    if (Date.now() >= giveUpAt) return false;
    await sleep(everyMs);
  }
  return true;
}

/** Waits for a promise, but not for longer than the bound; false when the bound came first. */
export async function within(promise: Promise<unknown>, boundMs: number): Promise<boolean> {
  const bound = new AbortController();
  const late = sleep(boundMs, false, { signal: bound.signal }).catch(() => false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    bound.abort();
  }
}
