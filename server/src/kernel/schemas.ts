/** The schemas Selvedge keeps beside the host's own, and the role that may only read. */
export interface Schemas {
  /** Write side, journal, command log, stale keys, refresh groups. */
  readonly write: string;
  /** Read models: all that the query role may see. */
  readonly read: string;
  /** pg-boss. */
  readonly jobs: string;
  /** The role that query pools log in as. */
  readonly queryRole: string;
}

/** Names used unless the host chooses others. */
export const defaultSchemas: Schemas = {
  write: "selvedge",
  read: "selvedge_read",
  jobs: "selvedge_jobs",
  queryRole: "selvedge_query",
};

/** A quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted SQL text literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** SQL for a moment as callers get it: ISO 8601 in UTC, to the millisecond. */
export function isoTime(expression: string): string {
  return `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** The condition that two relations agree in the columns of a key. */
export function sameKey(key: readonly string[], left: string, right: string): string {
  return key
    .map(identifier)
    .map((column) => `${left}.${column} = ${right}.${column}`)
    .join(" and ");
}

/** `onHand` to `on_hand`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `on_hand` to `onHand`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
