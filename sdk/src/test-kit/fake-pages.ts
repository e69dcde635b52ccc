import { isRecord } from "../answers.ts";
import type { Page } from "../pages.ts";
import { FakeFault } from "./fake-faults.ts";

const pageRowsMax = 500;
const pageRowsDefault = 100;

/** The rows that a paged query asks for: equal to what its input names, column by column. */
export function rowsAsked(rows: readonly object[], input: Record<string, unknown>): object[] {
  const { limit, cursor, ...wanted } = input;
  const filters = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return rows.filter((row) =>
    filters.every(([column, value]) => {
      // A row of a test may name only the columns that the test is about.
      if (!isRecord(row) || !(column in row)) return true;
      return Array.isArray(value) ? value.includes(row[column]) : row[column] === value;
    }),
  );
}

/** One page of rows, and where the next begins. */
export function pageOf(rows: readonly object[], input: Record<string, unknown>): Page<object> {
  const limit = Math.min(Number(input.limit ?? pageRowsDefault), pageRowsMax);
  const start = input.cursor === undefined ? 0 : readCursor(input.cursor);
  const end = start + limit;
  return {
    rows: rows.slice(start, end),
    nextCursor: end < rows.length ? btoa(`row ${end}`) : null,
  };
}

function readCursor(cursor: unknown): number {
  const [, at] = /^row (\d+)$/.exec(decode(String(cursor))) ?? [];
  if (at !== undefined) return Number(at);
  throw new FakeFault("BAD_INPUT", "The cursor is not one that this query gave.", {
    details: { issues: [{ path: "cursor", message: "is not a cursor of this query" }] },
  });
}

function decode(text: string): string {
  try {
    return atob(text);
  } catch {
    return "";
  }
}
