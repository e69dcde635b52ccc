import type { QueueChange } from "./queue-state.ts";

/** Changes as they come, one after the other; those that come while one is looked at are kept. */
export function changesOf(
  subscribe: (listener: (change: QueueChange) => void) => () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<QueueChange, void> {
  const waiting: QueueChange[] = [];
  let wake = () => {};
  const end = subscribe((change) => {
    waiting.push(change);
    wake();
  });
  const stop = () => wake();
  signal?.addEventListener("abort", stop);
  return generate();

  async function* generate(): AsyncGenerator<QueueChange, void> {
    try {
      while (!signal?.aborted) {
        const next = waiting.shift();
        if (next) yield next;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      end();
      signal?.removeEventListener("abort", stop);
    }
  }
}
