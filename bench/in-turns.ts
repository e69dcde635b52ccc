/**
 * Lets contenders take turns call by call, so many callers at once, and answers how long each call
 * of each took, in ms. What else the machine does so meets all of them alike.
 */
export async function inTurns<Name extends string>(
  { forMs, atOnce }: { forMs: number; atOnce: number },
  contenders: Readonly<Record<Name, () => Promise<unknown>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[];
  const tookMs = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  const until = performance.now() + forMs;
  const caller = async (first: number) => {
    // Who follows whom changes as well, or one would always wait for what another left behind.
    for (let turn = first; performance.now() < until; turn += 1) {
      const step = turn % 2 === 0 ? 1 : names.length - 1;
      for (let i = 0; i < names.length; i += 1) {
        const name = names[(turn + i * step) % names.length] as Name;
        const begun = performance.now();
        await contenders[name]();
        tookMs[name].push(performance.now() - begun);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, i) => caller(i)));
  return tookMs;
}

/** The arithmetic mean of some numbers. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The median of some numbers, and in brackets between what the middle half of them lies. */
export function spread(values: readonly number[], digits = 2): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(digits);
  return `${at(0.5)} (${at(0.25)}-${at(0.75)})`;
}
