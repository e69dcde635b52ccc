/**
 * Runs one task for each item, at most `concurrency` at once and started in the order of the items.
 * After a failure or when `signal` says so, no further task is started; those running end first.
 */
export async function forEachInFlight<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  options: { concurrency: number; signal?: AbortSignal | undefined },
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const start = (item: Item) => {
    const ended = task(item)
      .catch((error: unknown) => {
        failures.push(error);
      })
      .finally(() => running.delete(ended));
    running.add(ended);
  };

  try {
    for await (const item of items) {
      if (failures.length > 0 || options.signal?.aborted) break;
      start(item);
      if (running.size >= options.concurrency) await Promise.race(running);
    }
  } catch (error) {
    failures.unshift(error);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
