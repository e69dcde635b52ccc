/** Reads when the transaction began: the database's clock, in ms since 1970. */
export const startedMs = "extract(epoch from now())::float8 * 1000 as started_ms";

/** Reads the database's clock, in ms since 1970. */
export const nowMs = "select extract(epoch from clock_timestamp())::float8 * 1000 as now_ms";

/** Stores the snapshot that the refresh saw, and clears what had failed. */
export function stampOf(keys: string): string {
  return `set snapshot = pg_current_snapshot(), as_of = now(), refreshed_at = clock_timestamp(),
    took_ms = extract(epoch from clock_timestamp() - now()) * 1000, keys = ${keys},
    refreshes = refreshes + 1, last_error = null, failing_since = null`;
}

/** Age of a change from being noted to being visible, in ms; null if there was none. */
export function lagOf(notedAtMs: number | null, visibleAtMs: number): number | null {
  return notedAtMs === null ? null : Math.max(0, visibleAtMs - notedAtMs);
}
