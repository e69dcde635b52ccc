const { SELVEDGE_SEED, SELVEDGE_RUNS = "1" } = process.env;

/** So many times as many runs as by default are wanted; the environment says it. */
const times = Number(SELVEDGE_RUNS);

/** How long a law may be tried, in ms; finding the smallest case that breaks it takes a while. */
export const timeout = 120_000 * Math.max(1, times);

/**
 * How often a law is put to the test, and from which seed on: a new one each time, or that of the
 * environment. What is found broken is printed with its seed and the smallest case of it.
 */
export function runs(byDefault: number) {
  const seed = SELVEDGE_SEED === undefined ? Date.now() % 1_000_000_000 : Number(SELVEDGE_SEED);
  const numRuns = Math.ceil(byDefault * times);
  // Said in time, with what has been found by then.
  const interruptAfterTimeLimit = timeout - 20_000;
  const more = { includeErrorInReport: true, maxSkipsPerRun: 1_000 };
  return { seed, numRuns, interruptAfterTimeLimit, ...more };
}
