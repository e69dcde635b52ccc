const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

const BYTE_UNITS = [
  ["B", 1],
  ["kB", 1_000],
  ["MB", 1_000_000],
  ["GB", 1_000_000_000],
] as const;

const short = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** Says a length of time the way a person would: `4 ms`, `0.4 s`, `48 s`, `12 min`. */
export function formatDuration(ms: number): string {
  const length = Math.max(0, ms);
  if (length < 0.5) return "0 s";
  if (length < 99.5) return `${Math.round(length)} ms`;
  if (length < 9_950) return `${(length / 1_000).toFixed(1).replace(".0", "")} s`;
  if (length < 2 * MINUTE_MS - 500) return `${Math.round(length / 1_000)} s`;
  if (length < 2 * HOUR_MS - MINUTE_MS / 2) return `${Math.round(length / MINUTE_MS)} min`;
  if (length < 2 * DAY_MS - HOUR_MS / 2) return `${Math.round(length / HOUR_MS)} h`;
  return `${whole.format(length / DAY_MS)} days`;
}

/**
 * Says how long this page has had its numbers; tenths up to ten seconds, so that it is seen to
 * move.
 */
export function formatAge(ms: number): string {
  const age = Math.max(0, ms);
  return age < 9_950 ? `${(age / 1_000).toFixed(1)} s` : formatDuration(age);
}

/** Writes a count with separators: `1,234`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** Writes a count that may be more, where nobody counts to the end: `100,000 or more`. */
export function formatCounted(count: number, isAtLeast: boolean): string {
  return `${formatCount(count)}${isAtLeast ? " or more" : ""}`;
}

/** Writes an estimated count, marked as such: `≈ 82,411`, `≈ 1.2 M`. */
export function formatEstimate(count: number): string {
  const million = 1_000_000;
  return `≈\u00a0${count < million ? whole.format(count) : `${short.format(count / million)}\u00a0M`}`;
}

/** Writes a size: `8.2 kB`, `1.4 GB`. */
export function formatBytes(bytes: number): string {
  const unit = BYTE_UNITS.findLast(([, from]) => bytes >= from) ?? BYTE_UNITS[0];
  return `${short.format(bytes / unit[1])}\u00a0${unit[0]}`;
}

/** Writes a count with its noun: `1 key`, `1,234 keys`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The time between two instants of the same clock, or null if either is missing or unreadable. */
export function msBetween(earlier: string | null, later: string | null): number | null {
  if (earlier === null || later === null) return null;
  const ms = Date.parse(later) - Date.parse(earlier);
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/**
 * The time of day of an instant where the reader is, `12:03:44`, with the date if it is another
 * day.
 */
export function formatClock(instant: string | number, now: number = Date.now()): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return "unknown";
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(":");
  if (at.toDateString() === new Date(now).toDateString()) return time;
  return `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())} ${time}`;
}

/** Whether a value that should be a number is one. */
export function isKnown(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function twoDigits(part: number): string {
  return String(part).padStart(2, "0");
}
