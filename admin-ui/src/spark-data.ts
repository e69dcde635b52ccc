import { formatDuration, isKnown } from "./format.ts";
import type { LagSample } from "./lag-report.ts";

/** Points of a sparkline: times in seconds and lag in milliseconds, null where it is unknown. */
export interface SparkPoints {
  readonly times: number[];
  readonly lags: (number | null)[];
}

/** A silence this many times longer than the usual distance between samples is a gap. */
const GAP_FACTOR = 3;

/** Turns samples into points, with a gap where samples say unknown and where they are missing. */
export function sparkPoints(samples: readonly LagSample[]): SparkPoints {
  const read = samples
    .map(({ at, lagMs }) => ({ time: Date.parse(at) / 1_000, lag: isKnown(lagMs) ? lagMs : null }))
    .filter(({ time }) => Number.isFinite(time))
    .sort((a, b) => a.time - b.time);
  const usual = medianDistance(read.map(({ time }) => time));
  const points: SparkPoints = { times: [], lags: [] };
  for (const { time, lag } of read) {
    const before = points.times.at(-1);
    if (time === before) continue;
    if (before !== undefined && time - before > usual * GAP_FACTOR) {
      points.times.push((before + time) / 2);
      points.lags.push(null);
    }
    points.times.push(time);
    points.lags.push(lag);
  }
  return points;
}

/** The stretches of time in which lag was unknown, as pairs of indexes into the points. */
export function unknownStretches(lags: readonly (number | null)[]): [number, number][] {
  const stretches: [number, number][] = [];
  lags.forEach((lag, index) => {
    if (lag !== null) return;
    const last = stretches.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else stretches.push([index, index]);
  });
  return stretches;
}

/** The top of the lag scale: room for the promise and for the highest lag. */
export function sparkTop(lags: readonly (number | null)[], promiseMs: number): number {
  return 1.15 * Math.max(promiseMs, 1, ...lags.filter(isKnown));
}

/** Says a sparkline in words, for those who do not see it. */
export function describeSpark(samples: readonly LagSample[]): string {
  const { times, lags } = sparkPoints(samples);
  const known = lags.filter(isKnown);
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || known.length === 0) {
    return "No lag was measured yet.";
  }
  const span = formatDuration((last - first) * 1_000);
  const highest = `highest ${formatDuration(Math.max(...known))}`;
  const latest = lags.at(-1);
  const now = isKnown(latest) ? `last ${formatDuration(latest)}` : "last unknown";
  const gaps = unknownStretches(lags).length;
  const unknown = gaps === 0 ? "" : gaps === 1 ? ", unknown once" : `, unknown ${gaps} times`;
  return `Lag over the last ${span}: ${now}, ${highest}${unknown}.`;
}

function medianDistance(times: readonly number[]): number {
  const distances = times.slice(1).map((time, index) => time - (times[index] as number));
  distances.sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)] ?? Number.POSITIVE_INFINITY;
}
