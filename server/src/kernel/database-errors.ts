// What is kept of an error beside the row it belongs to; logs have the whole of it.
const messageCharsMax = 2_000;

/** The five letters by which PostgreSQL says what went wrong; empty where it was something else. */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
}

/** What an error says, short enough to be stored. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, messageCharsMax);
}

// serialization_failure, deadlock_detected, lock_not_available
const othersWork = new Set(["40001", "40P01", "55P03"]);

/** Whether others at work stood in the way: it may well go through the next time. */
export function isOthersWork(code: string): boolean {
  return othersWork.has(code);
}

/**
 * Whether an error comes from computing rows (data, constraints, the query itself, its time) and
 * not from the connection, the server's state, or others at work.
 */
export function isOfTheRows(code: string): boolean {
  return /^(0A...|2[1-3F]...|42...|54...|P0...|57014|XX...)$/.test(code);
}
