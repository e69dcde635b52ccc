/** How many were done, how fast, and how long each took. */
export interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Does `work` over and over for a while, so many at once, after a warm-up of a quarter of it. */
export async function measure(
  { forMs, atOnce }: { forMs: number; atOnce: number },
  work: (n: number) => Promise<unknown>,
): Promise<Measured> {
  await repeat(forMs / 4, atOnce, work);
  const begun = performance.now();
  const tookMs = await repeat(forMs, atOnce, work);
  const seconds = (performance.now() - begun) / 1_000;
  return { perSecond: tookMs.length / seconds, ...percentiles(tookMs) };
}

let counter = 0;

async function repeat(forMs: number, atOnce: number, work: (n: number) => Promise<unknown>) {
  const until = performance.now() + forMs;
  const tookMs: number[] = [];
  const worker = async () => {
    while (performance.now() < until) {
      const begun = performance.now();
      counter += 1;
      await work(counter);
      tookMs.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return tookMs;
}

/** Percentiles of some times in ms. */
export function percentiles(tookMs: readonly number[]): Omit<Measured, "perSecond"> {
  const sorted = [...tookMs].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50Ms: at(0.5) ?? 0, p95Ms: at(0.95) ?? 0, p99Ms: at(0.99) ?? 0 };
}

/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
